"""What every page starts with: the page's set-up, the navigation, the source and the settings in the sidebar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from coverage.errors import CoverageError
from coverage.model import RuleSet
from coverage.quality.unread import unread_files
from coverage.score import Coverage
from coverage.ui.caches import config, coverage_of
from coverage.ui.choices import Choices
from coverage.ui.columns import corrected, draw_columns
from coverage.ui.controls import choose
from coverage.ui.filters import choose_filter
from coverage.ui.links import Link, link_to_page
from coverage.ui.loading import Loaded, load_rules, request_recalculation
from coverage.ui.markup import count, markdown
from coverage.ui.reruns import reason_of_run, touched
from coverage.ui.source_menu import choose_sources

_STYLE = Path(__file__).with_name("style.css")
_ICON = Path(__file__).with_name("icon.svg")  # a file of our own: Streamlit fetches its icons from elsewhere
_PAGES = (
    ("app.py", "Coverage", ":material/grid_on:"),
    ("pages/rules.py", "Rules", ":material/rule:"),
    ("pages/compare.py", "Compare", ":material/difference:"),
)


@dataclass(frozen=True, slots=True)
class View:
    """What a page draws: the rules, the visitor's choices, and the coverage of the one under the other.

    `link` are the URL's parameters where they are news, see `coverage.ui.links`; `lacking` are the keys of the sources
    for whose tables the sidebar asks which column names the techniques.
    """

    loaded: Loaded
    choices: Choices
    coverage: Coverage
    link: Link | None
    lacking: frozenset[str]

    @property
    def ruleset(self) -> RuleSet:
        """The loaded rules that pass the visitor's filters."""
        ruleset = self.loaded.load.ruleset
        return replace(ruleset, rules=self.choices.settings.kept(ruleset.rules))


def frame(page: str, title: str, icon: str) -> View:
    """Set the page up, draw its sidebar and header, load the rules, and return what there is to draw."""
    st.set_page_config(page_title=f"{page} · ATT&CK Coverage", page_icon=_ICON, layout="wide")
    theme = st.context.theme.type or "light"
    st.html(_STYLE)
    # Dialogs are drawn outside the element that carries the colour scheme.
    st.html(f"<style>.stDialog {{ color-scheme: {theme}; }}</style>")
    reason = reason_of_run(page)
    with st.sidebar:
        links = st.empty()
        st.divider()
        try:
            operator = config()
        except CoverageError as error:
            st.error(markdown(str(error)))
            st.stop()
        sources = tuple(corrected(source, reason.link) for source in choose_sources(operator, reason.link))
        columns = st.container(key="columns")
        filters = st.container(key="filters")
        choices = choose(reason.link, dark=theme == "dark")
    _draw_links(links)

    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(key="title", width="content"):
            st.title(f"{icon} {title}", anchor=False)
        st.button(
            "Recalculate",
            type="primary",
            icon=":material/refresh:",
            key="recalculate",
            on_click=_recalculate,
            help="Fetches the rules again and recomputes the coverage.",
        )
    subtitle = st.empty()
    loaded = load_rules(sources, fresh=reason.fresh, max_age=operator.max_age, place=st.empty())
    with columns:
        lacking = frozenset(part.source.key for part in loaded.parts if draw_columns(part.source, part.state))
    with filters:
        only = choose_filter(loaded.load, reason.link)
    choices = replace(choices, settings=replace(choices.settings, only=only))
    _draw_links(links)  # which take the filters along now
    coverage = coverage_of(loaded.load, choices.matrix, choices.settings)
    subtitle.markdown(_subtitle(loaded, choices, coverage))
    return View(loaded, choices, coverage, reason.link, lacking)


def _draw_links(place: DeltaGenerator) -> None:
    """Draw the links to all pages, which take the settings along."""
    with place.container():
        for path, label, icon in _PAGES:
            st.page_link(path, label=label, icon=icon, query_params=link_to_page())


def _recalculate() -> None:
    touched()
    request_recalculation()


def _subtitle(loaded: Loaded, choices: Choices, coverage: Coverage) -> str:
    counts, read = coverage.rule_counts, loaded.load.ruleset.rule_count
    of_all = f"**{counts.read:,} of {count(read, 'rule')}**" if counts.read != read else f"**{count(read, 'rule')}**"
    unread = len(unread_files(loaded.load.ruleset.issues))
    origin = "sample data" if loaded.is_sample else markdown(loaded.label)
    at = loaded.load.loaded_at
    matrix = coverage.catalog.title
    if coverage.catalog.name != "enterprise":
        matrix += f", ids of ATT&CK {coverage.catalog.attack.version}"
    parts = [
        "Which attack paths can we detect today?",
        f"{of_all} from {origin}, calculated {at:%H:%M} UTC",
        markdown(matrix),
        *map(markdown, choices.deviations()),
        *([f":orange[{count(unread, 'file')} not fully read], see *Issues* on the Rules page"] if unread else []),
    ]
    return " · ".join(parts)
