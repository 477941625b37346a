"""The URL of a page: what a link shares, as plain words that are validated when they come back.

Streamlit's `bind="query-params"` would write the labels in place of the words, and after a change of the page it takes
three presses of Back to return (Streamlit 1.67).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import streamlit as st

from coverage.ui.markup import markdown

T = TypeVar("T")
Link = Mapping[str, str]
"""The parameters of a URL."""

_SEEN = "link_seen"
TECHNIQUE = "technique"
"""The parameter that opens a technique's detail."""


@dataclass(frozen=True, slots=True)
class Shared(Generic[T]):
    """One setting that a link carries; `key` names both its widget and the parameter.

    `read` gives the value that a word stands for, None for a word that has no meaning; `write` is its reverse. The
    default is not written, nor is an empty word.
    """

    key: str
    default: T
    read: Callable[[str], T | None]
    write: Callable[[T], str]

    def seed(self, link: Link | None) -> None:
        """Give the widget its value before it is drawn, if a link brings one or the widget has none yet."""
        if link is None:
            # What was chosen may no longer be on offer, as a platform of another version of ATT&CK.
            known = self.key in st.session_state and self.read(self.write(self.value)) is not None
            if not known:
                st.session_state[self.key] = self.default
            return
        word = link.get(self.key)
        value = None if word is None else self.read(word)
        if word is not None and value is None:
            st.toast(
                f"The link says {markdown(self.key)}={markdown(word, 40)}, which means nothing here; "
                "the usual setting is shown.",
                icon=":material/link_off:",
            )
        st.session_state[self.key] = self.default if value is None else value

    def say(self) -> None:
        """Write the widget's value into the URL."""
        say(self.key, None if self.value == self.default else self.write(self.value) or None)

    @property
    def value(self) -> T:
        """What the widget says."""
        value: T = st.session_state[self.key]
        return value


def one_of(key: str, words: Iterable[str], default: str) -> Shared[str]:
    """A choice of one word."""
    known = frozenset(words)
    return Shared(key, default, lambda word: word if word in known else None, str)


def some_of(key: str, words: Iterable[str], default: list[str], *, others: bool = False) -> Shared[list[str]]:
    """A choice of several words, comma-separated in the URL, where a comma in a word is escaped.

    With `others` a word that is not among them stands for itself.
    """
    known = {word: place for place, word in enumerate(words)}

    def in_order(chosen: Iterable[str]) -> list[str]:
        return sorted(chosen, key=lambda word: (known.get(word, len(known)), word))

    def read(text: str) -> list[str] | None:
        chosen = {each.replace("%2C", ",").replace("%25", "%") for each in text.split(",") if each}
        return in_order(chosen) if others or chosen <= known.keys() else None

    def write(chosen: list[str]) -> str:
        return ",".join(word.replace("%", "%25").replace(",", "%2C") for word in in_order(chosen))

    return Shared(key, default, read, write)


def switch(key: str, *, default: bool = False) -> Shared[bool]:
    """A toggle, "yes" or "no" in the URL."""
    return Shared(key, default, {"yes": True, "no": False}.get, lambda on: "yes" if on else "no")


def text(key: str) -> Shared[str]:
    """Words that the visitor typed."""
    return Shared(key, "", lambda word: word, str)


def new_link(*, by_widget: bool, moved: bool) -> Link | None:
    """The URL's parameters if they are news to the page's widgets: a link, Back, Forward, or a move to another page.

    None otherwise. To be asked once a run. While the visitor clicks, the URL follows the page and brings no news. On a
    move the new page's widgets are others than the old one's, and what Streamlit keeps of those that nobody touched
    gets lost (Streamlit 1.67); the URL has it all.
    """
    now = st.query_params.to_dict()
    before = st.session_state.get(_SEEN)
    st.session_state[_SEEN] = now
    return now if moved or not (by_widget or now == before) else None


def say(key: str, word: str | None) -> None:
    """Write one parameter into the URL, or take it out."""
    if word == st.query_params.get(key):
        return
    if word is None:
        del st.query_params[key]
    else:
        st.query_params[key] = word
    st.session_state[_SEEN] = st.query_params.to_dict()


def link_to_page() -> dict[str, Any]:
    """The parameters that a link to another page takes along: all but the open technique."""
    return {key: word for key, word in st.query_params.to_dict().items() if key != TECHNIQUE}


def links_to_techniques(techniques: Iterable[str]) -> list[str]:
    """The address of each technique's detail on this page as a link says it, its id first, so that they sort by it."""
    others = urlencode(link_to_page())
    return [f"?{TECHNIQUE}={technique}{'&' if others else ''}{others}" for technique in techniques]
