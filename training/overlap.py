"""Nothing that is measured on may be tuned on: ids and runs of words that two sets share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import regex

from extractor.fold import fold
from extractor.records import Article

SHINGLE_WORDS = 8
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")


@dataclass(frozen=True)
class Overlap:
    """What two sets of articles share."""

    ids: tuple[str, ...]
    passages: tuple[str, ...]
    """One line per pair of articles that share words, with the first words they share."""
    compared: tuple[int, int]
    """Articles in the two sets."""

    def __bool__(self) -> bool:
        return bool(self.ids or self.passages)

    def __str__(self) -> str:
        tuned, measured = self.compared
        head = f"{tuned} articles to tune on, {measured} to measure on"
        if not self:
            return f"{head}: no id and no {SHINGLE_WORDS} words in a row in common"
        shared = [f"both have the article {name}" for name in self.ids]
        return "\n".join([f"{head}:", *shared, *self.passages])


def shingles(text: str) -> Iterator[tuple[str, ...]]:
    """Yield every run of `SHINGLE_WORDS` words, without case, marks and typography."""
    words = _WORD.findall(fold(text).casefold())
    for start in range(len(words) - SHINGLE_WORDS + 1):
        yield tuple(words[start : start + SHINGLE_WORDS])


def overlap(tuned: Iterable[Article], measured: Iterable[Article]) -> Overlap:
    """Compare two sets of articles, by their ids and by the words of their texts."""
    ours, theirs = ({article.id: article for article in side} for side in (tuned, measured))
    origin = {run: name for name, article in theirs.items() for run in shingles(article.text)}
    shared = (line for article in ours.values() for line in _passages(article, origin))
    return Overlap(
        ids=tuple(sorted(ours.keys() & theirs.keys())),
        passages=tuple(shared),
        compared=(len(ours), len(theirs)),
    )


def _passages(article: Article, origin: Mapping[tuple[str, ...], str]) -> Iterator[str]:
    first: dict[str, tuple[str, ...]] = {}
    for run in shingles(article.text):
        if run in origin:
            first.setdefault(origin[run], run)
    for name, run in first.items():
        yield f"{article.id} and {name} share “{' '.join(run)}”"
