"""What is packed is unpacked as it was, and what was never packed is refused."""

import marshal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.packing import NONSENSE, joined, pack, unpack, unpack_all

TEXTS = st.text(max_size=5)
TUPLES = st.lists(TEXTS, max_size=3).map(tuple)
RULES = st.builds(
    Rule,
    rule_id=TEXTS,
    name=TEXTS,
    severity=st.sampled_from(Severity),
    enabled=st.booleans(),
    tactics=st.none() | TUPLES,
    techniques=TUPLES,
    source=TEXTS,
    origin=TEXTS,
    logsource=st.none() | TEXTS,
    tenant=st.none() | TEXTS,
    updated_at=st.none() | TEXTS,
    count=st.integers(1, 2**40),
    tags=TUPLES,
    feed=TEXTS,
)
ISSUES = st.builds(Issue, st.sampled_from(IssueKind), TEXTS, TEXTS, TEXTS, TEXTS)
READINGS = st.lists(st.tuples(st.lists(RULES, max_size=3), st.lists(ISSUES, max_size=3)), max_size=4)
ONE = ([Rule("a", "A", Severity.LOW, True, None, ("T1003",), "Sigma", "a.yml")], [])  # noqa: FBT003


@given(READINGS)
def test_readings_are_unpacked_as_they_were(readings):
    for sent in (pack(readings), marshal.loads(marshal.dumps(pack(readings)))):  # noqa: S302
        assert unpack(sent) == readings
        assert unpack_all(sent) == joined(readings)


def test_unpacked_rules_are_like_any_other():
    (rule,), _ = unpack_all(pack([ONE]))
    assert isinstance(rule.severity, Severity)
    assert hash(rule) == hash(ONE[0][0])
    with pytest.raises(AttributeError):
        rule.name = "B"


@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: packed[:-1],
        lambda packed: [packed[0][1:], *packed[1:]],
        lambda packed: [[[], *packed[0][1:]], *packed[1:]],
        lambda packed: [[[1], *packed[0][1:]], *packed[1:]],
        lambda packed: [[*packed[0][:2], ["worst"], *packed[0][3:]], *packed[1:]],
        lambda packed: [[*packed[0][:5], [9], *packed[0][6:]], *packed[1:]],
        lambda packed: [[*packed[0][:5], ["0"], *packed[0][6:]], *packed[1:]],
        lambda packed: [packed[0], [[1003]], *packed[2:]],
        lambda packed: [*packed[:3], [2], packed[4]],
        lambda packed: [*packed[:3], [1, 1], packed[4]],
        lambda packed: [*packed[:4], [1]],
        lambda packed: [*packed[:2], [["unknown", "", "", ""]], [1], [1]],
        lambda _: None,
        lambda _: {},
    ],
)
def test_what_was_never_packed_is_refused(damage):
    with pytest.raises(NONSENSE):
        unpack(damage(pack([ONE])))
