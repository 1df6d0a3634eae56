"""Other people in the same article: surnames are exchanged in the text and in the gold."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from random import Random

from extractor.evaluation.fixtures import Fixture
from extractor.records import Article, Located, Span, SpanValue

_FULL_NAME = re.compile(r"[^\W\d_][\w’'-]+(?: [^\W\d_][\w’'.-]*)*? ([^\W\d_][\w’'-]+)")
_SHARED = 3
"""A last word in so many articles is no surname but a kind of body: Ministry, Court, Council."""


def surnames(fixtures: Sequence[Fixture]) -> tuple[str, ...]:
    """List the surnames of the speakers of a corpus, sorted."""
    articles = Counter(word for fixture in fixtures for word in _last_words(fixture))
    return tuple(sorted(word for word, count in articles.items() if count < _SHARED))


def _last_words(fixture: Fixture) -> set[str]:
    """Return the last words of the speakers' full names that stand without the others, too."""
    text = fixture.article.text
    speakers = {quote.values["speaker"] or "" for quote in fixture.gold.get("quotes", ())}
    names = (_FULL_NAME.fullmatch(name) for name in speakers if name.istitle())
    return {
        name.group(1)
        for name in names
        if name is not None and text.count(name.group(1)) > text.count(name.group())
    }


def with_other_surnames(fixture: Fixture, pool: Sequence[str], draw: Random) -> Fixture:
    """Give each speaker of an article another surname of the pool, wherever the old one stands.

    Where the pool is too small some keep theirs. The gold keeps its spans, moved, and its values.
    """
    text = fixture.article.text
    old = sorted(_last_words(fixture) & set(pool))
    free = [word for word in pool if word not in text]
    names = dict(zip(old, draw.sample(free, min(len(old), len(free))), strict=False))
    if not names:
        return fixture
    one = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])")
    title = fixture.article.title
    changed = {
        "text": one.sub(lambda found: names[found.group()], text),
        "title": title and one.sub(lambda found: names[found.group()], title),
    }
    moves = _Moves(one.finditer(text), names)
    gold = {task: tuple(moves.item(item) for item in items) for task, items in fixture.gold.items()}
    article = Article(**{**fixture.article.model_dump(), **changed})
    return replace(fixture, article=article, gold=gold)


class _Moves:
    """Where offsets go when words are exchanged."""

    def __init__(self, found: Iterable[re.Match[str]], names: Mapping[str, str]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._shifts = [0]
        for each in found:
            self._starts.append(each.start())
            self._ends.append(each.end())
            self._shifts.append(self._shifts[-1] + len(names[each.group()]) - len(each.group()))

    def item(self, item: Located) -> Located:
        """Move the spans of an item."""
        return Located(item.values, {name: self._spans(span) for name, span in item.spans.items()})

    def _spans(self, value: SpanValue) -> SpanValue:
        if isinstance(value, tuple):
            return tuple(self._span(span) for span in value)
        return value and self._span(value)

    def _span(self, span: Span) -> Span:
        return Span(start=self._offset(span.start), end=self._offset(span.end))

    def _offset(self, at: int) -> int:
        """Move an offset; one inside an exchanged word cannot be moved. Raises: ValueError."""
        before = bisect_right(self._ends, at)
        if before != bisect_left(self._starts, at):
            raise ValueError(f"The gold splits the name at {at}: it is labelled wrongly.")
        return at + self._shifts[before]
