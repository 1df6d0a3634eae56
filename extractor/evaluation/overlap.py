"""How much two spans of one text have in common, counted in words.

A word is a run of word characters, and every character of a script that writes no spaces. A span
has the words it holds at least one code point of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import regex
from numpy.typing import NDArray

from extractor.fold import DOUBLE_MARKS, SINGLE_MARKS
from extractor.records import Span

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_WORD = regex.compile(rf"[{_UNSPACED}]\p{{M}}*+|[\w\p{{M}}--[{_UNSPACED}]]++", regex.VERSION1)

_FRONT = regex.compile(rf"[\s{DOUBLE_MARKS}{SINGLE_MARKS}]")
_END = regex.compile(rf"[\s.,;{DOUBLE_MARKS}{SINGLE_MARKS}]")


@dataclass(frozen=True)
class Words:
    """The words of a text: offsets of their starts and ends, ascending."""

    starts: Integers
    ends: Integers


@lru_cache(maxsize=64)
def words(text: str) -> Words:
    """Find the words of a text."""
    found = [match.span() for match in _WORD.finditer(text)]
    bounds = np.array(found, dtype=np.int64).reshape(-1, 2)
    return Words(bounds[:, 0], bounds[:, 1])


def _bounds(spans: Sequence[Span]) -> tuple[Integers, Integers]:
    bounds = np.array([(s.start, s.end) for s in spans], dtype=np.int64).reshape(-1, 2)
    return bounds[:, 0], bounds[:, 1]


def _ratio(gold: tuple[Integers, Integers], predicted: tuple[Integers, Integers]) -> Floats:
    """Return intersection over union of every pair of half-open ranges; 0 of two empty ones."""
    start = np.maximum(gold[0][:, None], predicted[0][None, :])
    end = np.minimum(gold[1][:, None], predicted[1][None, :])
    shared = np.maximum(end - start, 0)
    union = (gold[1] - gold[0])[:, None] + (predicted[1] - predicted[0])[None, :] - shared
    ratio: Floats = shared / np.maximum(union, 1)
    return ratio


def similarity(text: str, gold: Sequence[Span], predicted: Sequence[Span]) -> Floats:
    """Return the overlap of every gold with every predicted span, 0 to 1, gold × predicted.

    Intersection over union of their words; of their code points where one of the two has no word.
    Spans without a common code point have 0, even where they part one word between them.

    Source: Jaccard 1912; on words, as the scorers of attribution corpora do.
    """
    known, ranges = words(text), []
    for start, end in (_bounds(gold), _bounds(predicted)):
        first = np.searchsorted(known.ends, start, side="right")
        last = np.maximum(np.searchsorted(known.starts, end, side="left"), first)
        ranges.append((first, last))
    (first, last), (other_first, other_last) = ranges
    wordless = (first == last)[:, None] | (other_first == other_last)[None, :]
    points = _ratio(_bounds(gold), _bounds(predicted))
    overlap: Floats = np.where(wordless, points, _ratio(ranges[0], ranges[1]))
    return np.where(points > 0, overlap, 0.0)


def trimmed(text: str, span: Span) -> Span:
    """Drop white space and quotation marks at both edges, and `.`, `,`, `;` at the end.

    A span of nothing else stays as it is.
    """
    start, end = span.start, span.end
    while start < end and _FRONT.match(text, start):
        start += 1
    while end > start and _END.match(text, end - 1):
        end -= 1
    return Span(start=start, end=end) if start < end else span
