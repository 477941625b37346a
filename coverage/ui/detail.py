"""The technique detail: a dialog that is open from a click until it is closed, and in the URL meanwhile."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.delta_generator_singletons import get_dg_singleton_instance

from coverage.detail import SubTechniqueDetail, TechniqueDetail, find_technique, technique_detail
from coverage.model import Rule, count_rules
from coverage.score import Level
from coverage.tables import rule_table
from coverage.ui.context import context_part
from coverage.ui.frame import View
from coverage.ui.links import TECHNIQUE, say
from coverage.ui.markup import (
    badge,
    count,
    folded,
    level_badge,
    markdown,
    notice,
    outside_link,
    plain,
    rule_list,
)
from coverage.ui.reruns import touched

_OPEN = "detail_open"
_CLOSED = "detail_times_closed"
_FIRST = 5


def open_detail(technique: str, tactic: str | None = None) -> None:
    """Open the detail of a technique, of its cell under one tactic or over all. For the callbacks of widgets."""
    touched()
    st.session_state[_OPEN] = (technique, tactic)


def _times_closed() -> int:
    """How often this visitor has closed a detail."""
    return int(st.session_state.get(_CLOSED, 0))


def _close() -> None:
    touched()
    st.session_state[_OPEN] = None
    st.session_state[_CLOSED] = _times_closed() + 1


def draw_detail(view: View) -> None:
    """Draw the dialog if one is open."""
    opened = st.session_state.get(_OPEN)
    technique = find_technique(view.coverage, opened[0]) if opened else None
    say(TECHNIQUE, technique)
    if opened is None or technique is None:
        return
    name = view.coverage.catalog.technique_name(technique)
    # As `st.dialog` does it, but without its fragment: within that of the matrix, its contents reach the browser but
    # not the dialog where a second click interrupts the run, and the whole page turns white (Streamlit 1.67).
    events = get_dg_singleton_instance().event_dg
    dialog = events._dialog(title=markdown(name), width="medium", on_dismiss=_close)  # noqa: SLF001
    dialog.open()
    with dialog:
        _draw(view, technique, opened[1])


def open_linked_detail(view: View) -> None:
    """Open the detail that a link names, and close one that it does not; once a run of the whole page."""
    if view.link is None:
        return
    asked = view.link.get(TECHNIQUE, "")
    technique = find_technique(view.coverage, asked) if asked else None
    st.session_state[_OPEN] = (technique, None) if technique else None
    if asked and not technique:
        version = view.coverage.catalog.attack.version
        st.toast(f"ATT&CK {version} has no technique {markdown(asked, 30)}.", icon=":material/search_off:")


def _draw(view: View, technique: str, tactic: str | None) -> None:
    """Draw as few elements as can be, because each costs the browser several milliseconds before any can be read."""
    with st.container(key="technique_detail"):
        tactic = _choose_tactic(view, technique, tactic)
        detail = technique_detail(view.coverage, technique, tactic)
        if detail.rules:
            found = rule_list(detail.rules[:_FIRST])
        else:
            found = notice("No detection rules mapped", _what_to_do(view, detail))
        parts = [_head(view, detail, tactic), found]
        if len(detail.rules) > _FIRST:
            _draw_parts(parts)
            _draw_all("rules", detail.rules, f"detail_find_{technique}")
        if detail.disabled_count:
            parts.append(_disabled(detail))
        if len(detail.disabled) > _FIRST:
            _draw_parts(parts)
            _draw_all("disabled rules", detail.disabled, f"detail_find_disabled_{technique}")
        if detail.sub_techniques:
            parts.append(_sub_techniques(detail.sub_techniques))
        parts.append(context_part(technique, view.coverage.catalog.attack.version))
        parts.append(outside_link("Open on attack.mitre.org", detail.url))
        _draw_parts(parts)


def _draw_parts(parts: list[str]) -> None:
    """Draw what there is so far as one element; the parts are gone then."""
    st.html(f'<div class="cov-detail">{"".join(parts)}</div>')
    parts.clear()


def _choose_tactic(view: View, technique: str, tactic: str | None) -> str | None:
    """A technique that serves several tactics has a cell under each: show which one the figures are of."""
    cells = view.coverage.of_technique(technique)
    if len(cells) < 2:
        return cells[0].tactic.id if cells else None
    names = {cell.tactic.id: f"{cell.tactic.name} ({cell.rule_count})" for cell in cells}
    everywhere = "all"
    names = {everywhere: "All tactics", **names}
    chosen = st.segmented_control(
        "Tactic",
        list(names),
        default=tactic if tactic in names else everywhere,
        required=True,
        format_func=lambda each: markdown(names[each]),
        key=f"detail_tactic_{technique}_{tactic}_{_times_closed()}",
        label_visibility="collapsed",
        on_change=touched,
    )
    return None if chosen == everywhere else chosen


def _head(view: View, detail: TechniqueDetail, tactic: str | None) -> str:
    tactics = [cell.tactic.name for cell in detail.cells if tactic in (None, cell.tactic.id)]
    place = ", ".join(tactics) if tactics else "not a cell of this matrix"
    rules = count(detail.rule_count, "rule")
    if detail.sub_techniques:
        covered = sum(sub.level is not Level.NONE for sub in detail.sub_techniques)
        rules = (
            f"{covered} of {count(len(detail.sub_techniques), 'sub-technique')}, {rules}, "
            f"{detail.direct:,} of them on {detail.technique_id} itself"
        )
    platforms = plain(", ".join(detail.platforms), 120)
    return (
        f'<div class="cov-muted">{detail.technique_id} · {plain(place)} · {platforms}</div>'
        f'<div class="cov-line">{level_badge(detail.level)}<span>{rules}</span>'
        f"{badge('Sample data', 'high') if view.loaded.is_sample else ''}</div>"
    )


def _disabled(detail: TechniqueDetail) -> str:
    with_them = detail.rule_count + detail.disabled_count
    said = f"With them the level would be <b>{detail.potential_level}</b> ({count(with_them, 'rule')})."
    return folded(
        f"Disabled rules: {detail.disabled_count:,}",
        f'<div class="cov-muted">{said}</div>{rule_list(detail.disabled[:_FIRST])}',
    )


def _draw_all(what: str, rules: tuple[Rule, ...], key: str) -> None:
    label = f"All {count_rules(rules):,} {what}"
    part = st.expander(label, icon=":material/list:", key=f"{key}_{_times_closed()}", on_change=touched)
    if not part.open:
        return
    with part:
        table = rule_table(rules)
        text = st.text_input(
            "Search",
            key=key,
            placeholder="Search in name, id and origin",
            label_visibility="collapsed",
            on_change=touched,
        )
        if text:
            table = table[_matches(table, text)]
        st.dataframe(
            table[["name", "severity", "rule_id", "feed" if table["feed"].any() else "source", "origin"]],
            column_config={"feed": "source"},
            hide_index=True,
            height=min(38 * (len(table) + 1), 360),
            alt="The rules of this technique",
        )
        if table.empty:
            st.caption("No rule matches; try another word.")


def _matches(table: pd.DataFrame, text: str) -> pd.Series[bool]:
    found = pd.Series(data=False, index=table.index)
    for column in ("name", "rule_id", "origin"):
        found |= table[column].str.contains(text, case=False, regex=False)
    return found


def _what_to_do(view: View, detail: TechniqueDetail) -> str:
    if detail.disabled_count:
        return f"{count(detail.disabled_count, 'disabled rule')} would count here if enabled: review and enable."
    if view.choices.deviations():
        return "None of the rules that count under the sidebar's settings names it. Widen them, or write a rule."
    tagged = f"Write or import a rule that is tagged {detail.technique_id}"
    return f"{tagged}, or tag the rules that detect it already; then hit Recalculate."


def _sub_techniques(subs: tuple[SubTechniqueDetail, ...]) -> str:
    covered = sum(sub.level is not Level.NONE for sub in subs)
    items = "".join(
        f"<li><span>{sub.technique_id} {plain(sub.name)}</span>"
        f'<span class="cov-count">{sub.rule_count:,} {badge(sub.level.title(), sub.level)}</span></li>'
        for sub in subs
    )
    return folded(f"Sub-techniques: {covered} of {len(subs)} have rules", f'<ul class="cov-subs">{items}</ul>')
