"""The operator's settings: where they come from, what wins, and what is never shown."""

import traceback

import pytest

from coverage.config import DEFAULT_MAX_AGE, Config, read_config, read_secrets
from coverage.errors import CoverageError
from coverage.sources.sql.names import SqlNames

SECRET = "s3cret-value"
NAMES = {
    "THREATOPS_API_URL": "api_url",
    "THREATOPS_API_TOKEN": "api_token",
}
EACH_NAME = pytest.mark.parametrize(("name", "field"), NAMES.items())


def test_nothing_is_configured_without_environment_and_secrets():
    assert read_config({}, {}) == Config(api_url=None, api_token=None, sources=(), max_age=DEFAULT_MAX_AGE)


@pytest.mark.parametrize("value", ["A = /srv/a\n\n  /srv/b \r\n", "A = /srv/a\n/srv/b"])
def test_sources_are_one_a_line(value):
    expected = [("A", "/srv/a"), ("b", "/srv/b")]
    for config in (read_config({"COVERAGE_SOURCE": value}, {}), read_config({}, {"COVERAGE_SOURCE": value})):
        assert [(source.label, source.address) for source in config.sources] == expected


def test_sources_of_the_secrets_may_be_a_list_and_give_way_to_the_environment():
    secrets = {"COVERAGE_SOURCE": ["A = /srv/a", "", "/srv/b"]}
    assert [source.address for source in read_config({}, secrets).sources] == ["/srv/a", "/srv/b"]
    assert [source.address for source in read_config({"COVERAGE_SOURCE": "/srv/c"}, secrets).sources] == ["/srv/c"]
    assert [source.address for source in read_config({"COVERAGE_SOURCE": " \n"}, secrets).sources] == [
        "/srv/a",
        "/srv/b",
    ]


@pytest.mark.parametrize("value", [[SECRET, 1], {"a": SECRET}, [[SECRET]]])
def test_a_secret_that_is_no_text_is_refused_by_its_name_alone(value):
    with pytest.raises(CoverageError) as failed:
        read_config({}, {"COVERAGE_SOURCE": value})
    assert str(failed.value) == "COVERAGE_SOURCE in the secrets file must be a text or a list of texts."


@EACH_NAME
def test_a_setting_comes_from_the_environment_or_from_the_secrets(name, field):
    assert getattr(read_config({name: "value"}, {}), field) == "value"
    assert getattr(read_config({}, {name: "value"}), field) == "value"
    others = set(NAMES.values()) - {field}
    assert {getattr(read_config({name: "value"}, {}), other) for other in others} == {None}


@EACH_NAME
def test_the_environment_goes_before_the_secrets(name, field):
    assert getattr(read_config({name: "environment"}, {name: "secrets"}), field) == "environment"


@EACH_NAME
@pytest.mark.parametrize("empty", ["", "  ", "\n"])
def test_an_empty_value_is_not_set(name, field, empty):
    assert getattr(read_config({name: empty}, {}), field) is None
    assert getattr(read_config({}, {name: empty}), field) is None
    assert getattr(read_config({name: empty}, {name: "secrets"}), field) == "secrets"


def test_spaces_around_a_value_do_not_count():
    assert read_config({"THREATOPS_API_TOKEN": f" {SECRET}\n"}, {}).api_token == SECRET


@pytest.mark.parametrize("name", [*NAMES, "COVERAGE_SOURCE"])
def test_nothing_that_may_hold_a_secret_is_in_a_representation(name):
    config = read_config({name: f"https://user:{SECRET}@example.org"}, {})
    assert SECRET not in f"{config} {config!r} {[config]}"


@pytest.mark.parametrize(("value", "seconds"), [("0", 0), ("90", 90), (" 2.5 ", 2.5), (30, 30), (1.5, 1.5)])
def test_the_greatest_age_is_a_number_of_seconds(value, seconds):
    assert read_config({}, {"COVERAGE_MAX_AGE": value}).max_age == seconds
    assert read_config({"COVERAGE_MAX_AGE": str(value)}, {"COVERAGE_MAX_AGE": "7"}).max_age == seconds


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf", "1 minute", "1,5"])
def test_a_greatest_age_that_is_no_number_of_seconds_is_refused_by_name(value):
    with pytest.raises(CoverageError) as failed:
        read_config({"COVERAGE_MAX_AGE": value}, {})
    assert str(failed.value) == f"COVERAGE_MAX_AGE is {value!r}; it must be a number of seconds."


def test_a_database_s_table_and_columns_are_named_by_the_operator():
    assert read_config({}, {}).sql_names == SqlNames()
    names = read_config({"COVERAGE_SQL_TABLE": "soc.rules"}, {"COVERAGE_SQL_COLUMNS": "enabled=is_active"}).sql_names
    assert names == SqlNames("soc.rules", {"enabled": "is_active"})


def test_columns_that_are_none_are_refused_by_the_setting_s_name():
    with pytest.raises(CoverageError, match=r"^COVERAGE_SQL_COLUMNS holds 'active';"):
        read_config({"COVERAGE_SQL_COLUMNS": "active"}, {})


def test_secrets_are_the_top_level_of_a_toml_file(tmp_path):
    path = tmp_path / "secrets.toml"
    path.write_text(f'THREATOPS_API_TOKEN = "{SECRET}"\nCOVERAGE_MAX_AGE = 5\n[other]\nkey = 1\n', encoding="utf-8")
    config = read_config({}, read_secrets(path))
    assert (config.api_token, config.max_age, config.sources) == (SECRET, 5, ())


def test_no_secrets_file_is_no_secrets(tmp_path):
    assert read_secrets(tmp_path / "secrets.toml") == {}
    assert read_secrets(tmp_path / "no folder" / "secrets.toml") == {}


@pytest.mark.parametrize(
    "content",
    [
        f'THREATOPS_API_TOKEN = "{SECRET}',
        f"{SECRET} = ",
        f'a = "{SECRET}"\na = "{SECRET}"',
        f'a = "{SECRET}"\n'.encode() + b"b = \xff",
    ],
    ids=["open text", "no value", "twice", "not utf-8"],
)
def test_a_broken_secrets_file_is_one_sentence_without_its_content(tmp_path, content):
    path = tmp_path / "secrets.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CoverageError) as failed:
        read_secrets(path)
    assert str(failed.value) == f"The secrets file {path} cannot be read as TOML."
    assert SECRET not in "".join(traceback.format_exception(failed.value))


def test_a_folder_in_the_place_of_the_secrets_file_is_said(tmp_path):
    with pytest.raises(CoverageError, match="cannot be read"):
        read_secrets(tmp_path)


@pytest.mark.parametrize(
    ("api_url", "address", "sources", "is_sent"),
    [
        ("https://one.example", "https://one.example", [], True),
        ("https://one.example", "HTTPS://ONE.example:443/base", [], True),
        ("https://one.example", "http://one.example", [], False),
        ("https://one.example", "https://one.example:8443", [], False),
        ("https://one.example", "https://two.example", ["https://two.example"], False),
        ("https://one.example", "/srv/rules", ["/srv/rules"], False),
        (None, "https://one.example", ["/srv/rules", "https://one.example"], True),
        (None, "https://one.example", ["https://one.example", "https://two.example"], False),
        (None, "/srv/rules", ["/srv/rules"], False),
        (None, "https://[", ["https://["], True),
        ("https://one.example", "https://[", [], False),
    ],
)
def test_the_token_goes_to_one_server_only(api_url, address, sources, is_sent):
    config = Config(api_url=api_url, api_token=SECRET)
    assert config.token_for(address, sources) == (SECRET if is_sent else None)
