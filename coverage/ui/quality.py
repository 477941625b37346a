"""The lists of rule quality: what each is, what to do about it, and its rows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from coverage.model import count_rules
from coverage.quality import Quality
from coverage.quality.cells import holder
from coverage.quality.duplicates import Likeness
from coverage.quality_tables import duplicate_table, fragile_table, low_table, stale_table, unmapped_table
from coverage.score import Level
from coverage.ui.frame import View
from coverage.ui.markup import count
from coverage.ui.tables import choose_kinds, draw_table, technique_column

_NONE_COVERED = "No cell is covered yet, so there is nothing to say of its rules."

_ON_DUPLICATES = {
    Likeness.ID: "Of rules with the same id in one source only one counts: give the other an id of its own, or delete "
    "it.",
    Likeness.COPY: "A copy in another source, with the same id, name and tags, counts once with the other: the enabled "
    "one, else the first.",
    Likeness.SHARED_ID: "Different rules with the same id in different sources all count.",
    Likeness.NAME: "Rules with the same name and tags under different ids all count, so a copy makes its cells look "
    "better covered than they are: merge them, or say in the name what differs.",
}


def draw_unmapped(view: View, quality: Quality) -> None:
    """The rules that count in no cell, and why."""
    counted = view.coverage.rule_counts.counted
    if not quality.unmapped:
        what = f"Every rule that is enabled counts in at least one cell: {count(counted, 'rule')}."
        _nothing(view, what if counted else "No rule is enabled, so there is none to map.", good=bool(counted))
        return
    number = count_rules(each.rule for each in quality.unmapped)
    which = "rules" if view.choices.settings.potential else "enabled rules"
    elsewhere = "" if view.coverage.catalog.name == "enterprise" else " Enterprise has a place for every technique."
    st.caption(
        f"{number:,} of {number + counted:,} {which} count in no cell of the matrix, so their work does not show. Name "
        f"the technique and tactic in those that lack them.{elsewhere}"
    )
    shown = choose_kinds(unmapped_table(quality.unmapped), "reason", "unmapped_reason")
    _draw(
        view,
        shown,
        {
            "name": st.column_config.TextColumn("Rule", width=300),
            "severity": "Severity",
            "why": st.column_config.TextColumn("Why", width="large"),
            "techniques": "Techniques",
            "tactics": "Tactics",
            "logsource": "Log source",
            "feed": "Source",
            "origin": "Origin",
            "rule_id": "Id",
        },
        "unmapped-rules",
    )


def draw_stale(view: View, quality: Quality) -> None:
    """The tags that name no active technique, and what to write instead."""
    version = view.coverage.catalog.attack.version
    if not quality.stale:
        _nothing(view, f"Every technique that the rules name is active in ATT&CK {version}.")
        return
    tags, rules = quality.stale, {each.rule.key: each.rule for each in quality.stale}
    st.caption(
        f"{count(count_rules(each.rule for each in tags), 'tag')} of {count(count_rules(rules.values()), 'rule')} name "
        f"ids that ATT&CK {version} has revoked or deprecated, or does not know. Revoked ones count as what to write "
        "instead, so no cell is lost; where nothing stands there, the tag counts nowhere: choose a technique anew."
    )
    shown = choose_kinds(stale_table(tags), "standing", "stale_standing")
    _draw(
        view,
        shown,
        {
            "tag": "Tag",
            "new_id": "Write instead",
            "name": st.column_config.TextColumn("Rule", width=300),
            "standing": "Is",
            "since": "Revoked since ATT&CK",
            "state": "Rule is",
            "feed": "Source",
            "origin": "Origin",
            "rule_id": "Id",
        },
        "stale-tags",
    )


def draw_fragile(view: View, quality: Quality) -> None:
    """The cells that one rule holds alone."""
    covered = _covered(view)
    if not quality.fragile:
        what = f"No cell rests on one rule: each of the {count(covered, 'covered cell')} has two or more."
        _nothing(view, what if covered else _NONE_COVERED, good=bool(covered))
        return
    rules = len({holder(cell).key for cell in quality.fragile})
    rest = "cell rests" if len(quality.fragile) == 1 else "cells rest"
    st.caption(
        f"{len(quality.fragile):,} {rest} on a single rule, of {covered:,} that are covered; without it, the cell is "
        f"empty. These are {count(rules, 'rule')} in all. Test these rules first when a log source "
        "changes, enable a disabled one where there is one, and write a second."
    )
    _draw(
        view,
        fragile_table(quality.fragile),
        {
            "technique_id": technique_column(),
            "technique": st.column_config.TextColumn("Name", width="medium"),
            "tactic": "Tactic",
            "name": st.column_config.TextColumn("Its one rule", width=300),
            "severity": "Severity",
            "alone_in": st.column_config.NumberColumn("Alone in", help="Cells that this rule holds alone"),
            "disabled": _disabled_column(),
            "logsource": "Log source",
            "feed": "Source",
            "origin": "Origin",
            "rule_id": "Id",
        },
        "fragile-cells",
    )


def draw_low(view: View, quality: Quality) -> None:
    """The cells that only rules of low severity hold."""
    if not quality.low:
        covered = _covered(view) - len(quality.unclear)
        what = f"A rule above low severity is in {count(covered, 'covered cell')}; none rests on lower ones alone."
        _nothing(view, what if covered else _NONE_COVERED, good=bool(covered))
    else:
        st.caption(
            f"{count(len(quality.low), 'cell')} whose rules are all of low or informational severity: what they find "
            "may wait in a queue unseen. Write a rule that is worth an alert, or correlate these."
        )
        _draw(
            view,
            low_table(quality.low),
            {
                "technique_id": technique_column(),
                "technique": st.column_config.TextColumn("Name", width="medium"),
                "tactic": "Tactic",
                "level": "Level",
                "severity": st.column_config.TextColumn("Severity", help="The highest of its rules"),
                "rules": "Rules",
                "disabled": _disabled_column(),
                "names": st.column_config.TextColumn("Rules by name", width="large"),
            },
            "low-severity-cells",
        )
    if quality.unclear:
        st.caption(
            f"{count(len(quality.unclear), 'more cell')} may belong here: they rest on rules that state no severity, "
            "beside none above low. Unknown is not taken for low."
        )


def draw_duplicates(view: View, quality: Quality) -> None:
    """The rules that are there twice."""
    if not quality.duplicates:
        _nothing(view, "No two rules share an id, or a name with the same techniques and tactics.")
    else:
        found = dict.fromkeys(each.likeness for each in quality.duplicates)
        st.caption(" ".join(_ON_DUPLICATES[likeness] for likeness in found))
        _draw(
            view,
            choose_kinds(duplicate_table(quality.duplicates), "likeness", "duplicates_likeness"),
            {
                "name": st.column_config.TextColumn("Rule", width=300),
                "likeness": "Is",
                "feed": "Source",
                "origin": "Origin",
                **({"original_feed": "Source of the other"} if view.loaded.is_several else {}),
                "original_origin": "Origin of the other",
                "techniques": "Techniques",
                "logsource": "Log source",
                "rule_id": "Id",
                "original_id": "Id of the other",
            },
            "duplicates",
        )
    if any(rule.is_kind for rule in view.loaded.load.ruleset.rules):
        st.caption(
            "Rules that were only counted are not compared: no more than their tags, severity and state are known. Ids "
            "that a counted table uses twice are among the issues."
        )


def _covered(view: View) -> int:
    return sum(cell.level is not Level.NONE for cell in view.coverage.cells.values())


def _disabled_column() -> object:
    return st.column_config.NumberColumn("Disabled", help="Disabled rules that would count here")


def _nothing(view: View, what: str, *, good: bool = True) -> None:
    """Say that a list is empty, and under which settings."""
    deviations = view.choices.deviations()
    under = f" With {', '.join(deviations)}." if deviations else ""
    draw = st.success if good else st.info
    draw(what + under, icon=":material/check_circle:" if good else ":material/info:")


def _draw(view: View, table: pd.DataFrame, columns: dict[str, object], what: str) -> None:
    draw_table(table, columns, what=what, sample=view.loaded.is_sample, alt=what.replace("-", " ").capitalize())
