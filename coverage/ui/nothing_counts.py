"""Why a matrix is empty although there are rules: nobody should take a zero for the truth without knowing that."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from coverage.quality.unmapped import Reason
from coverage.ui.caches import quality_of
from coverage.ui.frame import View
from coverage.ui.markup import count

_SAID = {
    Reason.NO_TECHNIQUE: "no ATT&CK technique is named",
    Reason.NO_ACTIVE_ID: "no technique that is named is active in this version of ATT&CK",
    Reason.NO_TACTIC: "no tactic is named, and this matrix counts rules under the tactics that they name",
    Reason.OTHER_TACTIC: "the matrix has the technique under other tactics than those that are named",
    Reason.NOT_IN_MATRIX: "the matrix does not have the technique",
    Reason.LEFT_OUT: "the choice of platforms and tactics leaves the technique out",
}
_IN_ENTERPRISE = frozenset({Reason.NO_TACTIC, Reason.OTHER_TACTIC, Reason.NOT_IN_MATRIX})


def draw_nothing_counts(view: View) -> None:
    """Draw why none of the rules counts; nothing where one does."""
    counts = view.coverage.rule_counts
    if counts.counted:
        return
    if not counts.read:
        title, text = "No rule is left by the filters in the sidebar", "Widen one of them to see what is covered."
    elif not counts.enabled and not view.choices.settings.potential:
        title = f"No rule is enabled of {count(counts.read, 'rule')}"
        text = "*Count disabled rules too* in the sidebar shows what they would cover."
    else:
        title, text = "No rule counts in this matrix", _why(view)
    st.warning(text, title=title, icon=":material/grid_off:")


def _why(view: View) -> str:
    found: Counter[Reason] = Counter()
    for each in quality_of(view.loaded.load, view.choices).unmapped:
        found[each.reason] += each.rule.count
    said = "; ".join(f"{_SAID[reason]} ({count(number, 'rule')})" for reason, number in found.most_common())
    elsewhere = view.coverage.catalog.name != "enterprise" and not _IN_ENTERPRISE.isdisjoint(found)
    advice = " The Enterprise matrix has a place for every technique, also without a tactic." if elsewhere else ""
    return f"Why: {said}.{advice} The Rules page lists them under *Unmapped*."
