"""Text in Plotly's own small HTML."""

from __future__ import annotations

import html


def escaped(text: str) -> str:
    """A text as it stands; Plotly knows no `&quot;`."""
    return html.escape(text, quote=False)
