"""What a load and its helper processes say to each other: values with their length before them."""

from __future__ import annotations

import marshal
from typing import IO, Any

_LENGTH = 8  # bytes


def send(stream: IO[bytes], value: Any) -> None:  # noqa: ANN401  any of these types
    """Write a value made of lists, tuples, texts, bytes and numbers. Raises OSError where nobody reads any more."""
    data = marshal.dumps(value)
    stream.write(len(data).to_bytes(_LENGTH) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:  # noqa: ANN401  what was sent
    """Read a value; raises EOFError where the other side has ended."""
    head = stream.read(_LENGTH)
    data = stream.read(int.from_bytes(head))
    if len(head) < _LENGTH or len(data) < int.from_bytes(head):
        raise EOFError
    # The other side is this program in the same version.
    return marshal.loads(data)  # noqa: S302
