"""Two scored runs on the same articles, metric by metric."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from extractor.errors import UsageError
from extractor.evaluation.counting import Tally
from extractor.evaluation.scoring import Metric, score
from extractor.evaluation.statistics import (
    Sample,
    Verdict,
    difference_intervals,
    p_values,
    sample,
    totals,
    verdict,
)
from extractor.records import Frozen


class Difference(Frozen):
    """One metric of A and B; None where a score is no number."""

    metric: Metric
    a: float | None
    b: float | None
    difference: float | None
    """B − A."""
    low: float | None
    high: float | None
    p: float
    verdict: Verdict


class Comparison(Frozen):
    """B against A over the headline metrics both have."""

    task: str
    articles: int
    """The n of every row."""
    repeats: tuple[int, int]
    rows: tuple[Difference, ...]

    @property
    def worse(self) -> tuple[Difference, ...]:
        """The metrics in which B is worse."""
        return tuple(row for row in self.rows if row.verdict == "worse")


def number(value: float) -> float | None:
    """Return a score as it is reported: None for one that is no number."""
    return None if math.isnan(value) else float(value)


def _check_same(a: Sample, b: Sample) -> None:
    """Raise UsageError unless both are of the same task, articles and gold."""
    if a.task != b.task:
        raise UsageError(f"A is of {a.task}, B of {b.task}: compare runs of one task.")
    for name, one, other in (("A", a, b), ("B", b, a)):
        missing = sorted(set(other.articles) - set(one.articles))
        if missing:
            raise UsageError(f"{name} lacks the articles {', '.join(missing)}: run it on them.")
    pairs = zip(a.articles, a.gold_sha256, b.gold_sha256, strict=True)
    edited = [article for article, one, other in pairs if one != other]
    if edited:
        raise UsageError(f"The labels changed between A and B: {', '.join(edited)}. Score again.")


def compare(a: Sequence[Tally], b: Sequence[Tally]) -> Comparison:
    """Compare the repeats of run B with those of run A, paired by article.

    Raises: UsageError, naming the articles that one of them lacks or whose gold differs.
    """
    one, other = sample(a), sample(b)
    _check_same(one, other)
    shared = [metric for metric in one.metrics if metric.headline and metric in other.metrics]
    one, other = one.pick(shared), other.pick(shared)
    low, high = difference_intervals(one, other)
    p = p_values(one, other)
    scores = np.array([score(totals(one), shared), score(totals(other), shared)])
    rows = [
        Difference(
            metric=metric,
            a=number(scores[0, at]),
            b=number(scores[1, at]),
            difference=number(scores[1, at] - scores[0, at]),
            low=number(low[at]),
            high=number(high[at]),
            p=float(p[at]),
            verdict=verdict(low[at], high[at], p[at]),
        )
        for at, metric in enumerate(shared)
    ]
    return Comparison(
        task=one.task,
        articles=len(one.articles),
        repeats=(one.repeats, other.repeats),
        rows=tuple(rows),
    )
