"""Loads the rules of the chosen source, with its progress on the page, and falls back where it has none."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from coverage.model import no_progress
from coverage.store import Load, SourceState, utc_now
from coverage.ui.sources import PageSource, sample_source

_RECALCULATE = "load_recalculate"
_SAID = "load_said"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rules to show. `state` is the chosen source's; `load` is its last good one, else the sample data's.

    `before` is the load before, where this visitor has just recalculated.
    """

    source: PageSource
    state: SourceState
    load: Load
    before: Load | None
    recalculated: bool

    @property
    def is_sample(self) -> bool:
        """Whether the rules are made up."""
        return self.load.ruleset.sample

    @property
    def is_fallback(self) -> bool:
        """Whether the rules are not the newest of the chosen source."""
        return self.state.failure is not None


def request_recalculation() -> None:
    """The callback of the Recalculate button: the next run loads the rules again, whatever their age."""
    st.session_state[_RECALCULATE] = True


def load_rules(source: PageSource, *, fresh: bool, max_age: float, place: DeltaGenerator) -> Loaded:
    """The rules of a source.

    They are loaded on the first visit, when Recalculate asked for it, and when the visitor asked for a `fresh` page and
    the newest attempt is older than `max_age` seconds. `place` shows the progress.
    """
    asked = st.session_state.pop(_RECALCULATE, False)
    state = source.store.state(source.key)
    stale = state.ended_at is None or (fresh and state.age(utc_now()) >= max_age)
    if asked or stale:
        known = state.ended_at is not None
        state = _load(source, share=not asked, place=place)
        if asked or known:
            st.session_state[_SAID] = (source.key, state.ended_at)
    load = state.good or _sample()
    recalculated = st.session_state.get(_SAID) == (source.key, state.ended_at) and state.failure is None
    return Loaded(source, state, load, state.before if recalculated else None, recalculated)


def load_once(source: PageSource, place: DeltaGenerator) -> SourceState:
    """The state of a source beside the chosen one, which is loaded if it never was."""
    state = source.store.state(source.key)
    return state if state.ended_at is not None else _load(source, share=True, place=place)


def _load(source: PageSource, *, share: bool, place: DeltaGenerator) -> SourceState:
    name = f"Loading rules: {source.label}"
    bar = place.progress(0.0, text=f"{name} …")

    def progress(done: int, total: int | None) -> None:
        if total:
            bar.progress(min(done / total, 1.0), text=f"{name}, {done:,} of {total:,}")
        else:
            bar.progress(0.0, text=f"{name}, {done:,} so far")

    state = source.store.load(source.key, source.read, progress=progress, share=share)
    place.empty()
    return state


def _sample() -> Load:
    source = sample_source()
    known = source.store.peek(source.key)
    if known is None:
        known = source.store.load(source.key, source.read, progress=no_progress, share=True).good
    if known is None:
        raise RuntimeError("the sample data could not be loaded")
    return known
