"""The amber banner over figures that are not today's truth, and the line that says what a recalculation brought."""

from __future__ import annotations

import streamlit as st

from coverage.changes import cell_changes, rule_changes
from coverage.model import RuleSet
from coverage.sources import SAMPLE
from coverage.store import Failure, Load, utc_now
from coverage.ui.caches import config, coverage_of
from coverage.ui.frame import View
from coverage.ui.markup import count, level_badge, markdown, plain, plain_list
from coverage.ui.sources import configured_sources

_LISTED = 50


def draw_banner(view: View) -> None:
    """Draw what the visitor must know before reading a figure; nothing where all is well."""
    loaded = view.loaded
    with st.container(key="banner"):
        if loaded.state.failure is not None:
            _fallback(view, loaded.state.failure)
        elif loaded.source.key == SAMPLE:
            _sample(loaded.load.ruleset)
        for doubt in loaded.load.ruleset.doubts:
            st.warning(markdown(doubt, 500), icon=":material/rule_settings:")
        if loaded.recalculated:
            _recalculated(view)


def _fallback(view: View, failure: Failure) -> None:
    load, reason = view.loaded.load, markdown(failure.reason, 500)
    if view.lacks_techniques:
        reason += " Choose it under *Columns* in the sidebar."
    if view.loaded.is_sample:
        st.warning(
            f"{reason} Mend it or choose another source, then hit Recalculate.",
            title=f"Sample data, not your rules: {len(load.ruleset.rules)} made-up rules are shown",
            icon=":material/warning:",
        )
    else:
        st.warning(
            f"{reason} Mend it, then hit Recalculate.",
            title=f"These rules are {_age(load)} old, loaded {load.loaded_at:%d %B, %H:%M} UTC",
            icon=":material/history:",
        )


def _sample(ruleset: RuleSet) -> None:
    connected = configured_sources(config())
    if connected:
        how = f"Choose **{connected[0].label}** under Source in the sidebar to see your own."
    else:
        how = (
            "To see your own, upload rule files under Source in the sidebar, or have the operator of this server set "
            "`THREATOPS_API_URL` (a Detection Rules API) or `COVERAGE_SOURCE` (a folder, an archive, a database or a "
            "URL) and restart it."
        )
    st.warning(
        how,
        title=f"Sample data, not your rules: {len(ruleset.rules)} made-up rules are shown",
        icon=":material/science:",
    )


def _age(load: Load) -> str:
    minutes = int((utc_now() - load.loaded_at).total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return count(minutes, "minute")
    return count(minutes // 60, "hour") if minutes < 48 * 60 else count(minutes // (24 * 60), "day")


def _recalculated(view: View) -> None:
    load, before = view.loaded.load, view.loaded.before
    came = f"**{count(load.ruleset.rule_count, 'rule')}** in {load.seconds:.1f} s"
    if before is None:
        st.success(f"Recalculated: {came}.", icon=":material/check_circle:")
        return
    rules = rule_changes(before.ruleset, load.ruleset)
    choices = view.choices
    cells = cell_changes(coverage_of(before, choices.matrix, choices.settings), view.coverage)
    if not rules:
        st.success(
            f"Recalculated: {came}; nothing changed since {before.loaded_at:%H:%M} UTC.", icon=":material/check_circle:"
        )
        return
    st.success(
        f"Recalculated: {came}; since {before.loaded_at:%H:%M} UTC {count(len(rules.added), 'rule')} added, "
        f"{len(rules.removed):,} removed, {len(rules.changed):,} changed, "
        f"{count(len(cells), 'cell')} with another level.",
        icon=":material/check_circle:",
    )
    with st.expander("What changed", icon=":material/difference:"):
        lines = [
            f"{plain(f'{cell.technique_id} {cell.technique_name}, {cell.tactic_name}')}: "
            f"{level_badge(cell.before)} → {level_badge(cell.after)}"
            for cell in cells
        ]
        for label, found in (("Added", rules.added), ("Removed", rules.removed), ("Changed", rules.changed)):
            lines += [f"{label}: {plain(rule.name)}" for rule in found[:_LISTED]]
            if len(found) > _LISTED:
                lines.append(f"{label}: {len(found) - _LISTED:,} more")
        st.html(plain_list(lines))
