"""`extract prompts`: versions, their baselines, and which one is active."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli.eval_group import EPILOG, LockGroup, Named, Root, Version

if TYPE_CHECKING:
    from extractor.evaluation.activation import Trial
    from extractor.prompt_lock import Lock
    from extractor.workspace import Workspace

app = typer.Typer(cls=LockGroup, no_args_is_help=True, epilog=EPILOG)


@app.command("list")
def list_prompts(workspace: Root = None) -> None:
    """List the versions: for which models they are active, their state, their last scores."""
    from extractor.cli.tables import plain_table, print_table
    from extractor.prompt_lock import lock_path, read_lock
    from extractor.workspace import open_workspace, read_active

    opened = open_workspace(workspace)
    lock = read_lock(lock_path(opened))
    rules = read_active(opened.folder("prompts") / "active.toml").models
    table = plain_table("", "prompt", "active for", "state", "baseline", "scores")
    for task in opened.tasks:
        for version in opened.versions(task):
            active = ", ".join(r.match for r in rules if r.versions.get(task) == version)
            prompt = f"{task}@{version}"
            first, *more = list(_baselines(opened, lock, prompt)) or [("–", "")]
            table.add_row(prompt, active or "–", _state(opened, lock, task, version), *first)
            for row in more:
                table.add_row("", "", "", *row)
    print_table(table)


def _state(workspace: Workspace, lock: Lock, task: str, version: str) -> str:
    """Say whether a version may still be edited, and whether it was though it may not."""
    from extractor.errors import LockError
    from extractor.prompt_lock import verify_prompt

    entry = lock.prompts.get(f"{task}@{version}")
    if entry is None or not entry.frozen:
        return "draft"
    try:
        verify_prompt(workspace.prompt(task, version), workspace.schema(task), lock)
    except LockError:
        return "frozen, but EDITED"
    return "frozen"


def _baselines(workspace: Workspace, lock: Lock, prompt: str) -> Iterator[tuple[str, str]]:
    """Yield suite, model and day of the last baseline of each, and its scores of the anchor."""
    entry = lock.prompts.get(prompt)
    anchor = workspace.schema(prompt.partition("@")[0]).anchor
    latest = {(b.suite, b.model): b for b in (entry.baselines if entry else ())}
    for (suite, model), baseline in sorted(latest.items()):
        scores = [
            f"{name} {baseline.scores[name]:.3f}"
            for name in (f"{anchor}.overlap", f"{anchor}.exact")
            if name in baseline.scores
        ]
        yield f"{suite}, {model}, {baseline.recorded}", " · ".join(scores)


@app.command()
def show(prompt: Version, workspace: Root = None) -> None:
    """Print the messages a version sends for a fixed probe article."""
    from extractor.prompt_lock import probe
    from extractor.prompt_versions import split_id, version_path
    from extractor.workspace import open_workspace

    opened = open_workspace(workspace)
    version_path(opened, prompt)
    for message in probe(opened.prompt(*split_id(prompt))):
        typer.echo(f"--- {message.role} ---\n{message.content}")


@app.command()
def diff(a: Version, b: Version, workspace: Root = None) -> None:
    """Print how the file of B differs from that of A, as a unified diff."""
    from extractor.prompt_versions import diff_versions
    from extractor.workspace import open_workspace

    for line in diff_versions(open_workspace(workspace), a, b):
        typer.echo(line.rstrip("\n"))


@app.command()
def new(
    prompt: Version,
    old: Annotated[str, typer.Option("--from", metavar="TASK@VERSION", help="What to copy.")],
    workspace: Root = None,
) -> None:
    """Make a version as a copy of another, to be edited; it is a draft until it has a baseline."""
    from extractor.evaluation.suites import writable
    from extractor.prompt_versions import copy_version
    from extractor.workspace import open_workspace

    opened = open_workspace(workspace)
    writable(opened, "prompts")
    typer.echo(copy_version(opened, prompt, old))


@app.command(epilog=EPILOG)
def lock(named: Named, workspace: Root = None) -> None:
    """Record a complete run as the baseline of its prompt versions, which freezes them."""
    from extractor.evaluation.baselines import lock_run
    from extractor.evaluation.runs import find_run
    from extractor.evaluation.scores import score_run
    from extractor.evaluation.suites import open_suite
    from extractor.workspace import open_workspace

    opened = open_workspace(workspace)
    run = find_run(opened, named)
    scored = score_run(opened, run, open_suite(opened, run.manifest.suite))
    today = dt.datetime.now(dt.UTC).date()
    for prompt in lock_run(opened, scored, today):
        told = run.manifest
        typer.echo(f"{prompt} is frozen: its baseline is that of {told.model} on {told.suite}.")


@app.command(epilog=EPILOG)
def activate(
    prompt: Version,
    match: Annotated[
        str | None,
        typer.Option(help="Pattern of model names. [default: the rule of its baselines' model]"),
    ] = None,
    suite: Annotated[list[str] | None, typer.Option(help="Repeatable. [default: dev]")] = None,
    allow_regression: Annotated[
        str | None, typer.Option(metavar="REASON", help="Do it nonetheless; kept in the lock.")
    ] = None,
    workspace: Root = None,
) -> None:
    """Make a version the active one, if its baseline holds against that of the one it replaces.

    Refused: no baseline on the present labels, a headline metric that is worse, or an overlap score
    of the anchors that is lower by more than 0.02.
    """
    from extractor.evaluation.activation import activate as write
    from extractor.evaluation.activation import decide
    from extractor.evaluation.suites import open_suite
    from extractor.workspace import open_workspace

    opened = open_workspace(workspace)
    suites = [open_suite(opened, name) for name in suite or ["dev"]]
    decision = decide(opened, prompt, suites, match)
    for trial in decision.trials:
        _print_trial(trial)
    write(opened, decision, dt.datetime.now(dt.UTC).date(), allow_regression)
    typer.echo(f"{prompt} is active for {decision.match}.")


def _print_trial(trial: Trial) -> None:
    from extractor.cli.tables import print_table
    from extractor.evaluation.table import comparison_table

    if trial.comparison is not None:
        typer.echo(f"{trial.suite}, {trial.model}: A is {trial.replaced}")
        print_table(comparison_table(trial.comparison))
