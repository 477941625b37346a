"""What every page starts with: the page's set-up, the navigation, the source and the settings in the sidebar."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from coverage.errors import CoverageError
from coverage.score import Coverage
from coverage.ui.caches import config, coverage_of
from coverage.ui.choices import Choices
from coverage.ui.columns import corrected, draw_columns
from coverage.ui.controls import choose
from coverage.ui.links import Link, link_to_page
from coverage.ui.loading import Loaded, load_rules, request_recalculation
from coverage.ui.markup import markdown
from coverage.ui.reruns import reason_of_run, touched
from coverage.ui.sources import choose_source

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

    `link` are the URL's parameters where they are news, see `coverage.ui.links`; `lacks_techniques` says that the
    sidebar asks for the column of a table's techniques.
    """

    loaded: Loaded
    choices: Choices
    coverage: Coverage
    link: Link | None
    lacks_techniques: bool


def frame(page: str, title: str, icon: str) -> View:
    """Set the page up, draw its sidebar and header, load the rules, and return what there is to draw."""
    st.set_page_config(page_title=f"{page} · ATT&CK Coverage", page_icon=_ICON, layout="wide")
    theme = st.context.theme.type or "light"
    st.html(_STYLE)
    # Dialogs are drawn outside the element that carries the colour scheme.
    st.html(f"<style>.stDialog {{ color-scheme: {theme}; }}</style>")
    reason = reason_of_run(page)
    with st.sidebar:
        links = st.container()
        st.divider()
        try:
            operator = config()
        except CoverageError as error:
            st.error(markdown(str(error)))
            st.stop()
        source = corrected(choose_source(operator, reason.link), reason.link)
        columns = st.container(key="columns")
        choices = choose(reason.link, dark=theme == "dark")
        # Drawn last, because the links take the settings along.
        with links:
            for path, label, link_icon in _PAGES:
                st.page_link(path, label=label, icon=link_icon, query_params=link_to_page())

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
    loaded = load_rules(source, fresh=reason.fresh, max_age=operator.max_age, place=st.empty())
    with columns:
        lacks_techniques = draw_columns(source, loaded.state)
    coverage = coverage_of(loaded.load, choices.matrix, choices.settings)
    subtitle.markdown(_subtitle(loaded, choices, coverage))
    return View(loaded, choices, coverage, reason.link, lacks_techniques)


def _recalculate() -> None:
    touched()
    request_recalculation()


def _subtitle(loaded: Loaded, choices: Choices, coverage: Coverage) -> str:
    counts, read = coverage.rule_counts, loaded.load.ruleset.rule_count
    of_all = f"**{counts.read:,} of {read:,} rules**" if counts.read != read else f"**{read:,} rules**"
    origin = "sample data" if loaded.is_sample else loaded.source.label
    at = loaded.load.loaded_at
    matrix = coverage.catalog.title
    if coverage.catalog.name != "enterprise":
        matrix += f", ids of ATT&CK {coverage.catalog.attack.version}"
    parts = [
        "Which attack paths can we detect today?",
        f"{of_all} from {origin}, calculated {at:%H:%M} UTC",
        markdown(matrix),
        *choices.deviations(),
    ]
    return " · ".join(parts)
