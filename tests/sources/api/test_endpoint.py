from __future__ import annotations

from base64 import b64decode

import pytest

from coverage.errors import SourceError
from coverage.sources.api.endpoint import Endpoint, origin


@pytest.mark.parametrize(
    "base",
    [
        "https://api.example.com",
        "https://api.example.com/",
        " https://api.example.com ",
        "HTTPS://API.example.com:443",
        "https://api.example.com/api/v1",
        "https://api.example.com/api/v1/detection-rules",
        "https://api.example.com/api/v1/detection-rules/",
        "https://api.example.com/api/v1/detection-rules/?limit=5#part",
    ],
)
def test_the_path_is_appended_once(base):
    endpoint = Endpoint.parse(base)
    assert endpoint.shown == "https://api.example.com/api/v1/detection-rules/"
    assert endpoint.url(limit=1000) == "https://api.example.com/api/v1/detection-rules/?limit=1000"


def test_prefix_port_and_query_of_the_base_url_are_kept():
    endpoint = Endpoint.parse("http://[::1]:8000/soc/?key=s3cret")
    assert endpoint.shown == "http://[::1]:8000/soc/api/v1/detection-rules/"
    assert endpoint.url(limit=1000) == "http://[::1]:8000/soc/api/v1/detection-rules/?key=s3cret&limit=1000"


def test_user_and_password_become_a_header_and_are_not_shown():
    endpoint = Endpoint.parse("https://soc%40x:p%3Aw@api.example.com")
    assert endpoint.basic is not None
    assert b64decode(endpoint.basic.removeprefix("Basic ")) == b"soc@x:p:w"
    assert "soc" not in endpoint.shown + endpoint.url(limit=1)
    assert Endpoint.parse("https://api.example.com").basic is None


@pytest.mark.parametrize(
    "base",
    [
        "",
        "api.example.com",
        "ftp://u:s3cret@host",
        "file:///etc/passwd",
        "http://",
        "https://u:s3cret@",
        "http://h:x",
        "http://[::1",
        "http://u:12/s3cret@host",
    ],
)
def test_anything_but_an_http_address_is_refused_without_being_repeated(base):
    with pytest.raises(SourceError, match=r"^The address of the API is no URL .* names a host\.$") as refused:
        Endpoint.parse(base)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://api.example.com/x?cursor=1", "https://api.example.com/x?cursor=1"),
        ("https://API.example.com:443/x", "https://api.example.com/x"),
        ("https://user:pw@api.example.com/x", "https://api.example.com/x"),
        ("https://api.example.com//evil.example/x", "https://api.example.com/evil.example/x"),
        ("https://evil.example\\@api.example.com/x", "https://api.example.com/x"),
        ("https://api.example.com", "https://api.example.com/"),
        ("http://api.example.com/x", None),
        ("https://api.example.com:8443/x", None),
        ("https://api.example.com.evil.example/x", None),
        ("https://api.example.com@evil.example/x", None),
        ("//evil.example/x", None),
        ("javascript:alert(1)", None),
        ("https://[::1", None),
    ],
)
def test_only_addresses_of_the_same_origin_are_its_own(url, own):
    assert Endpoint.parse("https://api.example.com").own(url) == own


def test_an_origin_has_no_default_port_and_no_user():
    assert origin("https://u:p@Host.example:443/x?y") == "https://host.example"
    assert origin("http://host.example:443") == "http://host.example:443"
    assert origin("mailto:x@host.example") is None
