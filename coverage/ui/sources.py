"""Which rules the visitor looks at: what the operator configured, an upload, or the sample data."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from coverage.config import Config
from coverage.errors import SourceError
from coverage.model import Progress, RuleSet
from coverage.sources import SAMPLE, is_api, is_database, read_source, shown_source
from coverage.store import Read, RuleStore
from coverage.ui.caches import rule_store, upload_shelf, upload_store
from coverage.ui.links import say
from coverage.ui.reruns import touched
from coverage.ui.table_files import Tables, path_tables, upload_tables

UPLOAD = "upload"
API, LIBRARY = "api", "library"
_UPLOADED, _SAMPLE_DATA = "Upload", "Sample data"
_SUFFIXES = ["yml", "yaml", "toml", "json", "xml", "yaral", "csv", "tsv", "xlsx", "zip", "gz", "tgz", "tar"]


@dataclass(frozen=True, slots=True)
class PageSource:
    """One choice of the source menu. `place` is where the rules come from, fit to be shown.

    `tables` is how its files are read with corrected columns, None where it has none or they are no longer here;
    `name` is what a link calls such a source.
    """

    key: str
    label: str
    place: str
    read: Read
    store: RuleStore
    tables: Tables | None = None
    name: str = ""


def _sample(progress: Progress) -> RuleSet:
    return read_source(SAMPLE, progress=progress)


def sample_source() -> PageSource:
    """The built-in rules, which also stand in where another source has none."""
    return PageSource(SAMPLE, _SAMPLE_DATA, "made-up rules", _sample, rule_store())


def configured_sources(config: Config) -> list[PageSource]:
    """What the operator configured, the API first; no two have one key or one label."""
    addresses = [named.address for named in config.sources]

    def source(key: str, label: str, address: str) -> PageSource:
        token = config.token_for(address, addresses)

        def read(progress: Progress) -> RuleSet:
            return read_source(address, token=token, names=config.sql_names, progress=progress)

        is_path = not (is_api(address) or is_database(address))
        tables = path_tables(Path(address)) if is_path else None
        return PageSource(key, label, shown_source(address), read, rule_store(), tables, name=key if is_path else "")

    found: list[PageSource] = []
    keys, labels = {API, SAMPLE, UPLOAD}, {_UPLOADED, _SAMPLE_DATA}
    if config.api_url:
        found.append(source(API, _unused("ThreatOps API", labels, "{} ({})"), config.api_url))
    for named in config.sources:
        key, label = LIBRARY, named.label
        if len(config.sources) > 1:
            keys.add(LIBRARY)  # a link's word for all of them
            key = re.sub(r"[\W_]+", "-", label.casefold()).strip("-") or LIBRARY
        elif not named.is_labelled:
            label = "Database" if is_database(named.address) else "Rule library"
        found.append(source(_unused(key, keys, "{}-{}"), _unused(label, labels, "{} ({})"), named.address))
    return found


def _unused(word: str, used: set[str], numbered: str) -> str:
    """The word, with a number if it is used already; from now on it is."""
    free, number = word, 1
    while free in used:
        number += 1
        free = numbered.format(word, number)
    used.add(free)
    return free


def upload_source(key: str) -> PageSource:
    """Draw an upload field; `key` names it, and with `_id` behind it what a link says of it."""
    files = st.file_uploader(
        "Rule files",
        type=_SUFFIXES,
        accept_multiple_files=True,
        key=f"{key}_files",
        on_change=touched,
        help="Rules of Sigma, Elastic, Splunk, Sentinel, Panther, Falco, Datadog, Google SecOps or Wazuh, a Navigator "
        "layer, a table (CSV, XLSX), JSON of the Detection Rules API, or a .zip or .tar.gz of them.",
    )
    store, shelf = upload_store(), upload_shelf()
    contents = tuple((file.name, file.getvalue()) for file in files)
    upload_id = st.query_params.get(f"{key}_id", "")
    if contents:
        digest = hashlib.sha256()
        for name, data in contents:
            digest.update(f"{len(name)}:{name}:{len(data)}:".encode())
            digest.update(data)
        upload_id = digest.hexdigest()[:32]
        say(f"{key}_id", upload_id)
        shelf.put(upload_id, contents)
    else:
        contents = shelf.get(upload_id) or ()
    known = f"{UPLOAD}-{upload_id}"
    if contents:
        place, tables = ", ".join(name for name, _ in contents), upload_tables(contents)
        return PageSource(known, _UPLOADED, place, tables.guessed, store, tables, name=key)
    if upload_id and (good := store.peek(known)) is not None:
        ruleset = good.ruleset
        return PageSource(known, _UPLOADED, "the rules that you uploaded", lambda _: ruleset, store, name=key)
    if upload_id:
        return PageSource(f"{UPLOAD}-forgotten", _UPLOADED, "a forgotten upload", _upload_forgotten, store)
    return PageSource(UPLOAD, _UPLOADED, "your upload", _nothing_uploaded, store)


def _nothing_uploaded(progress: Progress) -> RuleSet:
    del progress
    raise SourceError("No rule file is uploaded yet; choose one in the sidebar.")


def _upload_forgotten(progress: Progress) -> RuleSet:
    del progress
    raise SourceError("The upload of this link is no longer on this server; upload the files again in the sidebar.")
