"""Intervals, differences and tests with the article as the unit of resampling.

Counts come as arrays of articles × metrics × (hits, predicted, gold); the repeats of a run are
averaged within the article first, so that they narrow no interval. No correction is made for
looking at many metrics.

Source: Efron & Tibshirani 1993 (percentile bootstrap); Bestgen 2022, Miller 2024 (articles as
units, paired differences); Good 2005 (paired permutation test).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from extractor.errors import UsageError
from extractor.evaluation.counting import Tally
from extractor.evaluation.overlap import Floats
from extractor.evaluation.scoring import Metric, score

SEED = 20_240_229
RESAMPLES = 2_000
PERMUTATIONS = 9_999
LEVEL = 0.95
SIGNIFICANT = 0.05

Verdict = Literal["better", "worse", "inconclusive"]

_BLOCK = 250  # resamples drawn at once: bounds the memory, not the result
_TOLERANCE = 1e-12  # differences this close are equal


@dataclass(frozen=True)
class Sample:
    """The counts of a run over a suite, averaged over its repeats."""

    task: str
    metrics: tuple[Metric, ...]
    articles: tuple[str, ...]
    """Ids, sorted."""
    gold_sha256: tuple[str, ...]
    counts: Floats
    """Articles × metrics × 3."""
    repeats: int

    def pick(self, metrics: Sequence[Metric]) -> Sample:
        """Return the sample with these of its metrics only, in this order."""
        at = [self.metrics.index(metric) for metric in metrics]
        return Sample(
            self.task,
            tuple(metrics),
            self.articles,
            self.gold_sha256,
            self.counts[:, at],
            self.repeats,
        )


def _counts(tally: Tally) -> Floats:
    rows = [
        [article.counts.get(metric.name, (0, 0, 0)) for metric in tally.metrics]
        for article in tally.articles
    ]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(tally.metrics), 3)


def _frame(tally: Tally) -> tuple[object, ...]:
    """Return what the repeats of one run must have in common."""
    gold = tuple((article.id, article.gold_sha256) for article in tally.articles)
    return tally.task, tally.metrics, gold


def sample(repeats: Sequence[Tally]) -> Sample:
    """Average the repeats of a run within each article.

    Raises: UsageError, when there is none, or they are not of the same articles and metrics.
    """
    if not repeats:
        raise UsageError("There is no scored run.")
    first = repeats[0]
    if any(_frame(other) != _frame(first) for other in repeats):
        raise UsageError("The repeats of a run must be of the same articles, gold and metrics.")
    return Sample(
        task=first.task,
        metrics=first.metrics,
        articles=tuple(article.id for article in first.articles),
        gold_sha256=tuple(article.gold_sha256 for article in first.articles),
        counts=np.mean([_counts(tally) for tally in repeats], axis=0),
        repeats=len(repeats),
    )


def _total(weights: Floats, counts: Floats) -> Floats:
    """Sum counts (articles, metrics, 3) under weights (draws, articles): (draws, metrics, 3)."""
    summed: Floats = np.tensordot(weights, counts, axes=1)
    return summed


def _blocks(draws: int) -> Iterator[int]:
    for start in range(0, draws, _BLOCK):
        yield min(_BLOCK, draws - start)


def _resample(
    articles: int, resamples: int, seed: int, scored: Callable[[Floats], Floats]
) -> Floats:
    """Score resamples of the articles; `scored` maps weights (draws, articles) to scores."""
    generator = np.random.default_rng(seed)
    even = np.full(articles, 1 / articles)
    drawn = [
        scored(generator.multinomial(articles, even, size=size).astype(np.float64))
        for size in _blocks(resamples)
    ]
    return np.concatenate(drawn)


def _percentiles(scores: Floats) -> Floats:
    """Return the interval of each column, (2, columns), over its numbers; nan without any."""
    tail = 100 * (1 - LEVEL) / 2
    columns = [column[~np.isnan(column)] for column in scores.T]
    bounds = [
        np.percentile(numbers, [tail, 100 - tail]) if numbers.size else [np.nan, np.nan]
        for numbers in columns
    ]
    return np.array(bounds, dtype=np.float64).reshape(-1, 2).T


def totals(one: Sample) -> Floats:
    """Sum the counts over the articles: metrics × 3."""
    summed: Floats = one.counts.sum(axis=0)
    return summed


def intervals(one: Sample, *, resamples: int = RESAMPLES, seed: int = SEED) -> Floats:
    """Return lower and upper bounds of every metric, (2, metrics): 95% percentile bootstrap.

    The same seed gives the same interval. Without articles, and for shares of nothing, the bounds
    are no numbers; one article gives an interval of no width, which says nothing.
    """
    if not one.articles:
        return np.full((2, len(one.metrics)), np.nan)
    scores = _resample(
        len(one.articles), resamples, seed, lambda w: score(_total(w, one.counts), one.metrics)
    )
    return _percentiles(scores)


def difference_intervals(
    a: Sample, b: Sample, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Floats:
    """Return bounds of B − A for every metric, (2, metrics), from resamples of the same articles.

    Both samples are of the same articles and metrics.
    """
    if not a.articles:
        return np.full((2, len(a.metrics)), np.nan)

    def difference(weights: Floats) -> Floats:
        scores = score(_total(weights, b.counts), b.metrics)
        return scores - score(_total(weights, a.counts), a.metrics)

    return _percentiles(_resample(len(a.articles), resamples, seed, difference))


def _swaps(articles: int, permutations: int, seed: int) -> Iterator[Floats]:
    """Yield blocks (draws, articles) of what to swap, 0 or 1: all ways if they are few."""
    if 2**articles <= permutations + 1:
        every = np.arange(2**articles)[:, None] >> np.arange(articles)[None, :]
        yield (every & 1).astype(np.float64)
        return
    generator = np.random.default_rng(seed)
    for size in _blocks(permutations):
        yield generator.integers(0, 2, size=(size, articles)).astype(np.float64)


def p_values(a: Sample, b: Sample, *, permutations: int = PERMUTATIONS, seed: int = SEED) -> Floats:
    """Return two-sided p of "A and B could be swapped in any article", for every metric.

    Exact where all ways to swap are fewer than `permutations`; else (1 + ways at least as far
    apart) / (1 + permutations). A difference that is no number counts as far apart: p is 1 then.
    """
    both = a.counts.sum(axis=0), b.counts.sum(axis=0)
    change = b.counts - a.counts
    observed = np.abs(score(both[1], b.metrics) - score(both[0], a.metrics)) - _TOLERANCE
    extreme, draws = np.zeros(len(a.metrics)), 0
    for swaps in _swaps(len(a.articles), permutations, seed):
        moved = _total(swaps, change)
        apart = np.abs(score(both[1] - moved, b.metrics) - score(both[0] + moved, a.metrics))
        extreme += (~(apart < observed)).sum(axis=0)
        draws += len(swaps)
    exact = 2 ** len(a.articles) <= permutations + 1
    p: Floats = extreme / draws if exact else (extreme + 1) / (draws + 1)
    return p


def verdict(low: float, high: float, p: float) -> Verdict:
    """Judge a difference: better or worse only if its interval excludes 0 and p is under 0.05."""
    if p < SIGNIFICANT and low > 0:
        return "better"
    if p < SIGNIFICANT and high < 0:
        return "worse"
    return "inconclusive"
