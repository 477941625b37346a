"""Files that visitors uploaded, kept in memory so that they can be read again; the least recently used go first."""

from __future__ import annotations

import threading
from collections import OrderedDict

Files = tuple[tuple[str, bytes], ...]
"""Names and contents."""


class Shelf:
    """At most `most` bytes in all, and no upload of more than a quarter of that. Safe for many threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._uploads: OrderedDict[str, Files] = OrderedDict()
        self._guard = threading.Lock()

    def put(self, key: str, files: Files) -> None:
        """Keep an upload if it is not too large."""
        if _size(files) > self._most // 4:
            return
        with self._guard:
            self._uploads[key] = files
            self._uploads.move_to_end(key)
            while sum(map(_size, self._uploads.values())) > self._most:
                self._uploads.popitem(last=False)

    def get(self, key: str) -> Files | None:
        """An upload that is still here."""
        with self._guard:
            if key in self._uploads:
                self._uploads.move_to_end(key)
            return self._uploads.get(key)


def _size(files: Files) -> int:
    return sum(len(data) for _, data in files)
