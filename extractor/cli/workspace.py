"""`extract init` and `extract check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractor.errors import WorkspaceError


def init(
    directory: Annotated[Path, typer.Argument(help="Directory to make a workspace of.")],
    *,
    force: Annotated[bool, typer.Option(help="Overwrite files of the same name.")] = False,
) -> None:
    """Copy the built-in schemas, prompts and evals into a directory, to be changed there."""
    from extractor.workspace import init as copy

    for folder in copy(directory, force=force):
        typer.echo(folder)


def check(
    directory: Annotated[Path | None, typer.Argument(help="The workspace to check.")] = None,
) -> None:
    """List every fault of schemas, prompts and lock, one a line; exit code 4 if there is any."""
    from extractor.prompt_lock import verify
    from extractor.workspace import check as examine
    from extractor.workspace import open_workspace

    faults = examine(directory) + verify(open_workspace(directory))
    for fault in faults:
        typer.echo(fault)
    if faults:
        raise typer.Exit(WorkspaceError.exit_code)
