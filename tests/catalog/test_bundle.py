"""A bundle's document from its bytes or its file."""

import gzip
import json
import os
import tracemalloc

import pytest

from coverage.catalog.bundle import MOST_BYTES, parse_bundle, read_bundle
from coverage.errors import CatalogError
from tests.catalog.bundles import small_bundle

WHOLE = json.dumps(small_bundle()).encode()
PACKED = gzip.compress(WHOLE)
IN_TWO = gzip.compress(WHOLE[:99]) + gzip.compress(WHOLE[99:])


@pytest.mark.parametrize(
    "content",
    [WHOLE, PACKED, IN_TWO, b"\xef\xbb\xbf" + WHOLE, b"\n" + WHOLE],
)
def test_a_bundle_is_read_gzipped_or_not(tmp_path, content):
    (tmp_path / "bundle").write_bytes(content)
    assert read_bundle(tmp_path / "bundle") == json.loads(WHOLE)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"no JSON", "is no JSON: it ends or goes wrong at line 1, character 1"),
        (WHOLE[: len(WHOLE) // 2], "is no JSON: it ends or goes wrong at .*cut off"),
        (b"<!doctype html><title>404</title>", "is a web page"),
        (b"\n\n  <html>", "is a web page"),
        (b"\xff\xfe\x00", "is not text"),
        (b'{"type": "b\xfcndle"}', "is not text"),
        (PACKED[:-20], "is damaged or cut off"),
        (PACKED[:5], "is damaged or cut off"),
        (PACKED[:30] + b"\xff" * 30 + PACKED[60:], "is damaged or cut off"),
        (gzip.compress(b"no JSON"), "is no JSON"),
        (gzip.compress(PACKED), "is no"),
        (b"[" * 100_000, "is nested too deeply"),
        (b'{"a": ' + b"1" * 10_000 + b"}", "a number that is too long"),
    ],
)
def test_what_is_no_json_is_refused_by_name_in_one_sentence(tmp_path, content, why):
    (tmp_path / "bundle.json").write_bytes(content)
    with pytest.raises(CatalogError, match=rf"bundle\.json .*{why}") as error:
        read_bundle(tmp_path / "bundle.json")
    assert str(error.value).endswith(".")
    assert str(error.value).isprintable()


def test_a_missing_file_a_folder_and_a_pipe_are_refused_by_name(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, why in (
        (tmp_path / "missing.json", "does not exist"),
        (tmp_path, "folder"),
        (tmp_path / "pipe", "no file"),
    ):
        with pytest.raises(CatalogError, match=f"{path.name} .*{why}"):
            read_bundle(path)


@pytest.mark.parametrize("content", [WHOLE, PACKED])
def test_the_limit_holds_for_the_bundle_unpacked(content):
    assert parse_bundle(content, "it", most_bytes=len(WHOLE)) == json.loads(WHOLE)
    with pytest.raises(CatalogError, match=r"^it is larger than .* MB and is not read as a bundle\.$"):
        parse_bundle(content, "it", most_bytes=len(WHOLE) - 1)


def test_a_file_of_200_mb_is_refused_before_it_is_read(tmp_path):
    with (tmp_path / "huge.json").open("wb") as stream:
        stream.truncate(200_000_000)
    assert _memory_of_refusal(lambda: read_bundle(tmp_path / "huge.json"), "larger than 150 MB") < 1_000_000


def test_a_few_bytes_that_unpack_to_200_mb_are_refused_before_they_fill_the_memory():
    bomb = gzip.compress(b" " * 200_000_000, compresslevel=1)
    assert len(bomb) < 2_000_000
    assert _memory_of_refusal(lambda: parse_bundle(bomb, "bomb"), "larger than 150 MB") < 2.1 * MOST_BYTES


@pytest.mark.parametrize("value", [b"{},", b"[],", b"1,", b'{"a":1},'])
def test_a_file_of_millions_of_values_is_refused_before_they_fill_the_memory(value):
    content = b"[" + value * 5_000_001 + b"1]"
    assert _memory_of_refusal(lambda: parse_bundle(content, "it"), "holds more than 5,000,000 values") < 1_000_000


def _memory_of_refusal(act, why):
    """The most bytes that were held until the refusal."""
    tracemalloc.start()
    try:
        with pytest.raises(CatalogError, match=why):
            act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
