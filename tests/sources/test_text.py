"""Text from bytes of an unknown encoding, and values of files as messages repeat them."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coverage.sources.text import UnreadableError, cut, decode, first_names, printable, quoted

TEXT = "title: Kör\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
    ],
)
def test_utf_8_and_every_byte_order_mark_are_understood(data):
    assert decode(data) == (TEXT, False)


def test_what_is_not_utf_8_is_read_as_windows_1252_and_said_to_be_guessed():
    assert decode("“Kör” €5".encode("cp1252")) == ("“Kör” €5", True)
    assert decode(b"a\x81b\xff") == ("a\N{REPLACEMENT CHARACTER}bÿ", True)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty."),
        (b" \r\n\t\n", "The file is empty."),
        (codecs.BOM_UTF8, "The file is empty."),
        (b"title\0", "The file is binary, not text."),
        (TEXT.encode("utf-16-le"), "The file is binary, not text."),
        (b"\x89PNG\r\n\x1a\n\xff", "The file is binary, not text."),
        (codecs.BOM_UTF8 + b"\xff", "The file starts as UTF-8 text, but it is not valid UTF-8."),
        (codecs.BOM_UTF16_LE + b"a", "The file starts as UTF-16 text, but it is not valid UTF-16."),
        (codecs.BOM_UTF32_LE + b"aaaa", "The file starts as UTF-32 text, but it is not valid UTF-32."),
    ],
)
def test_what_is_no_text_is_refused(data, message):
    with pytest.raises(UnreadableError) as refused:
        decode(data)
    assert str(refused.value) == message


@given(st.binary())
@example(codecs.BOM_UTF16_LE + b"\x00\xd8")
def test_bytes_become_a_text_that_can_be_written_or_are_refused(data):
    try:
        text, _ = decode(data)
    except UnreadableError:
        return
    text.encode()
    assert text.strip()


def test_what_of_a_name_cannot_be_shown_is_replaced():
    assert printable("rules/Kör 1.yml") == "rules/Kör 1.yml"
    assert printable("a\udcff\n\x1b[1m.yml").replace("\N{REPLACEMENT CHARACTER}", "?") == "a???[1m.yml"


def test_a_value_is_quoted_on_one_line_and_cut():
    assert quoted("very\n  high") == '"very high"'
    assert quoted("x" * 60) == f'"{"x" * 60}"'
    assert quoted("x" * 61) == f'"{"x" * 60}…"'
    assert quoted("x" * 10, 3) == '"xxx…"'
    assert cut("xyz", 3) == "xyz"


def test_of_many_names_the_first_three_are_listed():
    assert first_names(["a", "b\n", "c", "d"]) == '"a", "b", "c"'
    assert first_names([]) == ""
