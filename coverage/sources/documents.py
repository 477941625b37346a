"""One file of rules in any format that is read here, told by its content."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from coverage.model import Issue, IssueKind
from coverage.sources.packing import Reading
from coverage.sources.records import is_api_record, records_in, rules_from_records
from coverage.sources.text import TOO_LONG_NUMBER, UnreadableError, decode, first_names

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


def read_document(data: bytes, origin: str) -> Reading:
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
