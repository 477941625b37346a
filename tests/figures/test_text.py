"""Text in Plotly's own small HTML."""

import html

from hypothesis import given
from hypothesis import strategies as st

from coverage.figures.text import escaped


@given(text=st.text())
def test_an_escaped_text_has_no_tag_and_reads_as_it_was(text):
    assert "<" not in escaped(text)
    assert html.unescape(escaped(text)) == text


def test_quotation_marks_stay_because_plotly_would_show_what_stands_for_them():
    assert escaped("""<b>"it's" & so</b>""") == """&lt;b&gt;"it's" &amp; so&lt;/b&gt;"""
