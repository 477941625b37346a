"""Coverage -> ranked gaps: the specification's eight techniques that attackers use most and detections miss most."""

from __future__ import annotations

from dataclasses import dataclass

from coverage.model import SEVERITY_ORDER, Severity, count_rules
from coverage.score import Coverage, Level


@dataclass(frozen=True, slots=True)
class KnownGap:
    """What the specification's section "Gap Analysis" says of one technique; `tactic` is a tactic's name."""

    technique_id: str
    technique_name: str
    tactic: str
    severity: Severity
    recommendation: str


KNOWN_GAPS = (
    KnownGap(
        "T1566",
        "Phishing",
        "Initial Access",
        Severity.CRITICAL,
        "Deploy email gateway rules and user-reported phishing playbook",
    ),
    KnownGap(
        "T1059",
        "Command & Scripting Interpreter",
        "Execution",
        Severity.CRITICAL,
        "Enable PowerShell script block logging and Sigma rules for encoded commands",
    ),
    KnownGap(
        "T1003",
        "OS Credential Dumping",
        "Credential Access",
        Severity.CRITICAL,
        "Monitor for LSASS access patterns and deploy credential guard",
    ),
    KnownGap(
        "T1486",
        "Data Encrypted for Impact",
        "Impact",
        Severity.HIGH,
        "Create canary file detection rules and monitor mass file modification events",
    ),
    KnownGap(
        "T1021",
        "Remote Services",
        "Lateral Movement",
        Severity.HIGH,
        "Monitor anomalous RDP/SSH sessions with baseline deviation rules",
    ),
    KnownGap(
        "T1071",
        "Application Layer Protocol",
        "Command & Control",
        Severity.HIGH,
        "Deploy DNS analytics and HTTP anomaly detection rules",
    ),
    KnownGap(
        "T1543",
        "Create or Modify System Process",
        "Persistence",
        Severity.MEDIUM,
        "Monitor new service installations and systemd unit file creation",
    ),
    KnownGap(
        "T1082",
        "System Information Discovery",
        "Discovery",
        Severity.LOW,
        "Baseline normal discovery activity per host to detect anomalies",
    ),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """A known gap with what the rules make of it.

    `rule_count` counts rules on the technique over all tactics, also where the matrix does not show it
    (`in_matrix` says so); `potential` counts the disabled rules that would help.
    """

    known: KnownGap
    level: Level
    rule_count: int
    potential: int
    in_matrix: bool


@dataclass(frozen=True, slots=True)
class Gaps:
    """The known gaps, each list from critical to low, the emptier technique first."""

    open: tuple[Gap, ...]
    closed: tuple[Gap, ...]


def find_gaps(coverage: Coverage) -> Gaps:
    """The known gaps under one coverage: open until their technique is fully covered."""
    shown = {technique for _, technique in coverage.catalog.cells}
    gaps: list[Gap] = []
    for known in KNOWN_GAPS:
        rule_count = count_rules(coverage.technique_rules.get(known.technique_id, ()))
        gaps.append(
            Gap(
                known=known,
                level=coverage.settings.level(rule_count),
                rule_count=rule_count,
                potential=count_rules(coverage.technique_disabled.get(known.technique_id, ())),
                in_matrix=known.technique_id in shown,
            )
        )
    gaps.sort(key=lambda gap: (SEVERITY_ORDER[gap.known.severity], gap.level is not Level.NONE))
    return Gaps(
        open=tuple(gap for gap in gaps if gap.level is not Level.FULL),
        closed=tuple(gap for gap in gaps if gap.level is Level.FULL),
    )
