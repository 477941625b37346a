"""The columns of tables: what each was taken for, and the visitor's corrections, which a link carries."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from coverage.sources.corrections import NO_CORRECTIONS, Corrections, read_corrections
from coverage.sources.heads import TableHead, tables_in
from coverage.sources.text import cut, printable
from coverage.store import SourceState
from coverage.ui.caches import upload_store
from coverage.ui.links import Link, Shared
from coverage.ui.markup import count, markdown, plain, plain_list
from coverage.ui.reruns import touched
from coverage.ui.sources import PageSource
from coverage.ui.table_files import Tables

_LABELS = {
    "techniques": "Techniques",
    "tactics": "Tactics",
    "name": "Name",
    "rule_id": "Id",
    "severity": "Severity",
    "enabled": "Enabled",
    "logsource": "Log source",
    "updated_at": "Updated",
    "tenant": "Tenant",
    "tags": "Tags",
}
_MOST_TABLES = 5
_MOST_COLUMNS = 12  # whose cells are shown
_NONE = -1  # in place of a column's place
_LONGEST_LABEL = 60  # characters


def _setting(source: PageSource) -> Shared[Corrections]:
    return Shared(f"{source.name}_columns", NO_CORRECTIONS, read_corrections, str)


def corrected(source: PageSource, link: Link | None) -> PageSource:
    """The source as the visitor's corrections make it, which are no other visitor's."""
    if not source.name:
        return source
    setting = _setting(source)
    setting.seed(link)
    setting.say()
    corrections = setting.value
    if not corrections.tables:
        return source
    digest = hashlib.sha256(str(corrections).encode()).hexdigest()[:16]
    key, store = f"{source.key}-{digest}", upload_store()
    if source.tables is not None:
        return replace(source, key=key, read=partial(source.tables.read, corrections), store=store)
    if (known := store.peek(key)) is not None:
        return replace(source, key=key, read=lambda _: known.ruleset, store=store)
    return source


def draw_columns(source: PageSource, state: SourceState) -> bool:
    """Draw what each column of the source's tables was taken for; whether a table lacks a column for techniques."""
    if source.tables is None:
        return False
    good = state.good if state.failure is None else None
    only = tables_in(good.ruleset) if good is not None else None
    if only is not None and not only:
        return False
    setting = _setting(source)
    heads = _heads(source.key, str(state.ended_at), source.tables, setting.value, only)
    tables: dict[tuple[str, ...], list[TableHead]] = {}
    for head in heads:
        tables.setdefault(head.columns, []).append(head)
    # Those that nobody can read without a correction are on offer before others.
    first = sorted(enumerate(tables.values()), key=lambda found: bool(found[1][0].mapping.techniques))[:_MOST_TABLES]
    for number, alike in sorted(first, key=lambda found: found[0]):
        _draw_table(alike, setting, f"{setting.key}_{number}")
    if len(tables) > _MOST_TABLES:
        st.caption(f"{count(len(tables) - _MOST_TABLES, 'more table header')}: upload such tables alone to see them.")
    return any(not head.mapping.techniques for head in heads)


@st.cache_resource(max_entries=32, show_spinner=False)
def _heads(
    key: str, ended_at: str, _tables: Tables, _corrections: Corrections, _only: frozenset[str] | None
) -> tuple[TableHead, ...]:
    del key, ended_at  # the key of the cache; that of the source tells the corrections
    return _tables.heads(_corrections, _only)


def _draw_table(alike: list[TableHead], setting: Shared[Corrections], key: str) -> None:
    head = alike[0]
    lacking = not head.mapping.techniques
    others = f" and {count(len(alike) - 1, 'table')} like it" if len(alike) > 1 else ""
    panel_key, open_key = f"{key}_panel", f"{key}_open"
    if lacking:
        st.session_state[open_key] = True
    # Streamlit forgets in the next run that a panel was opened for the visitor.
    st.session_state[panel_key] = st.session_state.get(open_key, False)
    panel = st.expander(
        f"Columns of {markdown(head.origin, 60)}{others}",
        icon=":material/warning:" if lacking else ":material/table:",
        key=panel_key,
        on_change=_fold,
        args=(panel_key, open_key),
    )
    if not panel.open:
        return
    with panel:
        if lacking:
            st.warning("No column looks like techniques. Choose the one that names them.")
            shown = [f"{column}: {' · '.join(head.samples[column])}" for column in head.columns[:_MOST_COLUMNS]]
            st.html(plain_list(plain(each, 120) for each in shown))
        else:
            st.caption("Guessed from the header; choose another column where the guess is wrong.")
        for field in _LABELS:
            _draw_field(head, field, setting, key)
        if setting.value.of(head.columns):
            st.button("Guess again", key=f"{key}_guess", on_click=_forget, args=(setting, head.columns))


def _draw_field(head: TableHead, field: str, setting: Shared[Corrections], key: str) -> None:
    """The choice of the columns for one field, and some of their cells; techniques and tactics can have several."""
    widget = f"{key}_{field}"
    labels = _labels(head.columns)
    taken: tuple[str, ...] | str | None = getattr(head.mapping, field)
    several = isinstance(taken, tuple)
    columns = taken if isinstance(taken, tuple) else filter(None, [taken])
    chosen = [head.columns.index(column) for column in columns]
    st.session_state[widget] = chosen if several else next(iter(chosen), _NONE)
    menu: Callable[..., object] = st.multiselect
    if not several:
        menu = st.selectbox
    menu(
        _LABELS[field],
        [place for place in labels if place != _NONE or not several],
        format_func=lambda place: labels.get(place, ""),  # it was chosen of another header
        key=widget,
        placeholder=labels[_NONE],
        on_change=_choose,
        args=(setting, head.columns, field, widget),
    )
    cells = [cell for place in chosen for cell in head.samples[head.columns[place]]]
    if cells:
        st.html(f'<div class="cov-muted">{plain(" · ".join(cells), 120)}</div>')


def _labels(columns: tuple[str, ...]) -> dict[int, str]:
    """What stands for each place in a menu, no two alike, because Streamlit tells options by what is shown."""
    labels = {_NONE: "No column"}
    for place, column in enumerate(columns):
        label = cut(printable(column), _LONGEST_LABEL)
        labels[place] = f"{label} ({place + 1})" if label in labels.values() else label
    return labels


def _fold(panel_key: str, open_key: str) -> None:
    touched()
    st.session_state[open_key] = st.session_state[panel_key]


def _choose(setting: Shared[Corrections], columns: tuple[str, ...], field: str, widget: str) -> None:
    touched()
    value = st.session_state[widget]
    places = value if isinstance(value, list) else [value]
    choice = tuple(place for place in places if place != _NONE)
    st.session_state[setting.key] = setting.value.choose(columns, field, choice)


def _forget(setting: Shared[Corrections], columns: tuple[str, ...]) -> None:
    touched()
    st.session_state[setting.key] = setting.value.forget(columns)
