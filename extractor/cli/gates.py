"""`extract eval gate` and `record`: what CI and pre-commit hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli.eval_group import Named, Root
from extractor.errors import UsageError

if TYPE_CHECKING:
    from extractor.evaluation.gate import Gate
    from extractor.workspace import Workspace

REGRESSION = 1


def gate(
    suite: Annotated[
        list[str] | None, typer.Option(help="Repeatable. [default: all of evals/fixtures]")
    ] = None,
    run: Annotated[
        list[str] | None,
        typer.Option(metavar="RUN", help="Hold a live run to its floors, too; repeatable."),
    ] = None,
    model: Annotated[str, typer.Option(help="The model whose prompts are held.")] = "local/default",
    workspace: Root = None,
) -> None:
    """Hold the active prompts to their lock, their baselines and their recorded answers.

    No model is asked: the recordings in evals/recordings are replayed through the present code. A
    live run, given by --run, is held to its baseline less the margin of evals/floors.toml.
    """
    from extractor.evaluation.gate import Gate, require_lock
    from extractor.evaluation.running import known_model
    from extractor.evaluation.suites import own_suites
    from extractor.workspace import open_workspace

    opened = open_workspace(workspace)
    require_lock(opened)
    held = Gate(opened, *known_model(model))
    suites = tuple(suite or own_suites(opened))
    if not suites:
        raise UsageError("There is no suite to hold: evals/fixtures is empty.")
    faults = [fault for name in suites for fault in _replayed(opened, held, name)]
    faults += [fault for name in run or () for fault in _live(opened, held, name)]
    for fault in faults:
        typer.echo(f"extract: {fault}", err=True)
    if faults:
        raise typer.Exit(REGRESSION)
    typer.echo(f"The gate holds for {held.model} on {', '.join(suites)}.")


def _replayed(workspace: Workspace, held: Gate, suite: str) -> list[str]:
    from extractor.evaluation.suites import open_suite

    return list(held.replayed(open_suite(workspace, suite)))


def _live(workspace: Workspace, held: Gate, named: str) -> list[str]:
    from extractor.evaluation.runs import find_run
    from extractor.evaluation.scores import score_run
    from extractor.evaluation.suites import open_suite

    run = find_run(workspace, named)
    scored = score_run(workspace, run, open_suite(workspace, run.manifest.suite))
    return list(held.live(scored))


def record(
    named: Named,
    add: Annotated[
        bool, typer.Option("--add", help="Keep earlier answers: several versions in one recording.")
    ] = False,
    workspace: Root = None,
) -> None:
    """Keep the answers of a run in evals/recordings, to be replayed by the gate."""
    from extractor.evaluation.recordings import record as keep
    from extractor.evaluation.runs import find_run
    from extractor.workspace import open_workspace

    opened = open_workspace(workspace)
    typer.echo(keep(opened, find_run(opened, named), add=add))
