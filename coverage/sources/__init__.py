"""Sources: one file each, text in, rules and issues out. A SOURCE is named by one string."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from coverage.errors import SourceError
from coverage.model import Progress, RuleSet, RuleSetBuilder, no_progress

SAMPLE = "sample"
"""The SOURCE that names the built-in sample data."""


def is_api(source: str) -> bool:
    """Whether a SOURCE is the base URL of a Detection Rules API."""
    return source.lower().startswith(("http://", "https://"))


def shown_source(source: str) -> str:
    """A SOURCE as it may be shown: a URL without user, password and query."""
    if "://" not in source:
        return source
    parts = urlsplit(source)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def read_source(source: str, *, token: str | None = None, progress: Progress = no_progress) -> RuleSet:
    """Read the rules of a SOURCE: a folder, a file, an archive, or the base URL of a Detection Rules API.

    The word `sample` stands for the built-in sample data.

    Raises SourceError, in one sentence, for what cannot be read at all.
    """
    if source == SAMPLE:
        from coverage.sources.sample import sample_rules  # noqa: PLC0415  needed by few

        return sample_rules()
    if is_api(source):
        from coverage.sources.api import fetch  # noqa: PLC0415  requests costs what a folder does not need

        return fetch(source, token=token, progress=progress)
    if "://" in source:
        scheme = source.partition("://")[0]
        raise SourceError(f"Rules cannot be read from {scheme}:// addresses; name a folder, a file or an http(s) URL.")
    from coverage.sources.library import read_path  # noqa: PLC0415  PyYAML costs what an API does not need

    return read_path(Path(source), progress=progress)


def join_rulesets(rulesets: list[RuleSet]) -> RuleSet:
    """Several sources as one set: of two rules with one id the first counts."""
    builder = RuleSetBuilder()
    for ruleset in rulesets:
        builder.extend(ruleset.rules, ruleset.issues)
        builder.notes.extend(ruleset.notes)
    return replace(builder.build(), sample=any(ruleset.sample for ruleset in rulesets))
