"""What the page says: a part per task and a part per article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from extractor.evaluation.alignment import Alignment, Outcome, Record
from extractor.evaluation.overlap import words
from extractor.evaluation.page.breakdown import LabelField, LengthRow, label_fields, length_rows
from extractor.evaluation.page.history import Chart, Recorded, baselines, charts, models
from extractor.evaluation.page.pairings import Found, Pairing, pairings, stretches
from extractor.evaluation.page.segments import Segment, segments
from extractor.evaluation.report import Report
from extractor.evaluation.scores import ArticleRow, Scored, article_rows
from extractor.prompt_lock import Lock
from extractor.records import Article


@dataclass(frozen=True)
class TaskPart:
    """What the page says of one task."""

    name: str
    prompt: str
    report: Report
    labels: tuple[LabelField, ...]
    lengths: tuple[LengthRow, ...]
    recorded: tuple[Recorded, ...]
    """The baselines, then the run itself; () when there is no baseline."""
    models: tuple[str, ...]
    """Those of `recorded`, in the order of the charts' markers."""
    charts: tuple[Chart, ...]
    """The anchors by overlap first."""


@dataclass(frozen=True)
class ArticlePart:
    """What the page says of one article."""

    number: int
    """Counted from 1, the worst first; part of the ids within the page."""
    article: Article
    words: int
    scores: Mapping[int, ArticleRow]
    """By the position of the task, ascending; only tasks that it is labelled for."""
    segments: tuple[Segment, ...]
    pairings: tuple[Pairing, ...]
    record: Record | None
    """What the run wrote of it; of several repeats the first."""

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of its tasks and repeats."""
        order: tuple[Outcome, ...] = ("missing", "failed", "partial", "ok")
        return min((row.outcome for row in self.scores.values()), key=order.index)

    def count(self, task: int, found: Found) -> int:
        """Count the pairings of a task that ended so."""
        return sum((one.task, one.found) == (task, found) for one in self.pairings)


def task_parts(scored: Scored, lock: Lock) -> tuple[TaskPart, ...]:
    """Make the part of every task of a run."""
    return tuple(_task_part(scored, lock, task) for task in scored.alignments)


def _task_part(scored: Scored, lock: Lock, task: str) -> TaskPart:
    told, made, schema = scored.run.manifest, scored.reports[task], scored.schemas[task]
    recorded = baselines(lock, task, told.suite, scored.suite.sha256)
    if recorded:
        recorded = (*recorded, _this_run(scored, task))
    joint = [row.metric for row in made.rows if row.metric.headline and row.metric.measure == "f1"]
    return TaskPart(
        name=task,
        prompt=told.prompts[task].id,
        report=made,
        labels=label_fields(scored.alignments[task], schema, made),
        lengths=length_rows(scored.alignments[task][0], scored.tallies[task]),
        recorded=recorded,
        models=models(recorded),
        charts=charts(recorded, [metric.name for metric in joint]),
    )


def _this_run(scored: Scored, task: str) -> Recorded:
    told, rows = scored.run.manifest, scored.reports[task].rows
    return Recorded(
        version=told.prompts[task].id.partition("@")[2],
        model=told.model,
        recorded=told.started.date(),
        scores={row.metric.name: row.score for row in rows if row.score is not None},
        current=True,
        this_run=True,
    )


def article_parts(scored: Scored, records: Mapping[str, Record]) -> tuple[ArticlePart, ...]:
    """Make the part of every article: by its worst F1, then its mean, then its id.

    `records` are those of the first repeat, by article id.
    """
    tasks = tuple(scored.alignments)
    rows = {
        (task, row.id): row
        for task in tasks
        for row in article_rows(scored.tallies[task], scored.schemas[task])
    }
    aligned = {(task, one.article_id): one for task in tasks for one in scored.alignments[task][0]}

    def rank(article: str) -> tuple[float, float, str]:
        scores = [rows[task, article].overlap for task in tasks if (task, article) in rows]
        return min(scores), fmean(scores), article

    articles = {fixture.article.id: fixture.article for fixture in scored.suite.fixtures}
    return tuple(
        _article_part(
            scored,
            (number, articles[name], records.get(name)),
            {task: aligned[task, name] for task in tasks if (task, name) in aligned},
            {at: rows[task, name] for at, task in enumerate(tasks) if (task, name) in rows},
        )
        for number, name in enumerate(sorted({name for _, name in rows}, key=rank), start=1)
    )


def _article_part(
    scored: Scored,
    of: tuple[int, Article, Record | None],
    aligned: Mapping[str, Alignment],
    scores: Mapping[int, ArticleRow],
) -> ArticlePart:
    number, article, record = of
    paired = pairings(
        {
            position: (aligned[task], schema)
            for position, (task, schema) in enumerate(scored.schemas.items())
            if task in aligned
        }
    )
    return ArticlePart(
        number=number,
        article=article,
        words=len(words(article.text).starts),
        scores=scores,
        segments=segments(article.text, stretches(paired, tuple(scored.schemas.values()))),
        pairings=paired,
        record=record,
    )
