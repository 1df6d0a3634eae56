"""From counts to scores: precision, recall, F1 and shares.

Zero division: where there is no gold and no prediction, precision, recall and F1 are 1 (nothing was
to be found and nothing was); with one of the two empty they are 0. A share of nothing is not a
number: None in reports, and no better or worse than anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from extractor.evaluation.overlap import Floats
from extractor.records import Frozen

Measure = Literal["f1", "share"]


class Counts(NamedTuple):
    """What a score is made of; of a share, `predicted` equals `gold`, its support."""

    hits: int
    predicted: int
    gold: int


class Metric(Frozen):
    """A score by its stable name, such as `text.overlap` or `kind.given_match`."""

    name: str
    measure: Measure
    headline: bool = True
    """Whether two versions are compared by it; the others explain it."""


def _divide(part: Floats, whole: Floats, when_zero: Floats) -> Floats:
    """Divide element by element, with `when_zero` where the whole is 0."""
    ratio: Floats = np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), when_zero)
    return ratio


def precision(counts: Floats) -> Floats:
    """Return hits / predicted of counts (…, 3) as (…)."""
    nothing = np.where(counts[..., 2] > 0, 0.0, 1.0)
    return _divide(counts[..., 0], counts[..., 1], nothing)


def recall(counts: Floats) -> Floats:
    """Return hits / gold of counts (…, 3) as (…)."""
    nothing = np.where(counts[..., 1] > 0, 0.0, 1.0)
    return _divide(counts[..., 0], counts[..., 2], nothing)


def f1(counts: Floats) -> Floats:
    """Return the harmonic mean of precision and recall, 2 · hits / (predicted + gold).

    Source: van Rijsbergen 1979.
    """
    whole = counts[..., 1] + counts[..., 2]
    return _divide(2 * counts[..., 0], whole, np.ones_like(whole))


def share(counts: Floats) -> Floats:
    """Return hits / support of counts (…, 3) as (…); not a number without support."""
    return _divide(counts[..., 0], counts[..., 2], np.full_like(counts[..., 2], np.nan))


def score(counts: Floats, metrics: Sequence[Metric]) -> Floats:
    """Score summed counts, (…, metrics, 3) to (…, metrics): micro averages, by each measure."""
    shares = np.array([metric.measure == "share" for metric in metrics], dtype=bool)
    return np.where(shares, share(counts), f1(counts))
