"""Rule files, and the archives of them, that the tests of the library read."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

Files = Mapping[str, bytes]


def sigma(rule_id: str = "s-1", /, **fields: str) -> bytes:
    """A Sigma rule of these fields, written as they are; a field that is ... is taken away."""
    values = {
        "title": "A Sigma rule",
        "id": rule_id,
        "status": "stable",
        "logsource": "{product: windows, category: process_creation}",
        "detection": "{selection: {Image: a.exe}, condition: selection}",
        "level": "high",
        "tags": "[attack.execution, attack.t1059.001]",
        **fields,
    }
    return "".join(f"{name}: {value}\n" for name, value in values.items() if value is not ...).encode()


def elastic(rule_id: str = "e-1", /, maturity: str = '"production"', threat: str = "", **fields: str) -> bytes:
    """An Elastic rule of these fields, written as they are; a field that is ... is taken away."""
    values = {"rule_id": f'"{rule_id}"', "name": '"An Elastic rule"', "severity": '"medium"', **fields}
    lines = [f"{name} = {value}" for name, value in values.items() if value is not ...]
    metadata = f"maturity = {maturity}\n" if maturity is not ... else ""
    return ("[metadata]\n" + metadata + "[rule]\n" + "\n".join(lines) + "\n" + threat).encode()


def written(folder: Path, files: Files) -> Path:
    """The folder, with these files in it."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def zip_of(files: Files, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tar_of(files: Files, mode: str = "w") -> bytes:
    """A tar of these files, a tar.gz with the mode `w:gz`."""
    return tar_with([(tarfile.TarInfo(name), data) for name, data in files.items()], mode)


def tar_with(members: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w") -> bytes:
    """A tar of these members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for member, data in members:
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()
