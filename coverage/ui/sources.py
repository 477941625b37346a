"""Which rules the visitor looks at: what the operator configured, an upload, or the sample data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from coverage.config import Config
from coverage.errors import SourceError
from coverage.model import Progress, RuleSet
from coverage.sources import SAMPLE, is_api, is_database, read_source, shown_source
from coverage.store import Read, RuleStore
from coverage.ui.caches import rule_store, upload_shelf, upload_store
from coverage.ui.links import Link, one_of, say
from coverage.ui.markup import plain
from coverage.ui.reruns import touched
from coverage.ui.table_files import Tables, path_tables, upload_tables

UPLOAD = "upload"
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
    return PageSource(SAMPLE, "Sample data", "made-up rules", _sample, rule_store())


def configured_sources(config: Config) -> list[PageSource]:
    """What the operator configured, the API first."""

    def source(key: str, label: str, address: str) -> PageSource:
        def read(progress: Progress) -> RuleSet:
            return read_source(address, token=config.api_token, names=config.sql_names, progress=progress)

        is_path = not (is_api(address) or is_database(address))
        tables = path_tables(Path(address)) if is_path else None
        return PageSource(key, label, shown_source(address), read, rule_store(), tables, name=key if is_path else "")

    found: list[PageSource] = []
    if config.api_url:
        found.append(source("api", "ThreatOps API", config.api_url))
    if config.source:
        found.append(source("library", "Database" if is_database(config.source) else "Rule library", config.source))
    return found


def choose_source(config: Config, link: Link | None) -> PageSource:
    """Draw the source menu, and the upload field where it is chosen."""
    choices = {source.key: source for source in (*configured_sources(config), sample_source())}
    labels = {key: source.label for key, source in choices.items()} | {UPLOAD: "Upload rules"}
    setting = one_of("source", labels, next(iter(labels)))
    setting.seed(link)
    key = st.selectbox(
        "Source",
        list(labels),
        format_func=labels.__getitem__,
        key=setting.key,
        persist_state="session",
        on_change=touched,
        help="What the operator of this server connected, the rules you upload, or made-up sample rules.",
    )
    setting.say()
    if key != UPLOAD:
        say(f"{UPLOAD}_id", None)
        st.html(f'<div class="cov-muted">{plain(choices[key].place)}</div>')
        return choices[key]
    return upload_source(UPLOAD)


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
        tables = upload_tables(contents)
        return PageSource(known, "Upload", ", ".join(name for name, _ in contents), tables.guessed, store, tables, key)
    if upload_id and (good := store.peek(known)) is not None:
        ruleset = good.ruleset
        return PageSource(known, "Upload", "the rules that you uploaded", lambda _: ruleset, store, name=key)
    if upload_id:
        return PageSource(f"{UPLOAD}-forgotten", "Upload", "a forgotten upload", _upload_forgotten, store)
    return PageSource(UPLOAD, "Upload", "your upload", _nothing_uploaded, store)


def _nothing_uploaded(progress: Progress) -> RuleSet:
    del progress
    raise SourceError("No rule file is uploaded yet; choose one in the sidebar.")


def _upload_forgotten(progress: Progress) -> RuleSet:
    del progress
    raise SourceError("The upload of this link is no longer on this server; upload the files again in the sidebar.")
