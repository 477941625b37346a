"""Facts files on the disk: where they lie, told apart from what replaces them, and replaced as a whole."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_data_path

from coverage.errors import CatalogError

SHIPPED_FOLDER = Path(__file__).parent / "data"
_LARGEST = 5_000_000  # bytes; the two files of 19.1 have 45 kB and 0.3 MB


class FactsFile(NamedTuple):
    """One file as it is now. A file that replaces it makes another one, so this can be the key of a cache."""

    path: Path
    inode: int
    modified_ns: int
    size: int

    @classmethod
    def at(cls, path: Path) -> FactsFile:
        """The file at a path; raises CatalogError where no facts file can be."""
        try:
            status = path.stat()
        except (OSError, ValueError) as error:
            raise CatalogError(f"{path} cannot be read.") from error
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            raise CatalogError(f"{path} is no facts file.")
        return cls(path, status.st_ino, status.st_mtime_ns, status.st_size)

    def text(self) -> str:
        """What the file holds; raises CatalogError where it cannot be read."""
        try:
            return self.path.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise CatalogError(f"{self.path} cannot be read.") from error


def stored_folder() -> Path:
    """Where the user's own versions are kept, e.g. `~/.local/share/attack-coverage/attack`; it need not be there."""
    return user_data_path("attack-coverage", appauthor=False) / "attack"


def facts_path(folder: Path, version: str) -> Path:
    """Where the tactics and techniques of a version are."""
    return folder / f"enterprise-{version}.json"


def context_path(folder: Path, version: str) -> Path:
    """Where the context of a version is."""
    return folder / f"context-{version}.json"


def versions_in(folder: Path) -> list[str]:
    """The versions that a folder has a facts file of, readable or not; raises OSError for a folder that is not."""
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    return sorted(
        name.removeprefix("enterprise-").removesuffix(".json")
        for name in names
        if name.startswith("enterprise-") and name.endswith(".json")
    )


def replace_files(contents: Mapping[Path, str]) -> None:
    """Write files of one folder, in this order; raises OSError.

    Whoever reads meanwhile sees a whole old file or a whole new one, and where one cannot be written all stay as they
    were.
    """
    temporary = {path: path.with_name(f".{path.name}.{os.urandom(8).hex()}") for path in contents}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary[path].write_text(content, encoding="utf-8", newline="\n")
        for path in contents:
            temporary[path].replace(path)
    finally:
        for left in temporary.values():
            with suppress(OSError):
                left.unlink()
