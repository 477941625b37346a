"""Loads the rules of the chosen sources, with the progress on the page, and falls back where they have none."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from coverage.model import no_progress
from coverage.store import Load, SourceState, utc_now
from coverage.ui.caches import joined
from coverage.ui.cancel import RECALCULATE, cancel_button, cancelled, forget_cancelled
from coverage.ui.sources import PageSource, sample_source

_SAID = "load_said"
_DOUBLE_CLICK = 1.0  # s in which a second press of Recalculate asks for nothing more
_LONG = 1.0  # s, from which a load can be cancelled
_LABELS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One of the chosen sources, and what the server knows of it."""

    source: PageSource
    state: SourceState


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rules to show: those of the last good load of each chosen source, or the sample data where there is none.

    `last` are the rules as they were before the newest load, None where there was none; `recalculated` says that this
    visitor has just asked for the new ones.
    """

    parts: tuple[Part, ...]
    load: Load
    last: Load | None
    recalculated: bool

    @property
    def is_sample(self) -> bool:
        """Whether the rules are made up."""
        return self.load.ruleset.sample

    @property
    def is_several(self) -> bool:
        """Whether each rule is known by its source, too."""
        return len(self.parts) > 1

    @property
    def failed(self) -> tuple[Part, ...]:
        """The sources whose newest rules these are not."""
        return tuple(part for part in self.parts if part.state.failure is not None)

    @property
    def label(self) -> str:
        """The sources that the rules are from."""
        labels = [part.source.label for part in self.parts if part.state.good is not None]
        if len(labels) > _LABELS_SHOWN:
            return f"{len(labels)} sources"
        return " and ".join(filter(None, (", ".join(labels[:-1]), *labels[-1:])))


def request_recalculation() -> None:
    """The callback of the Recalculate button: the next run loads the rules again, whatever their age."""
    asked_at, now = st.session_state.get(RECALCULATE), utc_now()
    if asked_at is None or (now - asked_at).total_seconds() > _DOUBLE_CLICK:
        st.session_state[RECALCULATE] = now


def load_rules(sources: tuple[PageSource, ...], *, fresh: bool, max_age: float, place: DeltaGenerator) -> Loaded:
    """The rules of the chosen sources.

    Each is loaded on the first visit, when Recalculate asked for it, and when the visitor asked for a `fresh` page and
    its newest attempt is older than `max_age` seconds. `place` shows the progress.
    """
    asked_at: datetime | None = st.session_state.get(RECALCULATE)
    if asked_at is not None:
        forget_cancelled()
    parts: list[Part] = []
    again: set[str] = set()
    for source in sources:
        if (stopped := cancelled(source)) is not None:
            parts.append(Part(source, stopped))
            continue
        state = source.store.state(source.key)
        known = state.ended_at is not None
        if asked_at is not None or not known or (fresh and state.age(utc_now()) >= max_age):
            state = _load(source, since=asked_at, place=place)
            if asked_at is not None or known:
                again.add(source.key)
        parts.append(Part(source, state))
    # Only now: a click elsewhere on the page, which ends this run, must not break off what was asked for.
    st.session_state.pop(RECALCULATE, None)
    newest = tuple((part.source.key, part.state.ended_at) for part in parts)
    if again:
        st.session_state[_SAID] = (newest, again)
    said, again = st.session_state.get(_SAID, (None, set()))
    recalculated = said == newest and any(part.source.key in again and part.state.failure is None for part in parts)

    def before(part: Part) -> Load | None:
        if not recalculated:
            return part.state.before or part.state.good
        is_new = part.source.key in again and part.state.failure is None
        return part.state.before if is_new else part.state.good  # there is none before the first load

    load = _together(parts, [part.state.good for part in parts])
    is_first = not recalculated and not any(part.state.before for part in parts)
    last = None if is_first else _together(parts, [before(part) for part in parts])
    return Loaded(tuple(parts), load or _sample(), last, recalculated)


def _together(parts: list[Part], loads: list[Load | None]) -> Load | None:
    """The loads of the sources as one, None where no source has any; of several sources each rule says which."""
    found = {part.source.label: load for part, load in zip(parts, loads, strict=True) if load is not None}
    if len(parts) > 1 and found:
        return joined(found)
    return next(iter(found.values()), None)


def load_once(source: PageSource, place: DeltaGenerator) -> SourceState:
    """The state of a source beside the chosen one, which is loaded if it never was."""
    state = cancelled(source) or source.store.state(source.key)
    return state if state.failure is not None or state.ended_at is not None else _load(source, place=place)


def _load(source: PageSource, *, since: datetime | None = None, place: DeltaGenerator) -> SourceState:
    name = f"Loading rules: {source.label}"
    started = time.monotonic()
    bar: DeltaGenerator | None = None
    below: DeltaGenerator | None = None

    def progress(done: int, total: int | None) -> None:
        nonlocal bar, below
        if bar is None:  # a load that is over at once draws nothing
            with place.container():
                bar, below = st.empty(), st.empty()
        if below is not None and time.monotonic() - started > _LONG:
            with below:
                cancel_button(source)
            below = None
        counted = f", {done:,} of {total:,}" if total else f", {done:,} so far" if done else " …"
        bar.progress(min(done / total, 1.0) if total else 0.0, text=f"{name}{counted}")

    state = source.store.load(source.key, source.read, progress=progress, since=since)
    place.empty()
    return state


def _sample() -> Load:
    source = sample_source()
    known = source.store.peek(source.key)
    if known is None:
        known = source.store.load(source.key, source.read, progress=no_progress).good
    if known is None:
        raise RuntimeError("the sample data could not be loaded")
    return known
