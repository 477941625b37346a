"""The words of the product as values: rule, issue, and a set of rules with its issues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """Severity of a rule, from the most to the least severe; `UNKNOWN` where a rule states none."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFORMATIONAL = "informational"
    UNKNOWN = "unknown"


SEVERITY_ORDER: dict[Severity, int] = {severity: place for place, severity in enumerate(Severity)}


class IssueKind(StrEnum):
    """What can be wrong with one rule or file."""

    UNREADABLE = "unreadable"
    WRONG_ENCODING = "wrong_encoding"
    NOT_A_RULE = "not_a_rule"
    NO_ID = "no_id"
    NO_NAME = "no_name"
    NO_SEVERITY = "no_severity"
    NO_TACTIC = "no_tactic"
    NO_TECHNIQUE = "no_technique"
    WRONG_TYPE = "wrong_type"
    DUPLICATE_ID = "duplicate_id"
    UNKNOWN_TACTIC = "unknown_tactic"
    UNKNOWN_ID = "unknown_id"
    REVOKED_ID = "revoked_id"
    DEPRECATED_ID = "deprecated_id"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong with one rule or file.

    `rule` is the rule's id, or "" where no rule could be made; `where` is the file path inside its
    source, or the place in an API answer; `message` is one sentence for a person. `feed` is as that of a rule.
    """

    kind: IssueKind
    rule: str
    where: str
    message: str
    feed: str = ""
    tenant: str = ""


RuleKey = tuple[str, str, str]
"""(feed, tenant or "", rule id): an id is good for one source only, and in it for one tenant."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One detection rule, normalised.

    `tactics` and `techniques` hold what the rule says, as written and in its order; reading them is the
    work of `coverage.mapping`. `tactics` is None where the rule's format has no field for a tactic at
    all, and empty where it has one and the rule leaves it empty. `origin` is the file path inside the
    source, or the API's id. `updated_at` is the source's own text, usually an ISO 8601 date. `count` is how many
    rules it stands for, none where it is a copy of a rule that another source or tenant has, too. `is_kind` says that
    it stands for those of the same tags, severity and state in a table whose rules were only counted, be they many or
    one. `tags` are those that say nothing of ATT&CK.

    `source` names the rule's format; `feed` is the label of the source that it came from, "" where there is only one.
    """

    rule_id: str
    name: str
    severity: Severity
    enabled: bool
    tactics: tuple[str, ...] | None
    techniques: tuple[str, ...]
    source: str
    origin: str
    logsource: str | None = None
    tenant: str | None = None
    updated_at: str | None = None
    count: int = 1
    tags: tuple[str, ...] = ()
    feed: str = ""
    is_kind: bool = False

    @property
    def key(self) -> RuleKey:
        """What tells the rule from all others of its set."""
        return self.feed, self.tenant or "", self.rule_id

    @property
    def identity(self) -> tuple[object, ...]:
        """What is the same where two sources or tenants have copies of one rule; ids alone may be small numbers."""
        return self.rule_id, self.name.casefold(), self.tactics, self.techniques


def duplicate_message(origin: str = "") -> str:
    """What is wrong with a rule whose id another rule has that counts and comes from `origin`, if that is a place."""
    which = f"the rule in {origin}" if origin else "another rule"
    return f"The id is used twice; {which} counts, this one does not."


def count_rules(rules: Iterable[Rule]) -> int:
    """How many rules these stand for."""
    return sum(rule.count for rule in rules)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What one load of a source brought: rules, issues, and sentences about the load as a whole.

    A doubt says why the rules may not be all or not be unchanged, e.g. that the end of a paginated answer could not
    be established; it stands above the figures. A note is harmless, e.g. that other files were passed over.
    """

    rules: tuple[Rule, ...] = ()
    issues: tuple[Issue, ...] = ()
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sample: bool = False

    @property
    def rule_count(self) -> int:
        """How many rules the source has, each of which may be listed or only counted."""
        return count_rules(self.rules)


@dataclass(slots=True)
class RuleSetBuilder:
    """Collects rules and issues while a source is read, and keeps each rule id of a tenant once."""

    rules: list[Rule] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _place: dict[tuple[str | None, str], int] = field(default_factory=dict)

    def add(self, rule: Rule) -> None:
        """Keep the rule; of two with one id the enabled one stays, else the first, and an issue says so."""
        place = self._place.setdefault((rule.tenant, rule.rule_id), len(self.rules))
        if place == len(self.rules):
            self.rules.append(rule)
            return
        kept, dropped = self.rules[place], rule
        if rule.enabled and not kept.enabled:
            kept, dropped = rule, kept
            self.rules[place] = kept
        message = duplicate_message("" if kept.origin == kept.rule_id else kept.origin)
        self.issues.append(
            Issue(IssueKind.DUPLICATE_ID, dropped.rule_id, dropped.origin, message, tenant=dropped.tenant or "")
        )

    def issue(self, kind: IssueKind, rule: str, where: str, message: str) -> None:
        """Note one issue."""
        self.issues.append(Issue(kind, rule, where, message))

    def extend(self, rules: Iterable[Rule], issues: Iterable[Issue]) -> None:
        """Add what a reader made of one document."""
        for rule in rules:
            self.add(rule)
        self.issues.extend(issues)

    def build(self) -> RuleSet:
        """The finished, immutable set."""
        notes = (*self.notes, *_copies_of_tenants(self.rules))
        return RuleSet(tuple(self.rules), tuple(self.issues), tuple(self.doubts), notes)


def _copies_of_tenants(rules: Collection[Rule]) -> tuple[str, ...]:
    """The note on rules that several tenants of one source have."""
    ids = Counter(rule.rule_id for rule in rules)
    if len(ids) == len(rules):
        return ()
    found = Counter(rule.identity for rule in rules if ids[rule.rule_id] > 1)
    copies = sum(number > 1 for number in found.values())
    if not copies:
        return ()
    what, each = ("1 rule is", "it counts") if copies == 1 else (f"{copies:,} rules are", "each counts")
    return (f"{what} there for more than one tenant, with the same id, name and tags; {each} once.",)


Progress = Callable[[int, int | None], None]
"""Called while a source is read with (done, total or None where the total is not known yet)."""


def no_progress(done: int, total: int | None) -> None:
    """A `Progress` for callers that show none."""
