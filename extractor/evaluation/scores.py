"""A run against its fixtures: pure, so the same run and labels give the same scores for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from extractor.errors import WorkspaceError
from extractor.evaluation.alignment import Alignment, Outcome, align_all
from extractor.evaluation.comparison import number
from extractor.evaluation.counting import Tally, tally
from extractor.evaluation.report import Report, report
from extractor.evaluation.runs import Run
from extractor.evaluation.scoring import precision, recall, score
from extractor.evaluation.statistics import Sample, sample, totals
from extractor.evaluation.suites import Suite
from extractor.records import Frozen, Usage
from extractor.schema import Schema
from extractor.workspace import Workspace


class ArticleRow(Frozen):
    """How one article of a run fared in one task, averaged over repeats."""

    id: str
    outcome: Outcome
    """The worst of its repeats."""
    overlap: float
    """F1 of the anchors."""
    exact: float
    precision: float
    recall: float
    gold: float
    predicted: float


@dataclass(frozen=True)
class Spent:
    """What a run cost, by its records."""

    usage: Usage
    cost_usd: float | None
    """None where no price is known."""
    seconds: float


@dataclass(frozen=True)
class Scored:
    """A run, and per task its alignments, one list a repeat."""

    run: Run
    suite: Suite
    """The whole suite as it is labelled now; the run may be of a part of it."""
    alignments: Mapping[str, tuple[tuple[Alignment, ...], ...]]
    schemas: Mapping[str, Schema]

    @cached_property
    def tallies(self) -> Mapping[str, tuple[Tally, ...]]:
        """The counts per task, one tally a repeat."""
        return {
            task: tuple(tally(aligned, self.schemas[task]) for aligned in repeats)
            for task, repeats in self.alignments.items()
        }

    @cached_property
    def reports(self) -> Mapping[str, Report]:
        """The scores per task."""
        return {task: report(tallies) for task, tallies in self.tallies.items()}

    @property
    def relabelled(self) -> bool:
        """Whether the suite changed since the run began."""
        return self.suite.sha256 != self.run.manifest.fixtures_sha256


def score_run(workspace: Workspace, run: Run, suite: Suite) -> Scored:
    """Align a run with its suite, whose labels may have been corrected since.

    Raises: UsageError, when the suite has no article of that id any more; WorkspaceError, when an
        article's text changed.
    """
    told, records = run.manifest, run.records()
    asked = suite.only(told.articles)
    schemas = {task: workspace.schema(task) for task in told.prompts}
    alignments = {
        task: tuple(
            align_all(asked.fixtures, records.get(repeat, {}).values(), schema)
            for repeat in range(1, told.repeats + 1)
        )
        for task, schema in schemas.items()
    }
    return Scored(run, suite, alignments, schemas)


def spent(run: Run) -> Spent:
    """Add up what the records of a run say of tokens and cost."""
    infos = [record["run"] for records in run.records().values() for record in records.values()]
    usage = sum((Usage.model_validate(told["usage"]) for told in infos), Usage())
    costs = [told["cost_usd"] for told in infos]
    cost = None if None in costs else sum(costs)
    return Spent(usage, cost, run.manifest.seconds)


def headline_scores(tallies: Sequence[Tally]) -> dict[str, float]:
    """Score the headline metrics of the repeats of a run; those that are no number are left out."""
    one = sample(tallies)
    scores = score(totals(one), one.metrics).tolist()
    named = zip(one.metrics, scores, strict=True)
    return {m.name: s for m, s in named if m.headline and number(s) is not None}


def article_rows(tallies: Sequence[Tally], schema: Schema) -> tuple[ArticleRow, ...]:
    """Score the articles of a run one by one, the worst first, then by id."""
    one = sample(tallies)
    names = [metric.name for metric in one.metrics]
    at = [names.index(f"{schema.anchor}.{kind}") for kind in ("overlap", "exact")]
    rows = [_row(one, tallies, position, at) for position in range(len(one.articles))]
    return tuple(sorted(rows, key=lambda row: (row.overlap, row.exact, row.id)))


def _row(one: Sample, tallies: Sequence[Tally], position: int, at: Sequence[int]) -> ArticleRow:
    counts = one.counts[position, at]
    overlap, exact = score(counts, [one.metrics[i] for i in at]).tolist()
    _, predicted, gold = counts[0].tolist()
    order: tuple[Outcome, ...] = ("missing", "failed", "partial", "ok")
    outcomes = {each.articles[position].outcome for each in tallies}
    return ArticleRow(
        id=one.articles[position],
        outcome=next(outcome for outcome in order if outcome in outcomes),
        overlap=overlap,
        exact=exact,
        precision=float(precision(counts[0])),
        recall=float(recall(counts[0])),
        gold=gold,
        predicted=predicted,
    )


def as_json(scored: Scored, *, articles: bool = False) -> dict[str, Any]:
    """Write the scores of a run as plain JSON; unrounded, and the same for the same run."""
    told = scored.run.manifest
    tasks: dict[str, Any] = {}
    for task, made in scored.reports.items():
        tasks[task] = made.model_dump(mode="json")
        if articles:
            rows = article_rows(scored.tallies[task], scored.schemas[task])
            tasks[task]["by_article"] = [row.model_dump(mode="json") for row in rows]
    return {
        "run": scored.run.name,
        "suite": told.suite,
        "model": told.model,
        "prompts": {task: used.id for task, used in told.prompts.items()},
        "fixtures_sha256": scored.suite.sha256,
        "relabelled": scored.relabelled,
        "missing": list(scored.run.missing()),
        "tasks": tasks,
    }


def require_complete(run: Run) -> None:
    """Raise WorkspaceError, naming the articles, unless there is a record of every one."""
    missing = run.missing()
    if missing:
        told = f"{run.name} is incomplete: {len(missing)} of {len(run.manifest.articles)} articles"
        raise WorkspaceError(
            f"{told} lack a record: {', '.join(missing)}. Run it again with --name {run.name}.",
            path=run.folder,
        )
