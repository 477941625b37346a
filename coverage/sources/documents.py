"""One file of rules in any format that is read here, told by its content."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from coverage.model import Issue, IssueKind
from coverage.sources.corrections import NO_CORRECTIONS, Corrections
from coverage.sources.entries import DEFAULT_LIMITS, TABLE_SUFFIXES
from coverage.sources.kinds import LISTED
from coverage.sources.packing import Reading
from coverage.sources.records import is_api_record, records_in, rules_from_records
from coverage.sources.text import TOO_LONG_NUMBER, UnreadableError, decode, first_names

JSON_SOURCE = "JSON"
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


def read_document(data: bytes, origin: str, corrections: Corrections = NO_CORRECTIONS) -> Reading:
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


def _reader_of(text: str, origin: str, corrections: Corrections) -> Callable[[str, str], Reading]:
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


def _read_json(text: str, origin: str, corrections: Corrections) -> Reading:
    document = json_document(text)
    if (read := _json_reader_of(document)) is not None:
        return read(document, origin)
    records = records_in(document)
    if not records:
        names = first_names(document) if records is None else ""
        message = f"The file holds no list of rules (its fields: {names})." if names else "The file holds no rules."
        return [], [Issue(IssueKind.NOT_A_RULE, "", origin, message)]
    if rows := _table_rows(records):
        from coverage.sources.header import columns_of  # noqa: PLC0415
        from coverage.sources.table import read_table  # noqa: PLC0415

        mapping = columns_of(json_columns(rows), corrections)
        if mapping.techniques:
            return read_table(rows, mapping, where=origin)
    if len(records) > LISTED:
        from coverage.sources.counted_records import counted_records  # noqa: PLC0415

        return counted_records(records, source=JSON_SOURCE, where=origin)
    return rules_from_records(records, source=JSON_SOURCE, where=origin)


def json_columns(rows: Iterable[Mapping[str, object]]) -> list[str]:
    """The names of all fields, in the order in which they are met."""
    return list(dict.fromkeys(name for row in rows for name in row))


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
