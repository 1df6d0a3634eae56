"""One-to-one pairs of gold and predicted spans: the best there are, whatever their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from extractor.evaluation.overlap import Floats, similarity, trimmed
from extractor.records import Span
from extractor.schema import Role

Pair = tuple[int, int]
"""Position of a gold item, position of the predicted one matched to it."""
Agreement = Callable[[int, int], float]
"""How much else of a gold and a predicted item agrees, 0 to 1."""

THRESHOLDS: Mapping[Role, float] = MappingProxyType({"statement": 0.5, "verbatim": 0.3})
"""The least overlap of a match, by the role of the anchor.

Half for a clause. A name of one to six words matches its head (one word of three) and no less.
"""

_AGREEMENT_WEIGHT = 1e-9  # less than any difference of two overlaps of spans in one article

_ALONE = 2  # the pair itself, once in its row and once in its column


def _no_agreement(_gold: int, _predicted: int) -> float:
    return 0.0


def assign(overlap: Floats, threshold: float, agreement: Agreement = _no_agreement) -> list[Pair]:
    """Choose the pairs of a gold × predicted matrix of overlaps; sorted by gold.

    Only pairs with an overlap of at least `threshold`, and more than none, count. Most pairs first;
    among those the greatest total overlap, then the greatest agreement, then the earlier positions.

    Source: Kuhn 1955 (Hungarian method), as implemented by scipy.
    """
    from scipy.optimize import linear_sum_assignment  # late: keeps start-up short

    usable = (overlap >= threshold) & (overlap > 0)
    if not usable.any():
        return []
    bonus = 2.0 * (min(overlap.shape) + 1)  # one pair more outweighs any overlap
    worth = np.where(usable, overlap + bonus, 0.0)
    rivals = usable.sum(axis=0)[None, :] + usable.sum(axis=1)[:, None]
    for gold, predicted in np.argwhere(usable & (rivals > _ALONE)).tolist():
        worth[gold, predicted] += _AGREEMENT_WEIGHT * agreement(gold, predicted)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    chosen = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(gold, predicted) for gold, predicted in chosen if usable[gold, predicted]]


def match(
    text: str,
    gold: Sequence[Span],
    predicted: Sequence[Span],
    threshold: float,
    agreement: Agreement = _no_agreement,
) -> list[Pair]:
    """Match the spans of one text one to one by overlap; see `assign`."""
    return assign(similarity(text, gold, predicted), threshold, agreement)


def count_exact(text: str, gold: Sequence[Span], predicted: Sequence[Span]) -> int:
    """Count the most one-to-one pairs of spans that are equal when trimmed."""
    wanted = Counter(trimmed(text, span) for span in gold)
    return (wanted & Counter(trimmed(text, span) for span in predicted)).total()
