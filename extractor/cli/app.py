"""The top command, and how errors end: one sentence on stderr and an exit code."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from extractor.cli import evals, models, prompts, workspace
from extractor.cli.run import run
from extractor.errors import ExtractError
from extractor.version import __version__

EPILOG = (
    "Exit codes: 0 all well · 1 an article failed or is partial · 2 usage · 3 an input cannot be "
    "read · 4 a schema or prompt is wrong · 5 the model cannot be used · 6 the output cannot be "
    "written · 130 interrupted."
)

app = typer.Typer(
    name="extract",
    help="Turn news articles into events and quotes that can be trusted.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(epilog=EPILOG)(run)
app.command()(workspace.check)
app.command()(workspace.init)
app.add_typer(evals.app, name="eval", help="Run over labelled articles, score, compare, hold.")
app.add_typer(prompts.app, name="prompts", help="Prompt versions: list, compare, lock, activate.")
app.add_typer(models.app, name="models", help="The embedded models: list, pull, path, remove.")


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"extract {__version__}")
        raise typer.Exit


@app.callback()
def top(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print and exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
) -> None:
    """Keep the options every command shares."""
    del version
    if debug:
        os.environ["EXTRACT_DEBUG"] = "1"


def main() -> None:
    """Run the command line."""
    try:
        app()
    except ExtractError as error:
        if os.environ.get("EXTRACT_DEBUG"):
            raise
        typer.echo(f"extract: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of the pipe has gone, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
