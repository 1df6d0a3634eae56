"""`extract eval`: run over labelled articles, score, compare, hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli import gates, labelling
from extractor.cli.eval_group import EPILOG, LockGroup, Named, Root
from extractor.errors import UsageError

if TYPE_CHECKING:
    from extractor.evaluation.counting import Tally
    from extractor.evaluation.running import Order, Source
    from extractor.evaluation.runs import Run
    from extractor.evaluation.scores import Scored
    from extractor.workspace import Workspace

app = typer.Typer(cls=LockGroup, no_args_is_help=True, epilog=EPILOG)
app.command(epilog=EPILOG)(gates.gate)
app.command()(gates.record)
app.command()(labelling.check)
app.command()(labelling.draft)
app.command("import")(labelling.import_)

Suite = Annotated[str, typer.Option(help="A folder of evals/fixtures or evals/imported.")]
INCOMPLETE = 4


@app.command(epilog=EPILOG)
def run(
    suite: Suite = "dev",
    model: Annotated[
        str | None,
        typer.Option(help="As for `extract run`. [default: local/default]", envvar="EXTRACT_MODEL"),
    ] = None,
    prompt: Annotated[
        list[str] | None, typer.Option(metavar="TASK@VERSION", help="Repeatable.")
    ] = None,
    tasks: Annotated[
        str | None, typer.Option(help="[default: all the suite is labelled for]")
    ] = None,
    repeat: Annotated[int, typer.Option(min=1, help="Ask everything so many times.")] = 1,
    replay: Annotated[
        str | None,
        typer.Option(
            metavar="RUN_OR_RECORDING", help="Take every answer from there; ask no model."
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="The first articles only.")] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the run. [default: by the time]")
    ] = None,
    workspace: Root = None,
) -> None:
    """Ask about every article of a suite, keep all answers, and print the scores.

    Interrupted, it is taken up again with the same --name: only the rest is asked for.
    """
    from extractor.cli.run import split, versions
    from extractor.evaluation.running import Order, begin, default_name
    from extractor.evaluation.runs import runs_folder
    from extractor.evaluation.suites import open_suite
    from extractor.workspace import open_workspace

    opened = open_workspace(workspace)
    order = Order(open_suite(opened, suite), split(tasks), versions(prompt or []), repeat, limit)
    source = _source(opened, model, replay)
    folder = runs_folder(opened) / (name or default_name(order, source.name))
    begun = begin(opened, folder, order, source)
    finished = _finish(opened, begun, order, source)
    code = _print_scores(opened, finished)
    _print_spent(finished)
    raise typer.Exit(code)


def _source(workspace: Workspace, model: str | None, replay: str | None) -> Source:
    """Open the model, or the recording that stands for it."""
    if replay is not None:
        from extractor.evaluation.recordings import find_recording

        recording = find_recording(workspace, replay)
        if model is not None and model != recording.name:
            raise UsageError(f"{replay} holds answers of {recording.name}; leave --model out.")
        return recording
    from extractor.llm.providers import open_model

    return open_model(model or "local/default")


def _finish(workspace: Workspace, run: Run, order: Order, source: Source) -> Run:
    """Ask for what the run lacks, with progress; an interruption keeps what is finished."""
    from extractor.cli.progress import progress
    from extractor.evaluation.running import finish
    from extractor.evaluation.runs import Run, read_manifest

    whole = len(run.manifest.articles) * run.manifest.repeats
    typer.echo(f"extract: run {run.name}", err=True)
    try:
        with progress() as bar:
            done = sum(map(len, run.records().values()))
            for _ in finish(workspace, run, order.suite, source):
                done += 1
                bar(f"{done} of {whole} articles")
    except KeyboardInterrupt:
        typer.echo(f"extract: interrupted; go on with --name {run.name}.", err=True)
        raise typer.Exit(130) from None
    return Run(run.folder, read_manifest(run.folder))


def _scored(workspace: Workspace, run: Run) -> Scored:
    from extractor.evaluation.scores import score_run
    from extractor.evaluation.suites import open_suite

    return score_run(workspace, run, open_suite(workspace, run.manifest.suite))


def _print_scores(
    workspace: Workspace, run: Run, *, articles: bool = False, as_json: bool = False
) -> int:
    """Print the scores of a run; return the exit code: 4 when articles are missing."""
    from extractor.cli.tables import article_table, print_table
    from extractor.evaluation.scores import article_rows
    from extractor.evaluation.scores import as_json as in_json
    from extractor.evaluation.table import score_table

    scored = _scored(workspace, run)
    if as_json:
        typer.echo(json.dumps(in_json(scored, articles=articles), indent=2, ensure_ascii=False))
    else:
        _print_head(scored)
        for task, report in scored.reports.items():
            print_table(score_table(report))
            if articles:
                print_table(
                    article_table(task, article_rows(scored.tallies[task], scored.schemas[task]))
                )
    missing = run.missing()
    if missing:
        named = ", ".join(missing)
        typer.echo(f"extract: {run.name} lacks {len(missing)} articles: {named}.", err=True)
    return INCOMPLETE if missing else 0


def _print_head(scored: Scored) -> None:
    """Say what was run, and what a reader of the scores should know."""
    told = scored.run.manifest
    prompts = ", ".join(used.id for used in told.prompts.values())
    typer.echo(f"{scored.run.name}: {told.suite}, {told.model}, {prompts}")
    if scored.relabelled:
        typer.echo("The labels changed since the run; these are its scores on the present ones.")
    failed = {article for report in scored.reports.values() for article in report.failed}
    if failed:
        typer.echo(f"Failed, all their gold missed: {', '.join(sorted(failed))}.")
    missing = scored.run.missing()
    if missing:
        typer.echo(f"Missing, all their gold missed: {', '.join(missing)}.")
    typer.echo("")


def _print_spent(run: Run) -> None:
    """Print what a run took."""
    from extractor.evaluation.scores import spent

    took = spent(run)
    tokens = took.usage.prompt_tokens + took.usage.completion_tokens
    cost = "cost unknown" if took.cost_usd is None else f"${took.cost_usd:.4f}"
    articles = len(run.manifest.articles) * run.manifest.repeats
    typer.echo(
        f"{articles} articles · {took.seconds:.0f} s · {tokens:,} tokens "
        f"({took.usage.requests} requests) · {cost} · run {run.name}"
    )


@app.command(epilog=EPILOG)
def score(
    named: Named,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, unrounded.")] = False,
    articles: Annotated[bool, typer.Option("--articles", help="Also article by article.")] = False,
    workspace: Root = None,
) -> None:
    """Score a run again: no model is asked, and the same run gives the same bytes."""
    from extractor.evaluation.runs import find_run
    from extractor.workspace import open_workspace

    opened = open_workspace(workspace)
    found = find_run(opened, named)
    raise typer.Exit(_print_scores(opened, found, articles=articles, as_json=as_json))


@app.command(epilog=EPILOG)
def compare(
    a: Annotated[str, typer.Argument(help="A run, or a prompt version TASK@VERSION.")],
    b: Annotated[str, typer.Argument(help="What is compared with it.")],
    suite: Suite = "dev",
    model: Annotated[
        str, typer.Option(help="Whose baseline of a prompt version. [default: local/default]")
    ] = "local/default",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, unrounded.")] = False,
    workspace: Root = None,
) -> None:
    """Compare B with A on the same articles; exit code 1 if B is worse in a headline metric."""
    from extractor.cli.tables import print_table
    from extractor.evaluation.comparison import compare as compare_tallies
    from extractor.evaluation.table import comparison_table
    from extractor.workspace import open_workspace

    opened = open_workspace(workspace)
    one, other = (_tallies(opened, side, suite, model) for side in (a, b))
    both = [task for task in one if task in other]
    if not both:
        raise UsageError(
            f"{a} is of {', '.join(one)}, {b} of {', '.join(other)}: nothing to compare."
        )
    compared = [compare_tallies(one[task], other[task]) for task in both]
    if as_json:
        typer.echo(json.dumps([each.model_dump(mode="json") for each in compared], indent=2))
    else:
        typer.echo(f"A {a}\nB {b}\n")
        for each in compared:
            print_table(comparison_table(each))
    raise typer.Exit(1 if any(each.worse for each in compared) else 0)


def _tallies(
    workspace: Workspace, side: str, suite: str, model: str
) -> Mapping[str, tuple[Tally, ...]]:
    """Read the counts of a run, or of the baseline of a prompt version, per task."""
    from extractor.evaluation.baselines import read_counts
    from extractor.evaluation.running import known_model
    from extractor.evaluation.runs import find_run
    from extractor.evaluation.scores import require_complete
    from extractor.evaluation.suites import open_suite

    task, at, _ = side.partition("@")
    if at and task in workspace.tasks and not Path(side).exists():
        opened = open_suite(workspace, suite)
        return {task: read_counts(workspace, side, opened, known_model(model)[0])}
    run = find_run(workspace, side)
    require_complete(run)
    return _scored(workspace, run).tallies


@app.command()
def show(
    named: Named,
    article: Annotated[
        str | None, typer.Option(help="Gold and predicted of one article, side by side.")
    ] = None,
    worst: Annotated[int, typer.Option(min=0, help="How many of the worst articles.")] = 10,
    html: Annotated[
        Path | None, typer.Option(help="Write one self-contained page here instead.")
    ] = None,
    workspace: Root = None,
) -> None:
    """Look at a run: its scores and worst articles, or one article's gold beside what was found."""
    from extractor.cli.tables import article_table, pair_tables, print_table
    from extractor.evaluation.runs import find_run
    from extractor.evaluation.scores import article_rows
    from extractor.evaluation.table import score_table
    from extractor.workspace import open_workspace

    opened = open_workspace(workspace)
    scored = _scored(opened, find_run(opened, named))
    if html is not None:
        from extractor.evaluation.page import write_page
        from extractor.prompt_lock import lock_path, read_lock

        write_page(scored, read_lock(lock_path(opened)), html)
        typer.echo(html)
        return
    if article is not None:
        for table in pair_tables(scored, article):
            print_table(table)
        return
    _print_head(scored)
    for task, report in scored.reports.items():
        print_table(score_table(report))
        rows = article_rows(scored.tallies[task], scored.schemas[task])[:worst]
        print_table(article_table(f"{task}: the worst articles", rows))
