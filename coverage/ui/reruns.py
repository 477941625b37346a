"""Why a page runs: because its visitor changed something on it, or because the visitor asked for a fresh page.

Streamlit does not tell the two apart. Every widget of the pages has `touched` as its callback; a run that no callback
announced is the R key, the menu's Rerun, a reload, a move in the browser's history, or a new visit.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

_TOUCHED = "run_touched"
_PLACE = "run_place"


def touched() -> None:
    """The callback of every widget, or part of it."""
    st.session_state[_TOUCHED] = True


@dataclass(frozen=True, slots=True)
class Reason:
    """`by_widget`: a widget's callback announced the run. `fresh`: the visitor wants a fresh page."""

    by_widget: bool
    fresh: bool


def reason_of_run(page: str) -> Reason:
    """Why this run happens; to be asked once a run.

    A move to another page, or back and forward in the browser's history, is no wish for a fresh page.
    """
    place = (page, tuple(sorted(st.query_params.to_dict().items())))
    before = st.session_state.get(_PLACE)
    st.session_state[_PLACE] = place
    by_widget = bool(st.session_state.pop(_TOUCHED, False))
    return Reason(by_widget, fresh=not by_widget and before in (None, place))
