"""Rule libraries: a folder, a file or an archive of rules in any format that is read here, told apart file by file."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from coverage.errors import SourceError
from coverage.model import Issue, IssueKind, Progress, Rule, RuleSet, RuleSetBuilder, no_progress
from coverage.sources.corrections import NO_CORRECTIONS, Corrections
from coverage.sources.entries import (
    DEFAULT_LIMITS,
    TABLE_SUFFIXES,
    Batch,
    Entry,
    Intake,
    Limits,
    file_name,
    folder_batch,
    read_bounded,
    reason,
)
from coverage.sources.kinds import COUNTED_NOTE
from coverage.sources.records import is_api_record, records_in, rules_from_records
from coverage.sources.text import TOO_LONG_NUMBER, UnreadableError, decode, first_names, printable

_Reading = tuple[list[Rule], list[Issue]]

JSON_SOURCE = "JSON"
_MOST_RECORDS = 100_000  # of one file
# What starts like neither of these is YAML, which nearly every text is. A half written file starts like a whole one.
_JSON_START = re.compile(r"\s*+(?:\{\s*+(?:[\"}]|$)|\[\s*+(?:[{\[\"\]]|$))")
_TOML_START = re.compile(
    r"(?:[ \t]*+(?:#[^\n]*+)?\r?\n)*+[ \t]*+(?:\[\[?[\w.\"' \t-]++\]?\]?[ \t]*+(?:#|\r?\n|$)|[\w.\"'-]++[ \t]*+=)"
)
_XML_START = re.compile(r"\s*+<[?!\w]")
# Comments and the first rule's head; nothing in YAML or TOML looks like that.
_YARAL_START = re.compile(r"(?:\s|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+rule\s++\w++\s*+\{")
# A first line with several cells; in YAML it would have a colon, or a sign of which a header has none.
_TABLE_START = re.compile(r"\s*+(?![#&*!>%@`-])(?=[^\n:{}\[\],;\t|]++[,;\t|])[^\n:{}\[\]]*+(?:\n|$)")
_YAML_START = re.compile(r"(?:\s|#[^\n]*+)*+(?:---|(?:- )?[\w-]++:(?:[ \t][^,;\t\n]*+)?\n)")
ZIP_MARK = b"PK\3\4"
_PROGRESS_STEP = 100  # files


def read_path(
    path: Path,
    *,
    progress: Progress = no_progress,
    limits: Limits = DEFAULT_LIMITS,
    corrections: Corrections = NO_CORRECTIONS,
) -> RuleSet:
    """The rules of a folder, a single file, or a zip, tar or tar.gz archive.

    A set without rules is returned as it is if there were files; raises SourceError where nothing can be read.
    """
    intake = Intake(limits)
    shown = printable(str(path))
    try:
        if path.is_dir():
            return _rule_set(folder_batch(path, intake), intake, progress, corrections)
        if not path.is_file():
            raise SourceError(f"{shown} {'is neither a file nor a folder' if path.exists() else 'does not exist'}.")
        with path.open("rb") as stream:
            return _rule_set(file_batch(str(path), stream, intake), intake, progress, corrections)
    except OSError as error:
        raise SourceError(f"{shown} cannot be read: {reason(error)}.") from error


def read_uploads(
    files: Iterable[tuple[str, bytes]],
    *,
    progress: Progress = no_progress,
    limits: Limits = DEFAULT_LIMITS,
    corrections: Corrections = NO_CORRECTIONS,
) -> RuleSet:
    """The rules of uploaded files, given as names and contents; each may be a rule file or an archive.

    Nothing is written to the disk. Never raises: an upload that cannot be read is an issue.
    """
    uploads = list(files)
    intake = Intake(limits)
    return _rule_set(Batch(upload_entries(uploads, intake), None), intake, progress, corrections)


def read_document(
    data: bytes, origin: str, corrections: Corrections = NO_CORRECTIONS
) -> tuple[list[Rule], list[Issue]]:
    """The rules of one file and what is wrong with it, whatever its format; never raises.

    Each document becomes a rule or an issue.
    """
    try:
        if data.startswith(ZIP_MARK):
            from coverage.sources.xlsx_table import is_xlsx, read_xlsx  # noqa: PLC0415  few libraries hold workbooks

            if is_xlsx(data):
                return read_xlsx(data, origin, corrections)
        text, guessed = decode(data)
        rules, issues = _reader_of(text, origin, corrections)(text, origin)
    except UnreadableError as error:
        return [], [Issue(IssueKind.UNREADABLE, "", origin, str(error))]
    if guessed and rules:
        message = "The file is not UTF-8; it was read as Windows-1252, and some letters may be wrong."
        issues.insert(0, Issue(IssueKind.WRONG_ENCODING, rules[0].rule_id, origin, message))
    return rules, issues


def _reader_of(text: str, origin: str, corrections: Corrections) -> Callable[[str, str], _Reading]:
    if is_json(text):
        return partial(_read_json, corrections=corrections)
    if is_csv(text, origin):
        from coverage.sources.csv_table import read_csv  # noqa: PLC0415  few libraries hold tables

        return partial(read_csv, corrections=corrections)
    # Imported when needed: a Sigma library does not need the parser for TOML, nor the other way round.
    if _XML_START.match(text):
        from coverage.sources.wazuh import read_wazuh  # noqa: PLC0415

        return read_wazuh
    if _YARAL_START.match(text):
        from coverage.sources.yaral import read_yaral  # noqa: PLC0415

        return read_yaral
    if _TOML_START.match(text):
        from coverage.sources.elastic import read_elastic  # noqa: PLC0415

        return read_elastic
    from coverage.sources.yaml_rules import read_yaml  # noqa: PLC0415

    return read_yaml


def is_json(text: str) -> bool:
    """Whether a text is JSON, whole or half written."""
    return len(text) <= DEFAULT_LIMITS.json_bytes and _JSON_START.match(text) is not None


def is_csv(text: str, origin: str) -> bool:
    """Whether a text that is no JSON is a table.

    A header without a column for techniques is like any other text, and only the file's name says that it is one.
    """
    if len(text) > DEFAULT_LIMITS.file_bytes:
        return True  # whatever it says: only the reader of tables needs no more memory for so large a file
    if _XML_START.match(text) or _YARAL_START.match(text):
        return False
    is_named = origin.lower().endswith(TABLE_SUFFIXES) and not (_YAML_START.match(text) or _TOML_START.match(text))
    if is_named or not _TABLE_START.match(text):
        return is_named
    from coverage.sources.csv_table import is_table  # noqa: PLC0415  few libraries hold tables

    return is_table(text)


def json_document(text: str) -> Any:  # noqa: ANN401  it is JSON
    """What a JSON text says; raises UnreadableError where it is none."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        message = f"The file is not valid JSON (line {error.lineno}: {error.msg})."
        raise UnreadableError(message) from error
    except RecursionError:
        raise UnreadableError("The file is nested too deeply.") from None
    except ValueError:
        raise UnreadableError(TOO_LONG_NUMBER) from None


def json_rows(document: object) -> list[dict[str, object]]:
    """The records of a document that are, or may be, the rows of a table; none where it has another known format."""
    return [] if _json_reader_of(document) is not None else _table_rows(records_in(document) or [])


def _table_rows(records: list[object]) -> list[dict[str, object]]:
    rows = [record for record in records if isinstance(record, dict)]
    return [] if len(rows) < len(records) or any(map(is_api_record, rows)) else rows


def _read_json(text: str, origin: str, corrections: Corrections) -> _Reading:
    document = json_document(text)
    if (read := _json_reader_of(document)) is not None:
        return read(document, origin)
    records = records_in(document)
    if not records:
        names = first_names(document) if records is None else ""
        message = f"The file holds no list of rules (its fields: {names})." if names else "The file holds no rules."
        return [], [Issue(IssueKind.NOT_A_RULE, "", origin, message)]
    if rows := _table_rows(records):
        from coverage.sources.table import columns_of, read_table  # noqa: PLC0415

        mapping = columns_of(json_columns(rows), corrections)
        if mapping.techniques:
            return read_table(rows, mapping, where=origin)
    rules, issues = rules_from_records(records[:_MOST_RECORDS], source=JSON_SOURCE, where=origin)
    if len(records) > _MOST_RECORDS:
        message = f"The file holds {len(records):,} records; those after the first {_MOST_RECORDS:,} do not count."
        issues.append(Issue(IssueKind.UNREADABLE, "", origin, message))
    return rules, issues


def json_columns(rows: Iterable[Mapping[str, object]]) -> list[str]:
    """The names of all fields, in the order in which they are met."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _json_reader_of(document: object) -> Callable[[Any, str], _Reading] | None:
    """The reader of a JSON document that does not have the API's shape."""
    # Imported here: few libraries hold JSON.
    from coverage.sources.datadog import is_datadog, read_datadog  # noqa: PLC0415
    from coverage.sources.navigator import is_layer, read_navigator  # noqa: PLC0415
    from coverage.sources.sentinel import alert_rules, read_sentinel_json  # noqa: PLC0415

    if is_layer(document):
        return read_navigator
    if is_datadog(document):
        return lambda rule, origin: read_datadog([rule], origin)
    if any(map(is_datadog, records_in(document) or ())):
        return lambda rules, origin: read_datadog(records_in(rules) or (), origin)
    if next(alert_rules(document), None) is not None:
        return read_sentinel_json
    return None


def _rule_set(batch: Batch, intake: Intake, progress: Progress, corrections: Corrections) -> RuleSet:
    rules: list[Rule] = []
    issues: list[Issue] = []
    done = 0
    for done, entry in enumerate(batch.entries, start=1):
        found, wrong = read_document(entry.data, entry.origin, corrections)
        rules += found
        issues += wrong
        if done % _PROGRESS_STEP == 0:
            progress(done, batch.total)
    progress(done, done)
    # The order inside an archive is chance; of two rules with one id the same one must count every time.
    rules.sort(key=lambda rule: rule.origin)
    builder = RuleSetBuilder()
    builder.extend(rules, issues + intake.issues)
    builder.issues.sort(key=lambda issue: issue.where.partition("#")[0])
    builder.doubts += intake.doubts
    if any(rule.count > 1 for rule in rules):
        builder.notes.append(COUNTED_NOTE)
    if note := intake.note():
        builder.notes.append(note)
    return builder.build()


def file_batch(path: str, stream: BinaryIO, intake: Intake, prefix: str = "") -> Batch:
    """What a single file brings: itself, whatever its name, or what it is an archive of."""
    from coverage.sources.archives import archive_batch  # noqa: PLC0415  a folder does not need it

    batch = archive_batch(path, stream, intake, prefix)
    if batch is not None:
        return batch
    origin = printable(file_name(path))
    try:
        return Batch(iter([Entry(origin, read_bounded(stream, intake.limit(path)))]), 1)
    except UnreadableError as error:
        intake.refuse(origin, str(error))
        return Batch(iter(()), 0)


def upload_entries(uploads: Iterable[tuple[str, bytes]], intake: Intake) -> Iterator[Entry]:
    """The files of an upload, given as names and contents, and those inside its archives."""
    uploads = list(uploads)
    for name, data in uploads:
        # Of several archives, a path inside says which one only together with the archive's name.
        prefix = f"{printable(file_name(name))}/" if len(uploads) > 1 else ""
        try:
            yield from file_batch(name, io.BytesIO(data), intake, prefix).entries
        except SourceError as error:
            intake.refuse(printable(file_name(name)), str(error))
