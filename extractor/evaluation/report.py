"""The scores of a run, with intervals and what they are made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extractor.evaluation.alignment import Outcome
from extractor.evaluation.comparison import number
from extractor.evaluation.counting import Tally
from extractor.evaluation.scoring import Metric, precision, recall, score
from extractor.evaluation.statistics import intervals, sample, totals
from extractor.records import Frozen


class ScoreRow(Frozen):
    """One metric of a run, micro over its articles; unrounded, None where it is no number."""

    metric: Metric
    score: float | None
    low: float | None
    high: float | None
    precision: float | None
    """None for a share, as is recall."""
    recall: float | None
    hits: float
    predicted: float
    support: float
    """Gold items, names or matches counted; not whole when repeats are averaged."""


class Report(Frozen):
    """The scores of one task over one suite."""

    task: str
    articles: int
    """The n of every row."""
    repeats: int
    rows: tuple[ScoreRow, ...]
    failed: tuple[str, ...]
    """Articles that failed in some repeat: all their gold is counted as missed."""
    missing: tuple[str, ...]
    """Articles without a record in some repeat: counted as missed, and the run is incomplete."""


def _named(repeats: Sequence[Tally], outcome: Outcome) -> tuple[str, ...]:
    """Name the articles that ended so in some repeat."""
    return tuple(sorted({article for tally in repeats for article in tally.ids(outcome)}))


def report(repeats: Sequence[Tally]) -> Report:
    """Score the repeats of a run; rows that explain but have no support are left out.

    Raises: UsageError, when there is none, or they are not of the same articles.
    """
    one = sample(repeats)
    counts, bounds = totals(one), intervals(one)
    values = np.array([score(counts, one.metrics), precision(counts), recall(counts), *bounds])
    rows = []
    for at, metric in enumerate(one.metrics):
        whole, p, r, low, high = (number(value) for value in values[:, at])
        hits, predicted, support = counts[at].tolist()
        both = (p, r) if metric.measure == "f1" else (None, None)
        rows.append(
            ScoreRow(
                metric=metric,
                score=whole,
                low=low,
                high=high,
                precision=both[0],
                recall=both[1],
                hits=hits,
                predicted=predicted,
                support=support,
            )
        )
    return Report(
        task=one.task,
        articles=len(one.articles),
        repeats=one.repeats,
        rows=tuple(row for row in rows if row.metric.headline or row.support),
        failed=_named(repeats, "failed"),
        missing=_named(repeats, "missing"),
    )
