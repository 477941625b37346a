"""A load that its visitor cancels: the click ends the script that waits for it, and with it the load.

Nobody else's rules change: for others who wait for the same source the load goes on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import streamlit as st

from coverage.store import Failure, SourceState, utc_now
from coverage.ui.reruns import touched
from coverage.ui.sources import PageSource

RECALCULATE = "load_recalculate"
"""In the session state: when the visitor asked for the rules to be loaded again, until that is done or cancelled."""

_CANCELLED = "load_cancelled"
REASON = "You cancelled the loading of the rules."


def cancel_button(source: PageSource) -> None:
    """Draw the button that cancels the load of a source."""
    known = source.store.state(source.key).ended_at
    st.button(
        "Cancel",
        key=f"cancel_{source.key}",
        icon=":material/cancel:",
        on_click=_cancel,
        args=(source.key, known),
        help="Stops loading; what was loaded before stays.",
    )


def cancelled(source: PageSource) -> SourceState | None:
    """The state of a source whose last load this visitor cancelled, with that as its failure; else None.

    It is over when anybody loads the source again.
    """
    state = source.store.state(source.key)
    known, at = st.session_state.get(_CANCELLED, {}).get(source.key, (None, None))
    return replace(state, failure=Failure(REASON, at)) if at is not None and known == state.ended_at else None


def is_cancelled(state: SourceState) -> bool:
    """Whether a state is that of a cancelled load."""
    return state.failure is not None and state.failure.reason == REASON


def forget_cancelled() -> None:
    """Load again what was cancelled."""
    st.session_state.pop(_CANCELLED, None)


def _cancel(key: str, known: datetime | None) -> None:
    touched()
    st.session_state.pop(RECALCULATE, None)
    st.session_state.setdefault(_CANCELLED, {})[key] = (known, utc_now())
