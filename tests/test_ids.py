"""The forms in which rules write ATT&CK ids and tactics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.ids import is_other_id, parent_id, tactic_key, technique_id

NUMBERS = st.integers(0, 9999)
SUB_NUMBERS = st.integers(0, 999)


@pytest.mark.parametrize(
    "text",
    [
        "T1059.001",
        "t1059.001",
        "t1059/001",
        "attack.t1059.001",
        "ATTACK.T1059.001",
        " T1059.001\n",
        "https://attack.mitre.org/techniques/T1059/001",
        "https://attack.mitre.org/techniques/T1059/001/",
        "http://attack.mitre.org/techniques/T1059.001",
    ],
)
def test_all_forms_of_a_sub_technique_are_one_id(text):
    assert technique_id(text) == "T1059.001"


@pytest.mark.parametrize(
    "text", ["T1059", "t1059", "attack.t1059", "\tT1059 ", "https://attack.mitre.org/techniques/T1059/"]
)
def test_all_forms_of_a_technique_are_one_id(text):
    assert technique_id(text) == "T1059"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "T",
        "T105",
        "T10590",
        "T1059.1",
        "T1059.0011",
        "T1059.",
        "T1059 PowerShell",
        "attack.1562.001",
        "1562.001",
        "TA0002",
        "attack.execution",
        "attack.s0029",
        "cve.2021.44228",
        "T١٠٥٩",
        "https://example.org/techniques/T1059",
    ],
)
def test_what_is_no_technique_id(text):
    assert technique_id(text) is None


@given(number=NUMBERS, sub=st.none() | SUB_NUMBERS)
def test_a_canonical_id_stands_for_itself(number, sub):
    canonical = f"T{number:04}" + ("" if sub is None else f".{sub:03}")
    assert technique_id(canonical) == canonical
    assert technique_id(f"attack.{canonical.lower()}") == canonical


@given(st.text())
def test_any_text_is_read_and_reading_it_again_changes_nothing(text):
    technique = technique_id(text)
    assert technique is None or technique_id(technique) == technique
    assert not (is_other_id(text) and technique is not None)
    assert isinstance(tactic_key(text), str)


@pytest.mark.parametrize(
    "text",
    [
        "attack.s0029",
        "S0029",
        "attack.g0007",
        "G0007",
        "attack.c0017",
        "M1036",
        "DS0017",
        "DC0032",
        "DET0001",
        "AN0001",
        "cve.2021.44228",
        "cve.2021-44228",
        "CVE-2021-44228",
    ],
)
def test_ids_of_other_things_are_told_from_mistakes(text):
    assert is_other_id(text)


@pytest.mark.parametrize("text", ["", "T1059", "attack.1562.001", "S29", "X0029", "TA0001", "Phishing", "cve"])
def test_other_words_are_not_ids_of_other_things(text):
    assert not is_other_id(text)


def test_the_parent_of_a_sub_technique():
    assert parent_id("T1059.001") == "T1059"
    assert parent_id("T1059") is None


@pytest.mark.parametrize(
    "text",
    [
        "Command & Control",
        "command and control",
        "Command And Control",
        "COMMAND&CONTROL",
        "command_and_control",
        "command-and-control",
        "attack.command-and-control",
        "attack.command_and_control",
        "  Command  and\tControl ",
        "CommandAndControl",
        "attack.CommandAndControl",
    ],
)
def test_all_forms_of_a_tactic_are_one_key(text):
    assert tactic_key(text) == "command and control"


@pytest.mark.parametrize(
    "text", ["TA0011", "ta0011", " TA0011 ", "attack.ta0011", "https://attack.mitre.org/tactics/TA0011/"]
)
def test_all_forms_of_a_tactic_id_are_one_key(text):
    assert tactic_key(text) == "ta0011"


@pytest.mark.parametrize("text", ["TA11", "TA00111", "attack.ta0011.001", "T0011"])
def test_what_is_no_tactic_id_is_not_taken_for_one(text):
    assert tactic_key(text) != "ta0011"
