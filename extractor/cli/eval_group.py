"""What `extract eval` and `extract prompts` share: options, and the exit code of a broken lock."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from extractor.errors import LockError

LOCK_MISMATCH = 3
EPILOG = (
    "Exit codes: 0 holds · 1 a regression, or refused · 2 usage, or a faulty fixture in `eval "
    "check` · 3 a frozen prompt was edited or the lock is broken · 4 an incomplete run, a request "
    "no recording answers, a faulty file · 5 the model cannot be used · 6 the output cannot be "
    "written · 130 interrupted."
)

Root = Annotated[Path | None, typer.Option("--workspace", help="A folder made by `extract init`.")]
Named = Annotated[str, typer.Argument(metavar="RUN", help="A run's name or folder.")]
Version = Annotated[str, typer.Argument(metavar="TASK@VERSION", help="A prompt version.")]


class LockGroup(TyperGroup):
    """A group of commands for which a broken lock is an outcome of its own."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except LockError as error:
            if os.environ.get("EXTRACT_DEBUG"):
                raise
            typer.echo(f"extract: {error}", err=True)
            raise typer.Exit(LOCK_MISMATCH) from None
