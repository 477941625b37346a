"""Why a page runs: because its visitor changed something on it, or because the visitor asked for a fresh page.

Streamlit does not tell the two apart. Every widget of the pages has `touched` as its callback; a run that no callback
announced is the R key, the menu's Rerun, a reload, a move in the browser's history, or a new visit.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from coverage.ui.links import Link, new_link

_TOUCHED = "run_touched"
_PAGE = "run_page"


def touched() -> None:
    """The callback of every widget, or part of it."""
    st.session_state[_TOUCHED] = True


def part_of_page_runs() -> None:
    """To be called in a fragment that has widgets: what the visitor did there is no reason of the page's next run."""
    st.session_state.pop(_TOUCHED, None)


@dataclass(frozen=True, slots=True)
class Reason:
    """`link`: the URL's parameters, if they are news. `fresh`: the visitor wants a fresh page."""

    link: Link | None
    fresh: bool


def reason_of_run(page: str) -> Reason:
    """Why this run happens; to be asked once a run.

    A move to another page, or back and forward in the browser's history, is no wish for a fresh page.
    """
    before = st.session_state.get(_PAGE)
    st.session_state[_PAGE] = page
    by_widget = bool(st.session_state.pop(_TOUCHED, False))
    moved = before not in (None, page)
    link = new_link(by_widget=by_widget, moved=moved)
    return Reason(link, fresh=not by_widget and (before is None or (not moved and link is None)))
