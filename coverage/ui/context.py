"""What ATT&CK knows around a technique: the logs that show it, who uses it, what mitigates it."""

from __future__ import annotations

import streamlit as st

from coverage.catalog import load_context
from coverage.catalog.context import Entity, LogSource
from coverage.errors import CatalogError
from coverage.ui.markup import count, markdown, plain, plain_list

_SHOWN = 12


def draw_context(technique: str, attack_version: str) -> None:
    """Draw a folded list of the technique's log sources, groups, software, campaigns and mitigations."""
    try:
        context = load_context(attack_version).of(technique)
    except CatalogError as error:
        st.caption(markdown(str(error)))
        return
    logs = list(dict.fromkeys(map(_log_source, context.log_sources)))
    parts = [
        ("Log sources that show it", logs),
        ("Groups that use it", [_entity(each) for each in context.groups]),
        ("Software that uses it", [_entity(each) for each in context.software]),
        ("Campaigns", [_entity(each) for each in context.campaigns]),
        ("Mitigations", [_entity(each) for each in context.mitigations]),
    ]
    if not any(found for _, found in parts):
        return
    sizes = f"{count(len(logs), 'log source')}, {count(len(context.groups), 'group')}"
    with st.expander(f"What ATT&CK knows: {sizes}", icon=":material/hub:"):
        for label, found in parts:
            if found:
                st.caption(f"{label}: {len(found)}")
                more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
                st.html(plain_list([*map(plain, found[:_SHOWN]), *more]))


def _entity(entity: Entity) -> str:
    return f"{entity.name} ({entity.id})" if entity.id else entity.name


def _log_source(source: LogSource) -> str:
    place = " · ".join(filter(None, (source.name, source.channel)))
    return f"{source.component.name}: {place}" if place else source.component.name
