"""The amber banner over figures that are not today's truth, and the line that says what a recalculation brought."""

from __future__ import annotations

import streamlit as st

from coverage.changes import cell_changes, rule_changes
from coverage.store import Load, utc_now
from coverage.ui.caches import config, coverage_of
from coverage.ui.cancel import is_cancelled
from coverage.ui.frame import View
from coverage.ui.loading import Loaded, Part
from coverage.ui.markup import count, level_badge, markdown, plain, plain_list
from coverage.ui.nothing_counts import draw_nothing_counts
from coverage.ui.sources import configured_sources

_LISTED = 50


def draw_banner(view: View) -> None:
    """Draw what the visitor must know before reading a figure; nothing where all is well."""
    loaded = view.loaded
    with st.container(key="banner"):
        if loaded.failed and loaded.is_sample:
            _stand_in(view)
        elif loaded.failed:
            for part in loaded.failed:
                _old_or_missing(part, view)
        elif loaded.is_sample:
            _sample(loaded)
        for doubt in loaded.load.ruleset.doubts:
            st.warning(markdown(doubt, 500), icon=":material/rule_settings:")
        draw_nothing_counts(view)
        if loaded.recalculated:
            _recalculated(view)


def _stand_in(view: View) -> None:
    """None of the sources has rules, so the sample data is shown."""
    loaded = view.loaded
    reasons = "\n\n".join(_reason(part, view, several=loaded.is_several) for part in loaded.failed)
    st.warning(
        f"{reasons} {_advice(loaded.failed, 'Mend it or choose another source, then hit Recalculate.')}",
        title=f"Sample data, not your rules: {len(loaded.load.ruleset.rules)} made-up rules are shown",
        icon=":material/warning:",
    )


def _old_or_missing(part: Part, view: View) -> None:
    """What the figures have in place of the newest rules of a source."""
    good = part.state.good
    whose = f"rules of {markdown(part.source.label)}" if view.loaded.is_several else "rules"
    if good is None:
        title, icon = f"No {whose} are in these figures", ":material/warning:"
    else:
        title = f"These {whose} are {_age(good)} old, loaded {good.loaded_at:%d %B, %H:%M} UTC"
        icon = ":material/history:"
    advice = _advice((part,), "Mend it, then hit Recalculate.")
    st.warning(f"{_reason(part, view, several=False)} {advice}", title=title, icon=icon)


def _advice(failed: tuple[Part, ...], advice: str) -> str:
    """How to go on; where nothing failed but by the visitor's own will there is nothing to mend."""
    return "Hit Recalculate to load them." if all(is_cancelled(part.state) for part in failed) else advice


def _reason(part: Part, view: View, *, several: bool) -> str:
    reason = markdown(part.state.failure.reason, 500) if part.state.failure else ""
    if part.source.key in view.lacking:
        reason += " Choose it under *Columns* in the sidebar."
    return f"{markdown(part.source.label)}: {reason}" if several else reason


def _sample(loaded: Loaded) -> None:
    connected = configured_sources(config())
    if connected:
        how = f"Choose **{markdown(connected[0].label)}** under Source in the sidebar to see your own."
    else:
        how = (
            "To see your own, upload rule files under Source in the sidebar, or have the operator of this server set "
            "`THREATOPS_API_URL` (a Detection Rules API) or `COVERAGE_SOURCE` (a folder, an archive, a database or a "
            "URL) and restart it."
        )
    made_up = f"Sample data, not your rules: {len(loaded.load.ruleset.rules)} made-up rules are shown"
    st.warning(
        how,
        title="Sample data is a part of these rules" if loaded.is_several else made_up,
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
    load, before = view.loaded.load, view.loaded.last
    came = f"**{count(load.ruleset.rule_count, 'rule')}** in {load.seconds:.1f} s"
    if before is None:
        st.success(f"Recalculated: {came}.", icon=":material/check_circle:")
        return
    rules = rule_changes(before.ruleset, load.ruleset)
    choices = view.choices
    cells = cell_changes(coverage_of(before, choices.matrix, choices.settings), view.coverage)
    if not rules:
        where = " in the sources that could be loaded" if view.loaded.failed else ""
        st.success(
            f"Recalculated: {came}; nothing changed{where} since {before.loaded_at:%H:%M} UTC.",
            icon=":material/check_circle:",
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
