"""The shipped catalogs: their size, order and names."""

import pytest

from coverage.catalog import CATALOGS, SHIPPED, load_catalog
from coverage.catalog.enterprise import enterprise_catalog
from coverage.catalog.stix import attack_from_bundle
from coverage.errors import CatalogError
from coverage.ids import parent_id, technique_id
from tests.catalog.bundles import small_bundle

ALL_SHIPPED = [load_catalog(name, version) for name in CATALOGS for version in SHIPPED]

THREATOPS = """
TA0001 Initial Access: Phishing, Valid Accounts, Exploit Public-Facing App, External Remote Services,
    Drive-by Compromise, Supply Chain Compromise
TA0002 Execution: Command & Scripting Interpreter, PowerShell, WMI, Scheduled Task/Job, User Execution, Native API
TA0003 Persistence: Boot/Logon Autostart, Create Account, Scheduled Task/Job, Registry Run Keys,
    Browser Extensions, Office App Startup
TA0004 Privilege Escalation: Access Token Manipulation, Exploitation for Priv Esc, Process Injection, Sudo Caching,
    Abuse Elevation Control
TA0005 Defense Evasion: Obfuscated Files, Masquerading, Indicator Removal, Process Injection, Rootkit,
    Signed Binary Proxy, Virtualization Evasion
TA0006 Credential Access: Brute Force, OS Credential Dumping, Credentials from Password Stores,
    Steal Web Session Cookie, Kerberoasting, Input Capture
TA0007 Discovery: System Information Discovery, Account Discovery, Network Service Discovery,
    Permission Groups Discovery, Process Discovery, Remote System Discovery
TA0008 Lateral Movement: Remote Services, Lateral Tool Transfer, RDP, SMB/Windows Admin Shares,
    Exploitation of Remote Services
TA0009 Collection: Data from Local System, Screen Capture, Clipboard Data, Email Collection, Archive Collected Data
TA0011 Command & Control: Application Layer Protocol, Encrypted Channel, Proxy, Ingress Tool Transfer,
    Non-Standard Port, Web Service
TA0010 Exfiltration: Exfiltration Over Web Service, Over C2 Channel, Automated Exfiltration,
    Over Alternative Protocol
TA0040 Impact: Data Encrypted for Impact, Service Stop, Inhibit System Recovery, Account Access Removal, Defacement
"""
"""The specification's table "Tactics & Techniques Covered"."""

OFFICIAL_NAMES = {
    "Command & Scripting Interpreter": "Command and Scripting Interpreter",
    "WMI": "Windows Management Instrumentation",
    "Boot/Logon Autostart": "Boot or Logon Autostart Execution",
    "Browser Extensions": "Software Extensions",
    "Office App Startup": "Office Application Startup",
    "Exploitation for Priv Esc": "Exploitation for Privilege Escalation",
    "Sudo Caching": "Sudo and Sudo Caching",
    "Signed Binary Proxy": "System Binary Proxy Execution",
    "Virtualization Evasion": "Virtualization/Sandbox Evasion",
    "RDP": "Remote Desktop Protocol",
}
"""The names that the specification shortens in its own way; the others are the beginning of ATT&CK's."""


def test_the_defaults_come_first():
    assert list(CATALOGS) == ["threatops", "enterprise"]
    assert SHIPPED == ("19.1", "18.1")
    assert load_catalog("enterprise").attack.version == "19.1"


@pytest.mark.parametrize(
    ("name", "version"), [("mobile", "19.1"), ("", "19.1"), ("enterprise", "7"), ("enterprise", "")]
)
def test_what_there_is_not_is_named_with_what_there_is(name, version):
    with pytest.raises(CatalogError, match=r"choose one of .+\.$"):
        load_catalog(name, version)


@pytest.mark.parametrize(("version", "sizes"), [("19.1", (15, 222, 475, 254, 872)), ("18.1", (14, 216, 475, 250, 887))])
def test_the_size_of_enterprise(version, sizes):
    tactics, techniques, sub_techniques, cells, cells_with_sub_techniques = sizes
    catalog = load_catalog("enterprise", version)
    assert catalog.attack.version == version
    assert len(catalog.tactics) == len(catalog.columns) == tactics
    assert sum(parent_id(technique) is None for technique in catalog.attack.techniques) == techniques
    assert sum(parent_id(technique) is not None for technique in catalog.attack.techniques) == sub_techniques
    assert sum(map(len, catalog.columns.values())) == cells
    assert len(catalog.cells) == cells_with_sub_techniques


def test_enterprise_has_attack_s_own_order_of_tactics():
    names = [tactic.name for tactic in load_catalog("enterprise", "19.1").tactics]
    assert names == [
        "Reconnaissance",
        "Resource Development",
        "Initial Access",
        "Execution",
        "Persistence",
        "Privilege Escalation",
        "Stealth",
        "Defense Impairment",
        "Credential Access",
        "Discovery",
        "Lateral Movement",
        "Collection",
        "Command and Control",
        "Exfiltration",
        "Impact",
    ]
    before = [tactic.name for tactic in load_catalog("enterprise", "18.1").tactics]
    assert before == [*names[:6], "Defense Evasion", *names[8:]]


def test_enterprise_lists_techniques_by_name():
    catalog = load_catalog("enterprise")
    for column in catalog.columns.values():
        names = [catalog.technique_name(technique).casefold() for technique in column]
        assert names == sorted(names)
        assert column


def test_enterprise_has_sub_techniques_in_the_columns_of_their_own_tactics():
    catalog = enterprise_catalog(attack_from_bundle(small_bundle(), version="9.9"))
    assert catalog.columns == {"TA0040": ("T1001", "T1002"), "TA0002": ("T1002",)}
    assert catalog.sub_techniques("TA0002", "T1002") == ("T1002.001",)
    assert catalog.sub_techniques("TA0040", "T1002") == ()
    assert catalog.cells == {
        ("TA0040", "T1001"),
        ("TA0040", "T1002"),
        ("TA0002", "T1002"),
        ("TA0002", "T1002.001"),
    }


def test_sub_techniques_come_in_the_order_of_their_ids():
    subs = load_catalog("enterprise").sub_techniques("TA0003", "T1053")
    assert subs == ("T1053.002", "T1053.003", "T1053.005", "T1053.006", "T1053.007")


def test_threatops_is_the_specification_s_matrix():
    catalog = load_catalog("threatops")
    shown = ""
    for tactic in catalog.tactics:
        names = ", ".join(map(catalog.technique_name, catalog.columns[tactic.id]))
        shown += f" {tactic.id} {tactic.name}: {names}"
    assert shown.split() == THREATOPS.split()
    assert [len(column) for column in catalog.columns.values()] == [6, 6, 6, 5, 7, 6, 6, 5, 5, 6, 4, 5]
    assert len(catalog.cells) == 67


@pytest.mark.parametrize("version", SHIPPED)
def test_threatops_shows_only_techniques_that_are_active(version):
    catalog = load_catalog("threatops", version)
    assert {technique for _, technique in catalog.cells} <= catalog.attack.techniques.keys()


def test_the_ids_of_threatops_are_those_that_its_names_mean():
    catalog = load_catalog("threatops")
    for technique, name in catalog.names.items():
        official = catalog.attack.techniques[technique].name
        meant = OFFICIAL_NAMES.get(name, name)
        assert official.startswith(meant) or official == f"Exfiltration {meant}", technique


@pytest.mark.parametrize("catalog", ALL_SHIPPED, ids=lambda catalog: f"{catalog.name}-{catalog.attack.version}")
def test_a_catalog_agrees_with_itself(catalog):
    assert list(catalog.columns) == [tactic.id for tactic in catalog.tactics]
    for tactic, column in catalog.columns.items():
        assert len(set(column)) == len(column)
        for technique in column:
            assert (tactic, technique) in catalog.cells
            assert catalog.technique_name(technique) != technique
            assert all((tactic, sub) in catalog.cells for sub in catalog.sub_techniques(tactic, technique))
    for tactic in catalog.tactics:
        for text in (tactic.id, tactic.shortname, tactic.name):
            assert catalog.tactics_named(text) == {tactic.id}


@pytest.mark.parametrize("version", SHIPPED)
def test_the_facts_agree_with_themselves(version):
    attack = load_catalog("enterprise", version).attack
    tactics = {tactic.id for tactic in attack.tactics}
    for technique, facts in attack.techniques.items():
        assert technique == facts.id == technique_id(technique)
        assert facts.parent is None or facts.parent in attack.techniques
        assert facts.tactics
        assert tactics.issuperset(facts.tactics)
        assert facts.platforms
    assert attack.techniques.keys().isdisjoint(attack.revoked)
    assert attack.techniques.keys().isdisjoint(attack.deprecated)
    assert attack.revoked.keys().isdisjoint(attack.deprecated)
    for technique in attack.revoked:
        assert attack.replacement(technique) in attack.techniques


def test_a_tactic_of_attack_that_a_matrix_does_not_show_is_known():
    assert load_catalog("threatops").tactics_named("Reconnaissance") == frozenset()
    assert load_catalog("threatops").tactics_named("Hacking") is None


def test_an_unknown_technique_is_shown_by_its_id():
    catalog = load_catalog("threatops")
    assert catalog.technique_name("T9999") == "T9999"
    assert catalog.technique_name("T1595") == "Active Scanning"
