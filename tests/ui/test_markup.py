"""Texts of strangers inside HTML and Markdown: shown to the letter, or cut, and never anything but text."""

import re
import string
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.model import Severity
from coverage.ui.markup import badge, bar, legend, markdown, plain, rule_list, tactic_bars
from tests.rules import rule

HOSTILE = [
    "<script>alert(1)</script>",
    "</bdi></li><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' style='position:fixed",
    "&lt;b&gt; &amp; &#60;",
    "<!-- -->",
    '=HYPERLINK("http://example.org", "Click")',
    "[link](javascript:alert(1)) ![image](http://example.org/x.png)",
    "# Heading\n\n- list\n1. first\n> quote\n```code```",
    "**bold** _italic_ ~~gone~~ `code` $x^2$ :smile: -> :red[red] | table |",
    "\u202e detection lla",
    "\u2067 \u2066 \u2069",
    "a\x00b\x1b[31mc\x7fd\x9fe\r\nf\tg",
    "名前 é 😀",
    "\\",
    " ",
    "",
]
EACH = pytest.mark.parametrize("text", HOSTILE)
TEXTS = st.text() | st.sampled_from(HOSTILE)


class Page(HTMLParser):
    """The tags, attributes and text of a piece of HTML as a browser reads it; the tags must be closed in order."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.attributes, self.text, self._open = [], [], "", []
        self.feed(markup)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def without_control(text):
    """The text with each run of control characters as one space."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text)


# Text in HTML.


@EACH
def test_a_text_is_shown_to_the_letter_inside_its_own_direction(text):
    page = Page(plain(text))
    assert page.tags == ["bdi"]
    assert page.attributes == []
    assert page.text == without_control(text)


@given(TEXTS, st.integers(1, 400))
def test_every_text_is_text_and_no_longer_than_asked(text, most):
    page = Page(plain(text, most))
    assert page.tags == ["bdi"]
    assert len(page.text) <= most
    whole = without_control(text)
    assert page.text == (whole if len(whole) <= most else whole[: most - 1] + "…")


@pytest.mark.parametrize("write", [plain, markdown])
def test_a_very_long_text_is_cut_with_a_sign(write):
    shown = write("x" * 10_000)
    assert shown.count("x") == 299
    assert "…" in shown


# Text in Markdown.

SIGN = f"[{re.escape(string.punctuation)}]"


def unescaped(text):
    return re.sub(rf"\\({SIGN})", r"\1", text)


@EACH
def test_every_sign_of_markdown_is_escaped(text):
    assert not re.search(SIGN, re.sub(rf"\\{SIGN}", "", markdown(text)))


@given(TEXTS, st.integers(1, 400))
def test_markdown_is_one_line_that_says_what_the_text_says(text, most):
    written = markdown(text, most)
    assert not re.search(SIGN, re.sub(rf"\\{SIGN}", "", written))
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", written)
    whole = without_control(text)
    assert unescaped(written) == (whole if len(whole) <= most else whole[: most - 1] + "…")


# Pieces of the page.


@EACH
def test_a_badge_holds_its_text_and_its_kind_is_a_class(text):
    page = Page(badge(text, "critical"))
    assert (page.tags, page.attributes) == (["span"], [("class", "cov-badge cov-critical")])
    assert page.text.replace("\r\n", "\n") == text.replace("\r\n", "\n")
    assert [name for name, _ in Page(badge("x", text)).attributes] == ["class"]


@pytest.mark.parametrize(("percent", "width"), [(None, "0%"), (0, "0%"), (42, "42%"), (100, "100%")])
def test_a_bar_is_as_wide_as_its_percentage(percent, width):
    page = Page(bar(percent, "#22c55e"))
    assert ("style", f"width:{width};background:#22c55e") in page.attributes
    assert ("aria-hidden", "true") in page.attributes
    assert page.text == ""


def test_each_tactic_is_a_row_with_its_percentage_or_that_there_is_none():
    page = Page(tactic_bars([("Impact", "1 of 5", 30, "#22c55e"), ("Execution", "0 of 0", None, "#ef4444")]))
    assert page.tags.count("li") == 2
    assert page.text == "Impact30 %Executionn/a"
    assert [value for name, value in page.attributes if name == "title"] == ["Impact: 1 of 5", "Execution: 0 of 0"]


@EACH
def test_a_tactic_s_name_is_text(text):
    page = Page(tactic_bars([(text, text, 30, "#22c55e")]))
    assert page.tags == ["ul", "li", "span", "span", "span", "span"]
    assert {name for name, _ in page.attributes} == {"class", "title", "style", "aria-hidden"}
    assert ("title", f"{text}: {text}") in page.attributes


@EACH
def test_a_legend_has_a_swatch_and_a_text_for_each_entry(text):
    page = Page(legend([(text, "#22c55e"), ("Partial", "#facc15")]))
    assert page.tags == ["ul", "li", "span", "li", "span"]
    assert page.text == f"{text}Partial"
    assert [value for name, value in page.attributes if name == "style"] == ["background:#22c55e", "background:#facc15"]


@EACH
def test_a_rule_is_a_card_whose_name_and_origin_are_text(text):
    page = Page(rule_list([rule(name=text, origin=text), rule(severity=Severity.INFORMATIONAL)]))
    assert page.tags == ["ul", *(["li", "span", "span", "bdi", "span", "bdi", "span"] * 2)]
    assert {name for name, _ in page.attributes} == {"class"}
    shown = without_control(text)
    assert page.text.startswith(f"{shown}{shown}High")
    assert page.text.endswith("Informational")


def test_the_origin_of_a_rule_is_cut_before_its_name_is():
    page = Page(rule_list([rule(name="n" * 10_000, origin="o" * 10_000)]))
    assert (page.text.count("n"), page.text.count("o")) == (299, 119)


def test_no_rules_are_an_empty_list():
    assert Page(rule_list([])).tags == ["ul"]
