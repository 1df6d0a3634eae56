"""Baselines: what a prompt version scored, kept so that later versions can be compared with it.

The lock says which versions have a baseline and their scores; the counts, from which a comparison
is made, stand in `evals/baselines/<suite>/<model>/<task>@<version>.jsonl`: a head, then one line
per article and repeat.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from extractor.errors import UsageError, WorkspaceError
from extractor.evaluation.counting import ArticleCounts, Tally
from extractor.evaluation.lines import line, read_lines, replace
from extractor.evaluation.scores import Scored, headline_scores, require_complete
from extractor.evaluation.scoring import Metric
from extractor.evaluation.suites import Suite, slug, writable
from extractor.prompt_lock import NAME as LOCK_NAME
from extractor.prompt_lock import Baseline, Lock, read_lock, record, write_lock
from extractor.records import Frozen
from extractor.workspace import Workspace


class Head(Frozen):
    """What the counts of a baseline are of."""

    prompt: str
    task: str
    suite: str
    model: str
    fixtures_sha256: str
    repeats: int
    metrics: tuple[Metric, ...]


class _Line(Frozen):
    repeat: int
    article: ArticleCounts


def counts_path(evals: Path, suite: str, model: str, prompt: str) -> Path:
    """Return where the counts of a version's latest baseline are."""
    return evals / "baselines" / slug(suite) / slug(model) / f"{prompt}.jsonl"


def latest(lock: Lock, prompt: str, suite: Suite, model: str) -> Baseline | None:
    """Return the last baseline of a version on a suite as it is labelled now, or None."""
    entry = lock.prompts.get(prompt)
    found = [
        baseline
        for baseline in (() if entry is None else entry.baselines)
        if (baseline.suite, baseline.model) == (suite.name, model)
        and baseline.fixtures_sha256 == suite.sha256
    ]
    return found[-1] if found else None


def read_counts(workspace: Workspace, prompt: str, suite: Suite, model: str) -> tuple[Tally, ...]:
    """Read the counts of a version's baseline, one tally a repeat.

    Raises: UsageError, when there is none, or it is of other labels; WorkspaceError.
    """
    path = counts_path(workspace.folder("evals"), suite.name, model, prompt)
    if not path.is_file():
        raise UsageError(no_baseline(prompt, suite, model))
    first, *lines = read_lines(path)
    try:
        head = Head.model_validate(first)
        rows = [_Line.model_validate(row) for row in lines]
    except ValidationError as error:
        raise WorkspaceError(f"{path} is no baseline: {error}", path=path) from error
    if head.fixtures_sha256 != suite.sha256:
        raise UsageError(
            f"The baseline of {prompt} is of other labels of {suite.name}. "
            + no_baseline(prompt, suite, model)
        )
    return tuple(
        Tally(
            task=head.task,
            metrics=head.metrics,
            articles=tuple(row.article for row in rows if row.repeat == repeat),
        )
        for repeat in range(1, head.repeats + 1)
    )


def no_baseline(prompt: str, suite: Suite, model: str) -> str:
    """Say that a baseline is lacking and how to record one."""
    return (
        f"{prompt} has no baseline of {model} on the present labels of {suite.name}: "
        f"`extract eval run --suite {suite.name} --model {model} --prompt {prompt}`, then "
        "`extract prompts lock RUN`."
    )


def require_baseline(lock: Lock, prompt: str, suite: Suite, model: str) -> Baseline:
    """Return a version's baseline. Raises: UsageError, saying how to record one."""
    found = latest(lock, prompt, suite, model)
    if found is None:
        raise UsageError(no_baseline(prompt, suite, model))
    return found


def _unfit(workspace: Workspace, scored: Scored) -> Iterator[str]:
    """Say why a run cannot be a baseline."""
    told = scored.run.manifest
    if scored.relabelled:
        yield f"the labels of {told.suite} changed since: run it again"
    if len(told.articles) < len(scored.suite.ids):
        yield f"it is limited to {len(told.articles)} articles: run the whole suite"
    for task, used in told.prompts.items():
        now, schema = workspace.prompt(task, _version(used.id)), workspace.schema(task)
        if now.sha256 != used.sha256:
            yield f"{now.path} changed since: run it again"
        if schema.sha256 != told.schemas[task]:
            yield f"{schema.path} changed since: run it again"


def _version(prompt: str) -> str:
    return prompt.partition("@")[2]


def lock_run(workspace: Workspace, scored: Scored, today: dt.date) -> tuple[str, ...]:
    """Record a run as the baseline of its prompt versions, which freezes them; return their ids.

    Raises: WorkspaceError for an incomplete run; UsageError, when the labels, a prompt or a schema
        changed since the run or it is of a part of the suite; LockError for an edited version.
    """
    require_complete(scored.run)
    unfit = list(_unfit(workspace, scored))
    if unfit:
        raise UsageError(f"{scored.run.name} cannot be a baseline: {'; '.join(unfit)}.")
    evals = writable(workspace, "evals")
    path = writable(workspace, "prompts") / LOCK_NAME
    told, lock = scored.run.manifest, read_lock(path)
    for task, used in told.prompts.items():
        prompt = workspace.prompt(task, _version(used.id))
        lock = record(lock, prompt, workspace.schema(task), _baseline(scored, task, today))
    for task, used in told.prompts.items():  # the counts first: the lock never names absent ones
        replace(counts_path(evals, told.suite, told.model, used.id), _counts(scored, task))
    write_lock(path, lock)
    return tuple(used.id for used in told.prompts.values())


def _baseline(scored: Scored, task: str, today: dt.date) -> Baseline:
    told = scored.run.manifest
    return Baseline(
        suite=told.suite,
        model=told.model,
        fixtures_sha256=told.fixtures_sha256,
        recorded=today,
        scores=headline_scores(scored.tallies[task]),
    )


def _counts(scored: Scored, task: str) -> bytes:
    """Write the counts of a task as the file that keeps them."""
    told, tallies = scored.run.manifest, scored.tallies[task]
    head = Head(
        prompt=told.prompts[task].id,
        task=task,
        suite=told.suite,
        model=told.model,
        fixtures_sha256=told.fixtures_sha256,
        repeats=told.repeats,
        metrics=tallies[0].metrics,
    )
    lines = [
        _Line(repeat=repeat, article=article)
        for repeat, tally in enumerate(tallies, start=1)
        for article in tally.articles
    ]
    return b"".join(line(each.model_dump(mode="json")) for each in (head, *lines))
