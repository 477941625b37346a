"""The parts of the Compare page: the side before, the two figures beside each other, and what differs why."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from coverage.catalog import available_versions
from coverage.compare import Cause, Comparison
from coverage.errors import CatalogError
from coverage.figures import TREND_WORDS, Trend, difference_grid, trend, trend_colours
from coverage.score import TacticCoverage, Totals
from coverage.store import Load
from coverage.tables import difference_table
from coverage.ui.caches import Side, comparison_of, config, joined
from coverage.ui.choices import MatrixChoice
from coverage.ui.columns import corrected, draw_columns
from coverage.ui.detail import open_detail
from coverage.ui.downloads import csv_download
from coverage.ui.frame import View
from coverage.ui.links import one_of
from coverage.ui.loading import load_once
from coverage.ui.markup import badge, comparison_bars, count, legend, markdown
from coverage.ui.reruns import touched
from coverage.ui.sources import UPLOAD, PageSource, configured_sources, sample_source, upload_source
from coverage.ui.tiles import draw_grid, drawn

_SAME, _LAST = "same", "last"
_UPLOAD_BEFORE = "before_upload"


def draw_comparison(view: View) -> None:
    """Draw both sides and their difference; the side after is what the sidebar says."""
    try:
        before = _side_before(view)
        if before is None:
            return
        after = Side(view.loaded.load, view.choices.matrix, view.choices.settings)
        comparison = comparison_of(before, after)
    except CatalogError as error:
        st.error(markdown(str(error), 500))
        return
    _draw_change(view, before, after, comparison)
    _draw_tactics(view, comparison)
    _draw_difference(view, comparison)
    _draw_cells(view, comparison)


def _side_before(view: View) -> Side | None:
    """Ask for the side before; None, and a sentence on the page, where it has no rules."""
    loaded, matrix = view.loaded, view.choices.matrix
    others = {source.key: source for source in (*configured_sources(config()), sample_source())}
    if not loaded.is_several:
        others.pop(loaded.parts[0].source.key, None)
    labels = {_SAME: "The same rules"}
    if loaded.last is not None:
        labels[_LAST] = f"The rules of {loaded.last.loaded_at:%H:%M} UTC"
    labels |= {key: source.label for key, source in others.items()} | {UPLOAD: "Uploaded rules"}
    versions = available_versions()
    older = next((version for version in versions if version != matrix.attack_version), matrix.attack_version)
    rules = one_of("before_rules", labels, _SAME)
    version = one_of("before_version", versions, older)
    with st.container(border=True, key="panel_sides"):
        left, right = st.columns(2)
        with left:
            st.subheader("Before", anchor=False)
            for setting in (rules, version):
                setting.seed(view.link)
            st.selectbox(
                "Rules",
                list(labels),
                format_func=labels.__getitem__,
                key=rules.key,
                persist_state="session",
                on_change=touched,
            )
            source = others.get(rules.value)
            if rules.value == UPLOAD:
                source = corrected(upload_source(_UPLOAD_BEFORE), view.link)
            st.selectbox("ATT&CK version", versions, key=version.key, persist_state="session", on_change=touched)
            for setting in (rules, version):
                setting.say()
        with right:
            st.subheader("After", anchor=False)
            st.markdown(
                f"The rules and the matrix of the sidebar: **{markdown(loaded.label or sample_source().label)}**, "
                f"{count(loaded.load.ruleset.rule_count, 'rule')}, {markdown(view.coverage.catalog.title)}"
                f"{', ATT&CK ' + matrix.attack_version if matrix.catalog != 'enterprise' else ''}."
            )
            st.caption("Both sides share the sidebar's filters, thresholds, platforms and match.")
        load = _load_before(view, rules.value, source)
        with left:
            if rules.value == UPLOAD and source is not None:
                draw_columns(source, source.store.state(source.key))
    if load is None:
        return None
    return Side(load, _matrix_before(matrix, version.value), view.choices.settings)


def _matrix_before(matrix: MatrixChoice, attack_version: str) -> MatrixChoice:
    return replace(matrix, attack_version=attack_version)


def _load_before(view: View, rules: str, source: PageSource | None) -> Load | None:
    if rules == _SAME:
        return view.loaded.load
    if rules == _LAST:
        return view.loaded.last
    if source is None:
        return view.loaded.load
    state = load_once(source, st.empty())
    if state.good is None and state.failure is not None:
        st.warning(markdown(state.failure.reason, 500), icon=":material/warning:")
    # Beside rules of several sources each is known by its source, too.
    return joined({source.label: state.good}) if view.loaded.is_several and state.good else state.good


def _draw_change(view: View, before: Side, after: Side, comparison: Comparison) -> None:
    change = comparison.change
    with st.container(horizontal=True, key="overall"):
        _metric("before", "Before", change.before, _words(before))
        _metric("after", "After", change.after, _words(after))
        for key, label, points, what in (
            ("attack", "From ATT&CK", change.from_attack, "the same rules under the version after"),
            ("rules", "From the rules", change.from_rules, "then the rules after"),
        ):
            with st.container(border=True, key=f"card_{key}", height="stretch"):
                st.metric(label, "n/a" if points is None else f"{points:+.1f} points" if points else "no change")
                st.caption(what)
    causes = comparison.cells_by_cause
    with st.container(border=True, key="panel_causes"):
        st.markdown(f"**{count(len(comparison.cells), 'cell')}** of {len(comparison.after.cells)} differ.")
        if causes:
            kinds = [
                badge(f"{cause.value.capitalize()}: {number}", "low" if cause.from_attack else "medium")
                for cause, number in causes.items()
            ]
            st.html(f'<div class="cov-line">{"".join(kinds)}</div>')
        if before.load.ruleset.sample or view.loaded.is_sample:
            st.html(badge("Sample data is part of this comparison", "high"))


def _words(side: Side) -> str:
    return f"ATT&CK {side.matrix.attack_version}, {count(side.load.ruleset.rule_count, 'rule')}"


def _metric(key: str, label: str, totals: Totals, words: str) -> None:
    with st.container(border=True, key=f"card_{key}", height="stretch"):
        st.metric(label, "n/a" if totals.percent is None else f"{totals.percent} %")
        st.caption(f"({totals.full} full + ½ · {totals.partial} partial) of {totals.total} cells · {words}")


def _draw_tactics(view: View, comparison: Comparison) -> None:
    before = {column.tactic.id: column for column in comparison.before.tactics}
    after = {column.tactic.id: column for column in comparison.after.tactics}
    with st.container(border=True, key="panel_tactics"):
        st.subheader("Side by side", anchor=False)

        def side(column: TacticCoverage | None) -> tuple[int | None, str] | None:
            return None if column is None else (column.totals.percent, view.choices.colour(column.totals.percent))

        st.html(
            comparison_bars(
                (_tactic_name(before.get(tactic), after.get(tactic)), side(before.get(tactic)), side(after.get(tactic)))
                for tactic in dict.fromkeys((*after, *before))
            )
        )


def _tactic_name(before: TacticCoverage | None, after: TacticCoverage | None) -> str:
    names = dict.fromkeys(column.tactic.name for column in (before, after) if column is not None)
    return " → ".join(names)


def _draw_difference(view: View, comparison: Comparison) -> None:
    choices = view.choices
    colours = trend_colours(colour_blind_safe=choices.colour_blind_safe, dark=choices.dark)
    with st.container(border=True, key="panel_difference"):
        st.subheader("Difference", anchor=False)
        there = {Trend.SAME, *(trend(cell) for cell in comparison.cells)}
        st.html(legend((TREND_WORDS[kind], fill.fill) for kind, fill in colours.items() if kind in there))
        draw_grid(
            drawn(difference_grid(comparison, colours)),
            "difference",
            alt=f"Difference matrix: {len(comparison.cells)} cells differ; the table below lists them.",
            clicked=lambda tactic, technique: open_detail(technique, tactic),
        )


def _draw_cells(view: View, comparison: Comparison) -> None:
    with st.container(border=True, key="panel_cells"):
        st.subheader("What differs, and why", anchor=False)
        if not comparison.cells:
            st.info("Both sides cover the same, cell by cell.", icon=":material/check_circle:")
            return
        causes = comparison.cells_by_cause
        chosen = st.pills(
            "Causes",
            list(causes),
            selection_mode="multi",
            format_func=lambda cause: f"{Cause(cause).value.capitalize()} ({causes[cause]:,})",
            key="compare_cause",
            label_visibility="collapsed",
            on_change=touched,
        )
        cells = [cell for cell in comparison.cells if not chosen or any(each.cause in chosen for each in cell.causes)]
        table = difference_table(cells)
        st.caption(f"{len(cells):,} of {len(comparison.cells):,} cells")
        st.dataframe(
            table,
            hide_index=True,
            height=min(480, 38 * (len(table) + 1)),
            column_config={
                "tactic": "Tactic",
                "technique_id": "Id",
                "technique": "Technique",
                "level_before": "Before",
                "rules_before": "Rules before",
                "level_after": "After",
                "rules_after": "Rules after",
                "causes": "Cause",
                "explanation": st.column_config.TextColumn("Why", width="large"),
            },
            column_order=[
                "technique_id",
                "technique",
                "tactic",
                "level_before",
                "rules_before",
                "level_after",
                "rules_after",
                "causes",
                "explanation",
            ],
            alt="The cells that differ",
        )
        csv_download(table, "comparison", sample=view.loaded.is_sample)
