"""Show how far a download is: a bar on a terminal, one line anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int], None]
"""Takes the number of bytes there are by now."""


@contextmanager
def shown(title: str, total_bytes: int) -> Iterator[Advance]:
    """Show a download on stderr while it lasts."""
    if not sys.stderr.isatty():
        sys.stderr.write(f"{title} ({total_bytes / 1e6:.0f} MB, once) ...\n")
        yield lambda _: None
        return
    from rich.console import Console  # late: only a terminal needs it
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(title), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(title, total=total_bytes)
        yield lambda done: progress.update(bar, completed=min(done, total_bytes))
