"""The catalog `threatops`: the specification's twelve tactics and 67 cells, in its order and with its names.

The ids behind the names are those of the issue that asked for the catalog; the names are the specification's
own short ones ("RDP", "Sudo Caching").
"""

from __future__ import annotations

from coverage.catalog.model import Attack, Catalog, ColumnsFrom, Tactic

_MATRIX: tuple[tuple[Tactic, dict[str, str]], ...] = (
    (
        Tactic("TA0001", "initial-access", "Initial Access"),
        {
            "T1566": "Phishing",
            "T1078": "Valid Accounts",
            "T1190": "Exploit Public-Facing App",
            "T1133": "External Remote Services",
            "T1189": "Drive-by Compromise",
            "T1195": "Supply Chain Compromise",
        },
    ),
    (
        Tactic("TA0002", "execution", "Execution"),
        {
            "T1059": "Command & Scripting Interpreter",
            "T1059.001": "PowerShell",
            "T1047": "WMI",
            "T1053": "Scheduled Task/Job",
            "T1204": "User Execution",
            "T1106": "Native API",
        },
    ),
    (
        Tactic("TA0003", "persistence", "Persistence"),
        {
            "T1547": "Boot/Logon Autostart",
            "T1136": "Create Account",
            "T1053": "Scheduled Task/Job",
            "T1547.001": "Registry Run Keys",
            "T1176": "Browser Extensions",
            "T1137": "Office App Startup",
        },
    ),
    (
        Tactic("TA0004", "privilege-escalation", "Privilege Escalation"),
        {
            "T1134": "Access Token Manipulation",
            "T1068": "Exploitation for Priv Esc",
            "T1055": "Process Injection",
            "T1548.003": "Sudo Caching",
            "T1548": "Abuse Elevation Control",
        },
    ),
    (
        Tactic("TA0005", "defense-evasion", "Defense Evasion"),
        {
            "T1027": "Obfuscated Files",
            "T1036": "Masquerading",
            "T1070": "Indicator Removal",
            "T1055": "Process Injection",
            "T1014": "Rootkit",
            "T1218": "Signed Binary Proxy",
            "T1497": "Virtualization Evasion",
        },
    ),
    (
        Tactic("TA0006", "credential-access", "Credential Access"),
        {
            "T1110": "Brute Force",
            "T1003": "OS Credential Dumping",
            "T1555": "Credentials from Password Stores",
            "T1539": "Steal Web Session Cookie",
            "T1558.003": "Kerberoasting",
            "T1056": "Input Capture",
        },
    ),
    (
        Tactic("TA0007", "discovery", "Discovery"),
        {
            "T1082": "System Information Discovery",
            "T1087": "Account Discovery",
            "T1046": "Network Service Discovery",
            "T1069": "Permission Groups Discovery",
            "T1057": "Process Discovery",
            "T1018": "Remote System Discovery",
        },
    ),
    (
        Tactic("TA0008", "lateral-movement", "Lateral Movement"),
        {
            "T1021": "Remote Services",
            "T1570": "Lateral Tool Transfer",
            "T1021.001": "RDP",
            "T1021.002": "SMB/Windows Admin Shares",
            "T1210": "Exploitation of Remote Services",
        },
    ),
    (
        Tactic("TA0009", "collection", "Collection"),
        {
            "T1005": "Data from Local System",
            "T1113": "Screen Capture",
            "T1115": "Clipboard Data",
            "T1114": "Email Collection",
            "T1560": "Archive Collected Data",
        },
    ),
    (
        Tactic("TA0011", "command-and-control", "Command & Control"),
        {
            "T1071": "Application Layer Protocol",
            "T1573": "Encrypted Channel",
            "T1090": "Proxy",
            "T1105": "Ingress Tool Transfer",
            "T1571": "Non-Standard Port",
            "T1102": "Web Service",
        },
    ),
    (
        Tactic("TA0010", "exfiltration", "Exfiltration"),
        {
            "T1567": "Exfiltration Over Web Service",
            "T1041": "Over C2 Channel",
            "T1020": "Automated Exfiltration",
            "T1048": "Over Alternative Protocol",
        },
    ),
    (
        Tactic("TA0040", "impact", "Impact"),
        {
            "T1486": "Data Encrypted for Impact",
            "T1489": "Service Stop",
            "T1490": "Inhibit System Recovery",
            "T1531": "Account Access Removal",
            "T1491": "Defacement",
        },
    ),
)


def threatops_catalog(attack: Attack) -> Catalog:
    """The specification's matrix; `attack` decides which ids are known, revoked or deprecated."""
    return Catalog(
        name="threatops",
        title="ThreatOps 12-tactic matrix",
        attack=attack,
        tactics=tuple(tactic for tactic, _ in _MATRIX),
        columns={tactic.id: tuple(techniques) for tactic, techniques in _MATRIX},
        names={technique: name for _, techniques in _MATRIX for technique, name in techniques.items()},
        columns_from=ColumnsFrom.RULE,
        shows_sub_techniques=False,
    )
