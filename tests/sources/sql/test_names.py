"""The table and the columns as an operator names them."""

import pytest

from coverage.errors import CoverageError
from coverage.sources.sql.names import FIELDS, SqlNames, read_names


def test_without_a_word_of_the_operator_the_names_are_those_of_the_specification():
    assert read_names(None, None) == SqlNames() == SqlNames("detection_rules", {})


def test_a_field_is_given_its_column():
    names = read_names("soc.rules", " mitre_technique_id = attack ids ,enabled=a=b,")
    assert names == SqlNames("soc.rules", {"mitre_technique_id": "attack ids", "enabled": "a=b"})


@pytest.mark.parametrize(
    "columns", ["enabled", "enabled=", "=active", "colour=red", "enabled=a,enabled=b", "Enabled=a"]
)
def test_what_names_no_column_of_a_field_is_repeated_beside_the_fields(columns):
    with pytest.raises(CoverageError) as failed:
        read_names(None, f"name=title,{columns}")
    message = str(failed.value)
    assert repr(columns.split(",")[-1]) in message
    assert ", ".join(FIELDS) in message
