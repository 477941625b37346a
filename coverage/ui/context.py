"""What ATT&CK knows around a technique: the logs that show it, who uses it, what mitigates it."""

from __future__ import annotations

from coverage.catalog import load_context
from coverage.catalog.context import Entity, LogSource
from coverage.errors import CatalogError
from coverage.ui.markup import count, folded, plain, plain_list

_SHOWN = 12


def context_part(technique: str, attack_version: str) -> str:
    """A folded list of the technique's log sources, groups, software, campaigns and mitigations, as HTML."""
    try:
        context = load_context(attack_version).of(technique)
    except CatalogError as error:
        return f'<div class="cov-muted">{plain(str(error))}</div>'
    logs = list(dict.fromkeys(map(_log_source, context.log_sources)))
    parts = [
        ("Log sources that show it", logs),
        ("Groups that use it", [_entity(each) for each in context.groups]),
        ("Software that uses it", [_entity(each) for each in context.software]),
        ("Campaigns", [_entity(each) for each in context.campaigns]),
        ("Mitigations", [_entity(each) for each in context.mitigations]),
    ]
    body = "".join(
        f'<div class="cov-muted">{label}: {len(found)}</div>{_listed(found)}' for label, found in parts if found
    )
    sizes = f"{count(len(logs), 'log source')}, {count(len(context.groups), 'group')}"
    return folded(f"What ATT&CK knows: {sizes}", body) if body else ""


def _listed(found: list[str]) -> str:
    more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return plain_list([*map(plain, found[:_SHOWN]), *more])


def _entity(entity: Entity) -> str:
    return f"{entity.name} ({entity.id})" if entity.id else entity.name


def _log_source(source: LogSource) -> str:
    place = " · ".join(filter(None, (source.name, source.channel)))
    return f"{source.component.name}: {place}" if place else source.component.name
