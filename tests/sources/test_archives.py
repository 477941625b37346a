"""Archives of rules: what of them is read, and what those can do that are damaged or made to do damage."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.errors import SourceError
from coverage.model import Issue, IssueKind
from coverage.sources.entries import Limits
from coverage.sources.library import read_path, read_uploads
from tests.sources.rule_files import elastic, sigma, tar_of, tar_with, zip_of

MB = 1024 * 1024
FILES = {"a.yml": sigma("a"), "rules/b.toml": elastic("b"), "rules/deep/er/c.yml": sigma("c")}

EVERY_KIND = pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("x.zip", zip_of),
        ("x.tar", tar_of),
        ("x.tar.gz", lambda files: tar_of(files, "w:gz")),
        ("x.tgz", lambda files: tar_of(files, "w:gz")),
    ],
)


def read(data, name="x.tar", **limits):
    return read_uploads([(name, data)], limits=Limits(**limits))


def ids(ruleset):
    return sorted(rule.rule_id for rule in ruleset.rules)


def refused(origin, message):
    return Issue(IssueKind.UNREADABLE, "", origin, message)


def changed_header(block, place, field):
    """A header of a tar with other bytes at one place, and the checksum that these have."""
    block = block[:place] + field + block[place + len(field) :]
    spaces = block[:148] + b" " * 8 + block[156:]
    return block[:148] + b"%06o\0 " % sum(spaces) + block[156:]


def error_of(tmp_path, data, name="x.tar"):
    """The sentence why nothing at all can be read from an archive, with its path left out."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SourceError) as error:
        read_path(path)
    return str(error.value).replace(str(path), "x")


# What is read.


@EVERY_KIND
def test_every_kind_of_archive_is_read(name, packed):
    ruleset = read(packed(FILES), name)
    assert [rule.origin for rule in ruleset.rules] == list(FILES)
    assert ids(ruleset) == ["a", "b", "c"]
    assert (ruleset.issues, ruleset.doubts, ruleset.notes) == ((), (), ())


@EVERY_KIND
@pytest.mark.parametrize("other", ["rules", "x.zip", "x.tar", "x.tar.gz", "x.yml"])
def test_the_contents_tell_what_the_archive_is_whatever_its_name(name, packed, other):
    assert read(packed(FILES), other) == read(packed(FILES), name)


def test_an_old_tar_has_no_mark_and_is_known_by_its_name():
    data = tar_of({"a.yml": sigma("a")})
    assert ids(read(changed_header(data[:512], 257, bytes(8)) + data[512:], "x.tar")) == ["a"]


@EVERY_KIND
def test_names_are_brought_into_one_form(name, packed):
    ruleset = read(packed({"./a.yml": sigma("a"), "b\\c.yml": sigma("b"), ".//d/./e.yml": sigma("c")}), name)
    assert [rule.origin for rule in ruleset.rules] == ["a.yml", "b/c.yml", "d/e.yml"]


@EVERY_KIND
def test_other_files_and_hidden_folders_are_passed_over(name, packed):
    more = {"README.md": b"", "LICENSE": b"", "__MACOSX/a.yml": b"", "x/.git/a.yml": b"", "._a.yml": b""}
    ruleset = read(packed(FILES | more), name)
    assert ids(ruleset) == ["a", "b", "c"]
    assert ruleset.issues == ()
    assert ruleset.notes == (
        "3 other files and 2 folders were passed over (md 1, no suffix 1, yml 1, .git, __MACOSX).",
    )


def test_folders_in_an_archive_are_no_files():
    folder = tarfile.TarInfo("rules")
    folder.type = tarfile.DIRTYPE
    assert ids(read(tar_with([(folder, b""), (tarfile.TarInfo("rules/a.yml"), sigma("a"))]), files=1)) == ["a"]
    assert ids(read(zip_of({"rules/": b"", "rules/a.yml": sigma("a")}), files=1)) == ["a"]


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_and_foreign_names_are_read_in_every_form_of_tar(form):
    name = "ü" * 30 + "/" + "d" * 80 + "/a.yml"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form, pax_headers={"comment": "0123"}) as archive:
        member = tarfile.TarInfo(name)
        member.size = len(sigma("a"))
        archive.addfile(member, io.BytesIO(sigma("a")))
    assert [rule.origin for rule in read(buffer.getvalue()).rules] == [name]


# What is refused.


@EVERY_KIND
@pytest.mark.parametrize(
    "outside", ["../b.yml", "/etc/b.yml", "rules/../../b.yml", "C:\\b.yml", "c:/b.yml", "..\\b.yml", "rules/.."]
)
def test_a_path_that_leads_outside_the_archive_is_refused(name, packed, outside):
    ruleset = read(packed({"a.yml": sigma("a"), outside: sigma("b"), "c.yml": sigma("c")}), name)
    assert ids(ruleset) == ["a", "c"]
    assert ruleset.issues == (refused(outside, "The path leads outside the archive, so the file was refused."),)


@EVERY_KIND
@pytest.mark.parametrize("inner", ["x.zip", "x.tar", "x.TGZ", "x.tar.gz"])
def test_an_archive_inside_an_archive_is_not_opened(name, packed, inner):
    ruleset = read(packed({"a.yml": sigma("a"), f"more/{inner}": zip_of({"b.yml": sigma("b")})}), name)
    assert ids(ruleset) == ["a"]
    message = "An archive inside an archive is not opened; load it as a source of its own."
    assert ruleset.issues == (refused(f"more/{inner}", message),)


NO_FILE = "This is a link, a device or the like, not a file, so it was refused."


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE],
    ids=["symbolic link", "hard link", "character device", "block device", "pipe"],
)
def test_links_and_devices_in_a_tar_are_refused(kind):
    member = tarfile.TarInfo("b.yml")
    member.type = kind
    member.linkname = "a.yml" if kind == tarfile.LNKTYPE else "/etc/passwd"
    ruleset = read(
        tar_with([(tarfile.TarInfo("a.yml"), sigma("a")), (member, b""), (tarfile.TarInfo("c.yml"), sigma("c"))])
    )
    assert ids(ruleset) == ["a", "c"]
    assert ruleset.issues == (refused("b.yml", NO_FILE),)


def test_links_in_a_zip_are_refused():
    link = zipfile.ZipInfo("b.yml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO(zip_of({"a.yml": sigma("a")}))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    ruleset = read(buffer.getvalue())
    assert ids(ruleset) == ["a"]
    assert ruleset.issues == (refused("b.yml", NO_FILE),)


def with_password(data, *names):
    """A zip whose directory says of these members that they are encrypted."""
    data = bytearray(data)
    for name in names:
        entry = data.rindex(b"PK\1\2", 0, data.rindex(name.encode()))
        data[entry + 8] |= 1
    return bytes(data)


def test_files_with_a_password_are_left_out_and_a_doubt_says_so():
    ruleset = read(with_password(zip_of(FILES), "a.yml"), "rules.zip")
    assert ids(ruleset) == ["b", "c"]
    message = "The archive rules.zip keeps 1 of its files under a password; unpack it and load its files."
    assert ruleset.issues == (refused("rules.zip", message),)
    assert ruleset.doubts == (message,)


def test_an_archive_with_a_password_cannot_be_read(tmp_path):
    message = "The archive x is protected with a password; unpack it and load its files."
    assert error_of(tmp_path, with_password(zip_of(FILES), *FILES)) == message


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_rare_way_of_packing_is_refused(method):
    ruleset = read(zip_of(FILES, method=method))
    assert ruleset.rules == ()
    message = "The file is packed in a way that is not supported."
    assert ruleset.issues == tuple(refused(name, message) for name in FILES)


# Nothing can be read.


@EVERY_KIND
def test_an_archive_without_files_cannot_be_read(tmp_path, name, packed):
    assert error_of(tmp_path, packed({}), name) == "The archive x holds no files."
    assert error_of(tmp_path, b"", name) == "The archive x is empty."


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.zip", b"no archive", "The archive x is damaged or cut off, or no zip at all."),
        ("x", zip_of(FILES)[:-30], "The archive x is damaged or cut off, or no zip at all."),
        ("x.tar", b"no archive", "The archive x is damaged or cut off, or no tar at all."),
        ("x.tar.gz", b"no archive", "The archive x is damaged or cut off, or no tar at all."),
        ("x", gzip.compress(b"no archive"), "The archive x is damaged or cut off, or no tar at all."),
        ("x", gzip.compress(b""), "The archive x is damaged or cut off, or no tar at all."),
        ("x", b"\x1f\x8b no gzip", "The archive x is damaged or cut off, or no tar at all."),
        ("x.yml.gz", gzip.compress(sigma()), "The archive x is damaged or cut off, or no tar at all."),
    ],
)
def test_what_is_no_archive_cannot_be_read(tmp_path, name, data, message):
    assert error_of(tmp_path, data, name) == message


# Damage.

CUT = "The archive x.tar is damaged or cut off; the files before that place were read."
TAR = tar_of({f"{number}.yml": sigma(str(number)) for number in range(4)})  # two blocks of 512 bytes each
GZIP = gzip.compress(TAR)


@pytest.mark.parametrize("end", [2048, 2048 + 100, 2048 + 512, 2048 + 700, 2048 + 1024, 2048 + 1100])
def test_the_files_before_the_end_of_a_cut_tar_are_read(end):
    ruleset = read(TAR[:end])
    assert ids(ruleset) == (["0", "1"] if end < 2048 + 1024 else ["0", "1", "2"])
    assert ruleset.issues == (refused("x.tar", CUT),)
    assert ruleset.doubts == (CUT,)


def test_the_files_before_a_damaged_header_are_read():
    ruleset = read(TAR[:2048] + b"x" * 512 + TAR[2560:])
    assert ids(ruleset) == ["0", "1"]
    assert ruleset.doubts == (CUT,)


@given(st.integers(1, len(GZIP) - 1))
def test_a_cut_tar_gz_gives_its_first_files_and_says_so_or_says_that_nothing_can_be_read(end):
    ruleset = read(GZIP[:end])
    assert ids(ruleset) == ["0", "1", "2", "3"][: len(ruleset.rules)]
    if len(ruleset.rules) < 4:
        assert len(ruleset.issues) == 1
        assert ruleset.doubts == ((CUT,) if ruleset.rules else ())


def test_a_damaged_file_in_a_zip_does_not_stop_the_others():
    data = zip_of(FILES, method=zipfile.ZIP_STORED).replace(b"id: a\n", b"id: x\n")
    ruleset = read(data)
    assert ids(ruleset) == ["b", "c"]
    assert ruleset.issues == (refused("a.yml", "The file is damaged in the archive."),)
    assert ruleset.doubts == ()


@given(
    st.sampled_from([zip_of(FILES), tar_of(FILES), tar_of({"d" * 120 + "/ü.yml": sigma()})]),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3), st.integers(0, 4)), min_size=1, max_size=4
    ),
    st.booleans(),
)
def test_no_damage_ends_with_an_error(data, changes, gzipped):
    for place, inserted, removed in changes:
        start = int(place * len(data))
        data = data[:start] + inserted + data[start + removed :]
    for text in [issue.message for issue in read(gzip.compress(data, 1) if gzipped else data).issues]:
        text.encode()


# Archives that are made to do damage.


def peak(data, **limits):
    """What reading an archive brings, and the most memory in bytes that it took meanwhile."""
    tracemalloc.start()
    try:
        return read(data, **limits), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def zeros(size):
    """A gzip of so many megabytes of zeros, made from one of a megabyte each: what is joined is one gzip again."""
    return gzip.compress(bytes(MB)) * size


def test_a_tar_that_unpacks_to_gigabytes_is_left_at_the_limit():
    member = tarfile.TarInfo("b.md")
    member.size = 4000 * MB
    first = tar_of({"a.yml": sigma("a")})[:1024]
    ruleset, memory = peak(gzip.compress(first + member.tobuf()) + zeros(4000), archive_bytes=5 * MB)
    assert ids(ruleset) == ["a"]
    assert ruleset.doubts == ("The archive x.tar unpacks to more than 5 MB; the rest of it was not read.",)
    assert memory < 5 * MB


def test_a_tar_of_gigabytes_of_folders_is_left_at_the_limit():
    folder = tarfile.TarInfo("a")
    folder.type = tarfile.DIRTYPE
    ruleset, memory = peak(gzip.compress(folder.tobuf() * 2048) * 1000, archive_bytes=5 * MB)
    assert ruleset.rules == ()
    assert ruleset.doubts == ("The archive x.tar unpacks to more than 5 MB; the rest of it was not read.",)
    assert memory < 2 * MB


# A map of the holes in a sparse file, which says of itself that it goes on.
SPARSE = b"00000000001\0" * 42 + b"\1" + bytes(7)


@pytest.mark.parametrize(
    ("kind", "field", "contents"),
    [
        (tarfile.XHDTYPE, b"", bytes(MB)),
        (tarfile.XGLTYPE, b"", bytes(MB)),
        (tarfile.GNUTYPE_LONGNAME, b"", bytes(MB)),
        (tarfile.GNUTYPE_LONGLINK, b"", bytes(MB)),
        (tarfile.GNUTYPE_SPARSE, b"\1", SPARSE * 2048),
    ],
)
def test_a_header_that_would_fill_the_memory_is_refused(kind, field, contents):
    header = tarfile.TarInfo("b")
    header.type = kind
    header.size = 400 * MB
    data = tar_of({"a.yml": sigma("a")})[:1024] + changed_header(header.tobuf(), 482, field)
    ruleset, memory = peak(gzip.compress(data) + gzip.compress(contents) * 400)
    assert ids(ruleset) == ["a"]
    assert ruleset.doubts == (CUT,)
    assert memory < 20 * MB


def test_fields_that_all_members_share_are_not_copied_without_end():
    fields = {f"field-{number}": "x" for number in range(20_000)}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", pax_headers=fields) as archive:
        for number in range(3_000):
            archive.addfile(tarfile.TarInfo(f"{number}.md"))
    ruleset, memory = peak(buffer.getvalue())
    assert [issue.where for issue in ruleset.issues] == ["x.tar"]
    assert memory < 30 * MB


def test_a_zip_of_one_endless_file_is_left_at_the_limit():
    ruleset, memory = peak(zip_of({"a.yml": sigma("a"), "b.yml": bytes(50 * MB), "c.yml": sigma("c")}), file_bytes=MB)
    assert ids(ruleset) == ["a", "c"]
    assert ruleset.issues == (refused("b.yml", "The file is larger than 1 MB and was not read."),)
    assert memory < 5 * MB


def test_a_zip_of_many_large_files_is_left_at_the_limit():
    files = {"a.yml": sigma("a")} | {f"{number}.yml": b"#" * MB for number in range(10)}
    ruleset, _ = peak(zip_of(files), archive_bytes=5 * MB)
    assert ids(ruleset) == ["a"]
    assert ruleset.doubts == ("The archive x.tar unpacks to more than 5 MB; the rest of it was not read.",)


def test_a_zip_that_is_packed_without_a_bound_is_not_unpacked():
    _, memory = peak(zip_of({"a.yml": bytes(50 * MB)}, method=zipfile.ZIP_BZIP2))
    assert memory < 5 * MB


@EVERY_KIND
def test_of_too_many_files_the_first_are_read_and_a_doubt_is_left(name, packed):
    files = {f"{number}.yml": sigma(str(number)) for number in range(5)}
    ruleset = read(packed(files), name, files=3)
    assert ids(ruleset) == ["0", "1", "2"]
    message = f"The archive {name} holds more than 3 files; the others were not read."
    assert ruleset.issues == (refused(name, message),)
    assert ruleset.doubts == (message,)
    assert read(packed(files), name, files=5).doubts == ()
