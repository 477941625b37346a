"""When Recalculate asks for a load: at each press, but the second of a double click."""

from datetime import timedelta

import pytest
import streamlit as st

from coverage.store import utc_now
from coverage.ui.cancel import RECALCULATE
from coverage.ui.loading import request_recalculation


@pytest.mark.parametrize(("seconds", "asks_again"), [(0.3, False), (5, True)])
def test_a_press_during_a_load_asks_for_another_one(monkeypatch, seconds, asks_again):
    before = utc_now() - timedelta(seconds=seconds)
    state = {RECALCULATE: before}
    monkeypatch.setattr(st, "session_state", state)
    request_recalculation()
    assert (state[RECALCULATE] != before) is asks_again


def test_the_first_press_asks_for_a_load(monkeypatch):
    state = {}
    monkeypatch.setattr(st, "session_state", state)
    request_recalculation()
    assert state[RECALCULATE] <= utc_now()
