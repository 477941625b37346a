"""Rule libraries: a folder, a file or an archive of rules in any format that is read here, told apart file by file."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO

from coverage.errors import SourceError
from coverage.model import Issue, IssueKind, Progress, Rule, RuleSet, RuleSetBuilder, no_progress
from coverage.sources.entries import (
    DEFAULT_LIMITS,
    Batch,
    Entry,
    Intake,
    Limits,
    file_name,
    read_bounded,
    reason,
)
from coverage.sources.packing import Reading, joined
from coverage.sources.parallel import read_all
from coverage.sources.records import is_api_record, records_in, rules_from_records
from coverage.sources.remembered import read_folder, read_single
from coverage.sources.text import TOO_LONG_NUMBER, UnreadableError, decode, first_names, printable

_JSON_SOURCE = "JSON"
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
_TABLE_SUFFIXES = (".csv", ".tsv")
_YAML_START = re.compile(r"(?:\s|#[^\n]*+)*+(?:---|(?:- )?[\w-]++:(?:[ \t][^,;\t\n]*+)?\n)")
_ZIP_MARK = b"PK\3\4"


def read_path(path: Path, *, progress: Progress = no_progress, limits: Limits = DEFAULT_LIMITS) -> RuleSet:
    """The rules of a folder, a single file, or a zip, tar or tar.gz archive.

    A set without rules is returned as it is if there were files; raises SourceError where nothing can be read.
    """
    intake = Intake(limits)
    shown = printable(str(path))
    try:
        if path.is_dir():
            return _rule_set(read_folder(path, intake, read_document, progress), intake)
        if not path.is_file():
            raise SourceError(f"{shown} {'is neither a file nor a folder' if path.exists() else 'does not exist'}.")
        with path.open("rb") as stream:
            reading = read_single(path, stream, intake, lambda: _read(_file_batch(str(path), stream, intake), progress))
            return _rule_set(reading, intake)
    except OSError as error:
        raise SourceError(f"{shown} cannot be read: {reason(error)}.") from error


def read_uploads(
    files: Iterable[tuple[str, bytes]], *, progress: Progress = no_progress, limits: Limits = DEFAULT_LIMITS
) -> RuleSet:
    """The rules of uploaded files, given as names and contents; each may be a rule file or an archive.

    Nothing is written to the disk. Never raises: an upload that cannot be read is an issue.
    """
    uploads = list(files)
    intake = Intake(limits)
    return _rule_set(_read(Batch(_upload_entries(uploads, intake), None), progress), intake)


def read_document(data: bytes, origin: str) -> tuple[list[Rule], list[Issue]]:
    """The rules of one file and what is wrong with it, whatever its format; never raises.

    Each document becomes a rule or an issue.
    """
    try:
        if data.startswith(_ZIP_MARK):
            from coverage.sources.xlsx_table import is_xlsx, read_xlsx  # noqa: PLC0415  few libraries hold workbooks

            if is_xlsx(data):
                return read_xlsx(data, origin)
        text, guessed = decode(data)
        rules, issues = _reader_of(text, origin)(text, origin)
    except UnreadableError as error:
        return [], [Issue(IssueKind.UNREADABLE, "", origin, str(error))]
    if guessed and rules:
        message = "The file is not UTF-8; it was read as Windows-1252, and some letters may be wrong."
        issues.insert(0, Issue(IssueKind.WRONG_ENCODING, rules[0].rule_id, origin, message))
    return rules, issues


def _reader_of(text: str, origin: str) -> Callable[[str, str], Reading]:
    if _JSON_START.match(text):
        return _read_json
    # Imported when needed: a Sigma library does not need the parser for TOML, nor the other way round.
    if _XML_START.match(text):
        from coverage.sources.wazuh import read_wazuh  # noqa: PLC0415

        return read_wazuh
    if _YARAL_START.match(text):
        from coverage.sources.yaral import read_yaral  # noqa: PLC0415

        return read_yaral
    if (read_table := _table_reader_of(text, origin)) is not None:
        return read_table
    if _TOML_START.match(text):
        from coverage.sources.elastic import read_elastic  # noqa: PLC0415

        return read_elastic
    from coverage.sources.yaml_rules import read_yaml  # noqa: PLC0415

    return read_yaml


def _table_reader_of(text: str, origin: str) -> Callable[[str, str], Reading] | None:
    """The reader of a table as text, None if it is none.

    A header without a column for techniques is like any other text, and only the file's name says that it is one.
    """
    is_named = origin.lower().endswith(_TABLE_SUFFIXES) and not (_YAML_START.match(text) or _TOML_START.match(text))
    if not is_named and not _TABLE_START.match(text):
        return None
    from coverage.sources.csv_table import is_table, read_csv  # noqa: PLC0415  few libraries hold tables

    return read_csv if is_named or is_table(text) else None


def _read_json(text: str, origin: str) -> Reading:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"The file is not valid JSON (line {error.lineno}: {error.msg})."
        raise UnreadableError(message) from error
    except RecursionError:
        raise UnreadableError("The file is nested too deeply.") from None
    except ValueError:
        raise UnreadableError(TOO_LONG_NUMBER) from None
    if (read := _json_reader_of(document)) is not None:
        return read(document, origin)
    records = records_in(document)
    if not records:
        names = first_names(document) if records is None else ""
        message = f"The file holds no list of rules (its fields: {names})." if names else "The file holds no rules."
        return [], [Issue(IssueKind.NOT_A_RULE, "", origin, message)]
    rows = [record for record in records if isinstance(record, dict)]
    if len(rows) == len(records) and not any(map(is_api_record, rows)):
        from coverage.sources.table import guess_columns, read_table  # noqa: PLC0415

        mapping = guess_columns(dict.fromkeys(name for row in rows for name in row))
        if mapping.techniques:
            return read_table(rows, mapping, where=origin)
    rules, issues = rules_from_records(records[:_MOST_RECORDS], source=_JSON_SOURCE, where=origin)
    if len(records) > _MOST_RECORDS:
        message = f"The file holds {len(records):,} records; those after the first {_MOST_RECORDS:,} do not count."
        issues.append(Issue(IssueKind.UNREADABLE, "", origin, message))
    return rules, issues


def _json_reader_of(document: object) -> Callable[[Any, str], Reading] | None:
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


def _read(batch: Batch, progress: Progress) -> Reading:
    readings = read_all(
        batch.entries, read_document, expected=batch.size, progress=lambda done: progress(done, batch.total)
    )
    progress(len(readings), len(readings))
    return joined(readings)


def _rule_set(reading: Reading, intake: Intake) -> RuleSet:
    found, issues = reading
    # The order inside an archive is chance; of two rules with one id the same one must count every time.
    rules = sorted(found, key=attrgetter("origin"))
    builder = RuleSetBuilder()
    builder.extend(rules, issues + intake.issues)
    builder.issues.sort(key=lambda issue: issue.where.partition("#")[0])
    builder.doubts += intake.doubts
    if note := intake.note():
        builder.notes.append(note)
    return builder.build()


def _file_batch(path: str, stream: BinaryIO, intake: Intake, prefix: str = "") -> Batch:
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


def _upload_entries(uploads: list[tuple[str, bytes]], intake: Intake) -> Iterator[Entry]:
    for name, data in uploads:
        # Of several archives, a path inside says which one only together with the archive's name.
        prefix = f"{printable(file_name(name))}/" if len(uploads) > 1 else ""
        try:
            yield from _file_batch(name, io.BytesIO(data), intake, prefix).entries
        except SourceError as error:
            intake.refuse(printable(file_name(name)), str(error))
