"""Layers of the ATT&CK Navigator: techniques with scores, in JSON, and no rules.

https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md

A layer is what remains of a coverage when its rules are not at hand. It is read as one rule for each technique with a
score above 0, under the tactic that the entry names, or under all of the technique's own if it names none: a rule is
what everything else counts, and one is the fewest that say "something is there". What a score means is known only to
the layer's author, who may mean a percentage, a number of rules or an opinion, so it becomes neither a number of rules
nor a severity; it stands in the rule's name. A technique without a score says nothing, even when it has a colour, and
an issue says how many there are of those. Layers of the mobile and the ICS matrix are of no use here.
"""

from __future__ import annotations

from collections.abc import Mapping

from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.fields import Fields, kind_of
from coverage.sources.text import cut, quoted

SOURCE = "Navigator layer"

_ENTERPRISE = frozenset({"enterprise-attack", "mitre-enterprise"})
_MOST_TECHNIQUES = 100_000


def is_layer(document: object) -> bool:
    """Whether a JSON document is a Navigator layer."""
    if not isinstance(document, Mapping) or not isinstance(document.get("techniques"), list):
        return False
    first = next((entry for entry in document["techniques"] if isinstance(entry, Mapping)), {})
    return "techniqueID" in first or ("domain" in document and "name" in document)


def read_navigator(document: Mapping[str, object], origin: str) -> tuple[list[Rule], list[Issue]]:
    """A rule for each technique that the layer gives a score above 0, and what is wrong with the layer."""
    fields = Fields(document)
    layer = fields.text("name") or origin
    domain = fields.text("domain")
    if domain is not None and domain.strip().lower() not in _ENTERPRISE:
        message = f"The layer is of the domain {quoted(domain)}, not of Enterprise ATT&CK; it does not count."
        return [], [Issue(IssueKind.NOT_A_RULE, "", origin, message)]
    rules: list[Rule] = []
    issues: list[Issue] = fields.issues("", origin)
    coloured = 0
    techniques = document.get("techniques")
    entries = techniques if isinstance(techniques, list) else []
    for number, entry in enumerate(entries[:_MOST_TECHNIQUES], start=1):
        place = f"{origin}#{number}"
        technique = Fields(entry).text("techniqueID") if isinstance(entry, Mapping) else None
        if technique is None or not isinstance(entry, Mapping):
            message = f"Entry {number} of the layer names no technique."
            issues.append(Issue(IssueKind.NOT_A_RULE, "", place, message))
            continue
        score = entry.get("score")
        if score is None or score == "":
            coloured += bool(entry.get("color"))
        elif isinstance(score, bool) or not isinstance(score, int | float):
            message = f"The score of {quoted(technique)} is no number but {kind_of(score)}; it does not count."
            issues.append(Issue(IssueKind.WRONG_TYPE, "", place, message))
        elif score > 0:
            entry_fields = Fields(entry)
            rules.append(_rule(entry_fields, technique, layer, origin))
            issues += entry_fields.issues(rules[-1].rule_id, place)
    if coloured:
        what = "1 technique" if coloured == 1 else f"{coloured:,} techniques"
        message = f"The layer gives {what} a colour but no score; that does not count."
        issues.append(Issue(IssueKind.NO_TECHNIQUE, "", origin, message))
    if len(entries) > _MOST_TECHNIQUES:
        message = f"The layer holds {len(entries):,} entries; those after the first {_MOST_TECHNIQUES:,} do not count."
        issues.append(Issue(IssueKind.UNREADABLE, "", origin, message))
    if not rules and not issues:
        issues.append(Issue(IssueKind.NOT_A_RULE, "", origin, "The layer gives no technique a score above 0."))
    return rules, issues


def _rule(entry: Fields, technique: str, layer: str, origin: str) -> Rule:
    tactic = entry.text("tactic")
    return Rule(
        rule_id="/".join(filter(None, (origin, tactic, technique))),
        name=f"{technique} (layer {quoted(layer)}, score {cut(str(entry.values['score']), 20)})",
        severity=Severity.UNKNOWN,
        enabled=entry.flag("enabled"),
        tactics=(tactic,) if tactic else None,
        techniques=(technique,),
        source=SOURCE,
        origin=origin,
    )
