"""HTML for what Streamlit has no element for: coloured bars, and lists of rules whose names must show as they are.

Streamlit's Markdown turns `->` into an arrow and `:smile:` into a picture; a rule's name is text of a stranger and is
shown to the letter, or cut. Everything that comes from outside goes through `plain`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from coverage.model import Rule
from coverage.score import Level, Settings

_MOST_SHOWN = 300
_LEVEL_WORDS = {Level.FULL: "Full coverage", Level.PARTIAL: "Partial coverage", Level.NONE: "No coverage"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str, most: int = _MOST_SHOWN) -> str:
    """A text of a stranger as HTML: cut, escaped, its writing direction kept to itself."""
    shown = _CONTROL.sub(" ", text)
    if len(shown) > most:
        shown = shown[: most - 1] + "…"
    return f"<bdi>{html.escape(shown)}</bdi>"


def markdown(text: str, most: int = _MOST_SHOWN) -> str:
    """A text of a stranger inside Markdown: cut, every sign of Markdown escaped."""
    shown = _CONTROL.sub(" ", text)
    if len(shown) > most:
        shown = shown[: most - 1] + "…"
    return _MARKDOWN.sub(r"\\\1", shown)


def count(number: int, what: str) -> str:
    """A number and what it counts: "1 rule", "1,200 rules"."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def level_badge(level: Level) -> str:
    """The label of a level."""
    return badge(_LEVEL_WORDS[level], level)


def badge(text: str, kind: str) -> str:
    """A small label; `kind` is a severity or a level and picks the colour."""
    return f'<span class="cov-badge cov-{html.escape(kind)}">{html.escape(text)}</span>'


def bar(percent: int | None, colour: str) -> str:
    """A thin progress bar; empty where the percentage is unknown."""
    width = percent or 0
    return (
        f'<span class="cov-track" aria-hidden="true">'
        f'<span class="cov-fill" style="width:{width}%;background:{html.escape(colour)}"></span></span>'
    )


def tactic_bars(rows: Iterable[tuple[str, str, int | None, str]]) -> str:
    """One row a tactic: (name, explanation, percent, colour)."""
    items = "".join(
        f'<li title="{html.escape(f"{name}: {explanation}")}"><span class="cov-name">{html.escape(name)}</span>'
        f"{bar(percent, colour)}"
        f'<span class="cov-percent">{"n/a" if percent is None else f"{percent} %"}</span></li>'
        for name, explanation, percent, colour in rows
    )
    return f'<ul class="cov-tactics">{items}</ul>'


def comparison_bars(rows: Iterable[tuple[str, tuple[int | None, str] | None, tuple[int | None, str] | None]]) -> str:
    """One row a tactic: name, and (percent, colour) before and after, None where a side has no such tactic."""

    def side(value: tuple[int | None, str] | None) -> str:
        if value is None:
            return f'{bar(None, "transparent")}<span class="cov-percent">–</span>'
        percent, colour = value
        return f'{bar(percent, colour)}<span class="cov-percent">{"n/a" if percent is None else f"{percent} %"}</span>'

    items = "".join(
        f'<li title="{name}"><span class="cov-name">{name}</span>{side(before)}{side(after)}</li>'
        for name, before, after in ((html.escape(name), before, after) for name, before, after in rows)
    )
    head = '<li class="cov-muted"><span class="cov-name">Tactic</span><span class="cov-half">Before</span>'
    return f'<ul class="cov-sides">{head}<span class="cov-half">After</span></li>{items}</ul>'


def rules_for(level: Level, settings: Settings) -> str:
    """How many rules make a level, in words."""
    if level is Level.NONE:
        return "no rule"
    if level is Level.FULL:
        return f"{count(settings.full, 'rule')} or more"
    if settings.full == 1:
        return "not possible"
    return "1 rule" if settings.full == 2 else f"1–{settings.full - 1} rules"


def plain_list(items: Iterable[str]) -> str:
    """Items that are HTML already, one a line."""
    return '<ul class="cov-lines">' + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def folded(label: str, body: str) -> str:
    """A folded part, opened by a click without asking the server; `body` is HTML already."""
    return f'<details class="cov-folded"><summary>{html.escape(label)}</summary><div>{body}</div></details>'


def notice(title: str, text: str) -> str:
    """A warning: what is missing, and what to do."""
    return f'<div class="cov-notice" role="note"><b>{html.escape(title)}</b><div>{html.escape(text)}</div></div>'


def outside_link(label: str, url: str) -> str:
    """A link to a page elsewhere, which opens in a tab of its own."""
    return f'<a class="cov-outside" href="{html.escape(url)}" target="_blank">{html.escape(label)} ↗</a>'


def legend(entries: Iterable[tuple[str, str]]) -> str:
    """(text, colour) pairs as a legend."""
    return (
        '<ul class="cov-legend">'
        + "".join(
            f'<li><span class="cov-swatch" style="background:{html.escape(colour)}"></span>{html.escape(text)}</li>'
            for text, colour in entries
        )
        + "</ul>"
    )


def _place(rule: Rule) -> str:
    place = ": ".join(filter(None, (rule.feed, rule.origin)))
    whose = "source's or tenant's" if rule.tenant else "source's"
    return place if rule.count else f"Copy of another {whose} rule · {place}"


def rule_list(rules: Iterable[Rule]) -> str:
    """Rules as cards: name, severity, where the rule comes from, and whether it is a copy that counts nowhere."""
    items = "".join(
        f'<li><span class="cov-rule"><span class="cov-rule-name">{plain(rule.name)}</span>'
        f'<span class="cov-muted">{plain(_place(rule), 120)}</span></span>'
        f"{badge(rule.severity.title(), rule.severity)}</li>"
        for rule in rules
    )
    return f'<ul class="cov-rules">{items}</ul>'
