"""The files of uploads, kept within bounds."""

from coverage.shelf import Shelf


def upload(size, name="a"):
    return ((name, b"x" * size),)


def test_what_was_put_is_there():
    shelf = Shelf(100)
    assert shelf.get("a") is None
    shelf.put("a", upload(10))
    assert shelf.get("a") == upload(10)


def test_the_least_recently_used_goes_first():
    shelf = Shelf(100)
    for key in "abcd":
        shelf.put(key, upload(25))
    shelf.get("a")
    shelf.put("e", upload(20))
    assert [key for key in "abcde" if shelf.get(key)] == ["a", "c", "d", "e"]


def test_an_upload_that_would_push_out_the_others_is_not_kept():
    shelf = Shelf(100)
    shelf.put("a", upload(20))
    shelf.put("b", upload(20) + upload(6, "b"))
    assert shelf.get("b") is None
    assert shelf.get("a") is not None
