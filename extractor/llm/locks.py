"""A lock between processes that the system lets go of when its holder dies."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_POLL_S = 0.1


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`, waiting until no other process or thread does."""
    with path.open("ab") as file:
        while True:
            try:
                _take(file.fileno())
            except (BlockingIOError, PermissionError):
                time.sleep(_POLL_S)
            else:
                break
        yield
