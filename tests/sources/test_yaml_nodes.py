"""YAML as nodes: what is read from them, what is refused, and the same from both of PyYAML's parsers."""

from __future__ import annotations

import tarfile
import tracemalloc

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from coverage.sources import yaml_nodes
from coverage.sources.text import UnreadableError
from coverage.sources.yaml_nodes import PureComposer, Values, documents, is_null, leaves, mapping, scalar
from tests.shared import shared


def root(text):
    (node,) = documents(text)
    return node


def values(text):
    """The scalars of a mapping, as they are read."""
    return {name: scalar(node) for name, node in mapping(root(text)).items()}


def refused(text):
    with pytest.raises(UnreadableError) as error:
        list(documents(text))
    return str(error.value)


# Values.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("' quoted '", "quoted"),
        ('"a\\u00e4"', "aä"),
        ("|\n  two\n  lines\n", "two\nlines"),
        ("1059", "1059"),
        ("2024-01-31", "2024-01-31"),
        ("yes", "yes"),
        ("!!str null", "null"),
        ("'null'", "null"),
        ("null", None),
        ("~", None),
        ("NULL", None),
        ("!!null x", None),
        ("''", None),
        ("'  '", None),
        ("[a]", None),
        ("{a: b}", None),
    ],
)
def test_a_scalar_is_its_text_as_written_and_none_where_there_is_none(text, value):
    assert scalar(root(text)) == value
    assert scalar(None) is None


def test_null_is_told_from_an_empty_text():
    assert [is_null(root(text)) for text in ("~", "!!null ''", "''", "[]", "text")] == [True, True, False, False, False]


def test_documents_come_in_their_order_and_empty_ones_are_null():
    nodes = list(documents("a\n---\n---\nb\n...\n---\nc\n"))
    assert [scalar(node) for node in nodes] == ["a", None, "b", "c"]
    assert [is_null(node) for node in nodes] == [False, True, False, False]
    assert list(documents("# nothing but this\n")) == []


def test_of_a_key_that_occurs_twice_the_last_counts():
    assert values("a: 1\nb: 2\na: 3\n") == {"a": "3", "b": "2"}


def test_what_is_no_mapping_has_no_fields():
    assert mapping(root("[a]")) is None
    assert mapping(root("a")) is None
    assert mapping(None) is None
    assert values("? [a]\n: 1\nb: 2\n") == {"b": "2"}


@pytest.mark.parametrize(
    "text",
    [
        "base: &b {x: 1, y: 2}\n<<: *b\ny: 3\n",
        "base: &b {x: 1, y: 2}\ny: 3\n<<: *b\n",
        "one: &a {x: 1}\ntwo: &b {x: 2, y: 2}\n<<: [*a, *b]\n",
        "one: &a {x: 1}\ntwo: &b {<<: *a, y: 2}\nthree: &c {y: 3, z: 3}\n<<: [*b, *c]\n",
        "'<<': text\nx: 1\n",
    ],
)
def test_merge_keys_are_followed_as_a_full_parse_follows_them(text):
    loaded = {name: str(value) for name, value in yaml.safe_load(text).items() if not isinstance(value, dict)}
    assert {name: value for name, value in values(text).items() if value is not None} == loaded


def test_merge_keys_in_circles_or_without_a_mapping_are_harmless():
    assert values("&a\n<<: *a\nx: 1\n") == {"x": "1"}
    assert values("<<: text\nx: 1\n") == {"x": "1"}
    assert values("<<: [text, {y: 2}]\nx: 1\n") == {"x": "1", "y": "2"}


def test_leaves_are_the_values_of_lists_of_any_depth():
    assert [scalar(leaf) for leaf in leaves(root("[a, [b, [[c]], []], d]"))] == ["a", "b", "c", "d"]
    assert [scalar(leaf) for leaf in leaves(root("a"))] == ["a"]
    assert [mapping(leaf) is None for leaf in leaves(root("[a, {b: c}]"))] == [True, False]


def test_a_list_inside_itself_is_entered_once():
    assert [scalar(leaf) for leaf in leaves(root("&a [x, *a, &b [y, *a, *b], *b]"))] == ["x", "y"]


# What is refused.


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [1\nc: 2\n", 3),
        ("a: 1\n b: 2\n", 2),
        ("a: 'x\n", 2),
        ("a: 1\nb: *c\n", 2),
        ("a\n---\nb: }\n", 3),
        ("a: 1\nb: \x07\n", 2),
        ('a: 1\nb: "\\ud800"\n', 2),
        ('a: 1\nb: "\\UFFFFFFFF"\n', 2),
        ("a: 1\n\tb: 2\n", 2),
    ],
)
@pytest.mark.parametrize("composer", [yaml_nodes.Composer, PureComposer])
def test_what_is_no_yaml_is_refused_with_its_line(text, line, composer, monkeypatch):
    monkeypatch.setattr(yaml_nodes, "Composer", composer)
    message = refused(text)
    assert message.startswith(f"The file is not valid YAML (line {line}: ")
    assert message.endswith(").")


@pytest.mark.parametrize("composer", [yaml_nodes.Composer, PureComposer])
def test_of_an_anchor_that_is_defined_twice_the_message_says_that(composer, monkeypatch):
    monkeypatch.setattr(yaml_nodes, "Composer", composer)
    assert refused("a: &x 1\nb: &x 2\n").startswith("The file is not valid YAML (line 2: found duplicate anchor")


def test_the_documents_before_a_broken_one_are_given():
    given = []
    with pytest.raises(UnreadableError):
        given.extend(scalar(node) for node in documents("a\n---\nb\n---\n[\n"))
    assert given == ["a", "b"]


@pytest.mark.parametrize("text", ["[" * 101, "- " * 101, "? " * 101, "{a: " * 101, "[" * 1_000_000])
@pytest.mark.parametrize("composer", [yaml_nodes.Composer, PureComposer])
def test_deep_nesting_is_refused_before_it_can_end_the_process(text, composer, monkeypatch):
    monkeypatch.setattr(yaml_nodes, "Composer", composer)
    assert refused(text) == "The file is nested too deeply (line 1)."


def test_a_hundred_levels_are_read():
    assert [scalar(leaf) for leaf in leaves(root("[" * 99 + "a" + "]" * 99))] == ["a"]


@pytest.mark.parametrize(
    ("limit", "text", "message"),
    [
        ("_MOST_NODES", "[a, b, c]", None),
        ("_MOST_NODES", "a\n---\n[b, c, d]\n", None),
        ("_MOST_NODES", "a\n---\n[b,\nc, d, e]\n", "The file holds too many values (line 3)."),
        ("_MOST_DOCUMENTS", "a\n---\nb\n---\nc\n---\nd\n", None),
        (
            "_MOST_DOCUMENTS",
            "a\n---\nb\n---\nc\n---\nd\n---\ne\n",
            "The file holds more than 4 documents; the others do not count.",
        ),
        ("_MOST_TAG_DIRECTIVES", "%TAG !a! x\n" * 5 + "---\na\n", "The file has too many %TAG directives."),
    ],
)
def test_what_would_take_too_much_memory_or_time_is_refused(limit, text, message, monkeypatch):
    monkeypatch.setattr(yaml_nodes, limit, 4)
    if message is None:
        assert list(documents(text))
    else:
        assert refused(text) == message


def test_an_alias_bomb_stays_as_small_as_its_text():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)
    )
    tracemalloc.start()
    try:
        fields = mapping(root(bomb))
        assert [scalar(leaf) for leaf in leaves(fields["a39"])] == ["x"] * 9
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


# Both parsers.


def shape(node):
    """All that a node says, without marks; scalars by style, because that decides what is null."""
    if isinstance(node, yaml.MappingNode):
        return {(shape(key), repr(shape(value))) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [shape(value) for value in node.value]
    return (node.tag, node.value, bool(node.style), is_null(node))


def both(text, monkeypatch):
    """The documents of a text as libyaml and as the pure parser give them."""
    found = []
    for composer in (yaml_nodes.Composer, PureComposer):
        monkeypatch.setattr(yaml_nodes, "Composer", composer)
        found.append([repr(shape(node)) for node in documents(text)])
    return found


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb: [x, 'y', \"z\\n\", ~, '']\n",
        "a: |\n  x\n   y\nb: >-\n  x\n  y\n\n  z\n",
        "a: &a {x: 1}\nb: *a\nc: {<<: *a}\n",
        "--- a\n--- !!str 1\n---\n---\n- x\n- - y\n",
        "%YAML 1.1\n--- !x\na: !!null b\n",
        "a: x # comment\n'b c': http://example.com:80/\n\"d\\u00e4\": 'it''s'\n",
        "# only a comment\n",
        "a:\r\n  - ü\r\n  - 名前\r\n",
    ],
)
def test_the_pure_parser_gives_what_libyaml_gives(text, monkeypatch):
    libyaml, pure = both(text, monkeypatch)
    assert pure == libyaml


def test_the_pure_parser_gives_what_libyaml_gives_for_real_rules(monkeypatch):
    with tarfile.open(shared("rules/sigma.tar.gz")) as archive:
        rules = [member for member in archive if member.name.endswith(".yml")]
        for member in rules[::60]:
            libyaml, pure = both(archive.extractfile(member).read().decode(), monkeypatch)
            assert pure == libyaml, member.name


PIECES = st.sampled_from(
    [
        "a",
        ": ",
        "- ",
        "\n",
        "\n  ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "&x ",
        "*x",
        "<<: ",
        "'",
        '"',
        "|",
        "---\n",
        "!!",
        "#",
        "\\U",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
@pytest.mark.parametrize("composer", [yaml_nodes.Composer, PureComposer])
def test_every_text_is_read_or_refused_in_one_sentence(composer, text):
    message = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_nodes, "Composer", composer)
        try:
            for node in documents(text):
                mapping(node)
                list(leaves(node))
        except UnreadableError as error:
            message = str(error)
    assert message is None or (message.endswith(".") and "\n" not in message)


# Flat texts, whose nodes are not counted.


def tree(node):
    """All that a node says, in its order."""
    if isinstance(node, yaml.ScalarNode):
        return [node.tag, node.value, bool(node.style)]
    if isinstance(node, yaml.SequenceNode):
        return [node.tag, [tree(value) for value in node.value]]
    return [node.tag, [(tree(key), tree(value)) for key, value in node.value]]


def counted(text, monkeypatch):
    """The documents of a text, or why it is refused, without and with the counting composer."""
    found = []
    for flat in (True, False):
        if not flat:
            monkeypatch.setattr(yaml_nodes, "is_flat", lambda _: False)
        try:
            found.append([tree(node) for node in documents(text)])
        except UnreadableError as error:
            found.append(str(error))
    return found


FLAT_PIECES = st.sampled_from(
    ["? ", "?\n", ": ", "[a: ", "[? ", "[", "]", "{", "}", ",", "- ", "\n", "\n ", "\n  ", "a", "\t"]
)


@given(st.lists(FLAT_PIECES, max_size=60).map("".join))
def test_a_text_gives_the_same_whether_its_nodes_are_counted_or_not(text):
    with pytest.MonkeyPatch.context() as patch:
        plain, full = counted(text, patch)
    assert plain == full


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{' ' * depth}a:\n" for depth in range(50)),
        "".join(f"{' ' * depth}a:\n{' ' * depth}-\n" for depth in range(0, 48, 2)) + " " * 48 + "a",
        "- " * 24 + "a",
        "? " * 24 + "a",
        " " * 47 + "- a",
        "a: " + "[a: " * 20 + "]" * 20,
        "".join(f"{' ' * depth}a:\n" for depth in range(49)) + " " * 49 + "[a: " * 20 + "]" * 20,
    ],
)
def test_the_deepest_flat_texts_are_below_the_limit(text, monkeypatch):
    assert yaml_nodes.is_flat(text)
    plain, full = counted(text, monkeypatch)
    assert plain == full
    assert isinstance(full, list)


@pytest.mark.parametrize(
    "text",
    [
        *(f"a{line_break}{' ' * 50}b" for line_break in ("\n", "\r", "\r\n", "\x85", "\u2028", "\u2029")),
        "- " * 25 + "a",
        "[" * 11 + "{" * 10,
        "a" * 500_001,
    ],
)
def test_a_text_that_could_be_deep_or_long_is_not_flat(text):
    assert not yaml_nodes.is_flat(text)


@pytest.mark.parametrize("text", ["[{}?]", "[{}a]", "{{{}?}}", "{}"])
@pytest.mark.parametrize("entry", ["?,", "a,", ":,", "-\n", "?\n", ":\n"])
def test_a_flat_text_has_no_more_than_three_nodes_in_two_characters(text, entry, monkeypatch):
    monkeypatch.setattr(yaml_nodes, "_MOST_NODES", 1_000)
    text = text.format(entry * 248)
    assert yaml_nodes.is_flat(text)
    plain, full = counted(text, monkeypatch)
    assert plain == full


# Values.


def value_of(text):
    (node,) = documents(text)
    return Values().of(node)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1", {"a": "1"}),
        ("[true, No, ON, 'yes', ~, '']", [True, False, True, "yes", None, None]),
        ("{a: [b, {c: d}], e: {}}", {"a": ["b", {"c": "d"}], "e": {}}),
        ("x: &x {a: b}\ny: {<<: *x, c: *x}", {"x": {"a": "b"}, "y": {"a": "b", "c": {"a": "b"}}}),
        ("? [a]\n: b\nc: d", {"c": "d"}),
    ],
)
def test_a_node_has_a_value_in_the_types_of_json(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "&a [*a]",
        "&a {b: *a}",
        "x: &x " + "y" * 100_000 + "\nz: [" + ", ".join(["*x"] * 100) + "]",
        "x: &x {" + ", ".join(f"k{number}: v" for number in range(1000)) + "}\ny: [" + ", ".join(["*x"] * 3000) + "]",
    ],
)
def test_values_that_repeat_without_end_are_refused(text):
    with pytest.raises(UnreadableError, match="repeats its values without end"):
        value_of(text)
