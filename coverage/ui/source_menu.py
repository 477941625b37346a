"""The source menu: one source of rules, or several beside each other."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from coverage.config import Config
from coverage.sources import SAMPLE
from coverage.ui.caches import upload_store
from coverage.ui.links import Link, Shared, say, some_of
from coverage.ui.markup import plain
from coverage.ui.reruns import touched
from coverage.ui.sources import API, LIBRARY, UPLOAD, PageSource, configured_sources, sample_source, upload_source

_SOURCE = "source"
_PLACES_SHOWN = 5


def choose_sources(config: Config, link: Link | None) -> tuple[PageSource, ...]:
    """Draw the source menu, and the upload field where it is chosen; one source at least.

    None chosen is all that the operator configured. Sample data is never among others.
    """
    configured = configured_sources(config)
    choices = {source.key: source for source in (*configured, sample_source())}
    labels = {key: source.label for key, source in choices.items()} | {UPLOAD: "Upload rules"}
    setting = _setting(labels, [source.key for source in configured if source.key != API])
    setting.seed(link)
    usual = [source.label for source in configured] or [labels[SAMPLE]]
    st.multiselect(
        "Source",
        list(labels),
        format_func=labels.__getitem__,
        key=setting.key,
        placeholder=usual[0] if len(usual) == 1 else f"All {len(usual)} sources",
        select_all=False,
        persist_state="session",
        on_change=_chosen,
        help="What the operator of this server connected, the rules you upload, or made-up sample rules. None chosen "
        "is all that is connected.",
    )
    setting.say()
    chosen = setting.value or [source.key for source in configured] or [SAMPLE]
    keys = [key for key in labels if key in chosen]
    if UPLOAD not in keys:
        say(f"{UPLOAD}_id", None)
    sources = tuple(upload_source(UPLOAD) if key == UPLOAD else choices[key] for key in keys)
    _draw_places([source for source in sources if source.store is not upload_store()])
    return sources


def _setting(labels: Mapping[str, str], libraries: list[str]) -> Shared[list[str]]:
    """The choice in the URL; what names the only library of a server still means all of those that it has now."""
    words = some_of(_SOURCE, labels, [])

    def read(word: str) -> list[str] | None:
        named = [key for each in word.split(",") for key in (libraries if each == LIBRARY and libraries else [each])]
        chosen = words.read(",".join(named))
        return None if chosen and SAMPLE in chosen and len(chosen) > 1 else chosen

    return Shared(words.key, words.default, read, words.write)


def _chosen() -> None:
    """Sample data takes the place of what was chosen before, and gives way to what is chosen after."""
    touched()
    chosen = st.session_state[_SOURCE]
    if SAMPLE in chosen and len(chosen) > 1:
        st.session_state[_SOURCE] = [SAMPLE] if chosen[-1] == SAMPLE else [key for key in chosen if key != SAMPLE]


def _draw_places(sources: list[PageSource]) -> None:
    if not sources:
        return
    if len(sources) == 1:
        lines = [plain(sources[0].place)]
    else:
        lines = [f"{plain(source.label)}: {plain(source.place)}" for source in sources[:_PLACES_SHOWN]]
        if len(sources) > _PLACES_SHOWN:
            lines.append(f"and {len(sources) - _PLACES_SHOWN} more")
    st.html(f'<div class="cov-muted">{"<br>".join(lines)}</div>')
