"""Pieces of an article that fit one request: whole paragraphs, else sentences, else clauses.

A chunk is a slice of the article text. All chunks together hold every character that is not white
space, in order, none twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

import regex

from extractor.marks import paragraphs
from extractor.names import occurrences
from extractor.records import Article, Chunk, Span
from extractor.sentences import split, trimmed

BEFORE_CHARS = 260
"""How much of the article before a chunk is given with it."""
NAMES_LIMIT = 14
"""How many of the full names met last are given with a chunk."""

_QUARTERS_A_TOKEN = 4
_TWO_QUARTERS = regex.compile(
    r"[\p{Cyrillic}\p{Greek}\p{Arabic}\p{Hebrew}\p{Armenian}\p{Georgian}]+"
)
_FOUR_QUARTERS = regex.compile(
    r"[^\p{Latin}\p{Cyrillic}\p{Greek}\p{Arabic}\p{Hebrew}\p{Armenian}\p{Georgian}"
    r"\p{M}\p{N}\p{P}\p{S}\p{Z}\p{C}]+"
)
_PICTURE = regex.compile(r"[\p{Extended_Pictographic}--\p{ASCII}]+", regex.VERSION1)
_GRAPHEME = regex.compile(r"\X")
_CLAUSE_END = frozenset(",;:—–،؛、，；：")
_LINE_BREAK = regex.compile(r"[\n\r\v\f\x85\u2028\u2029]")


def estimate_tokens(text: str) -> int:
    """Estimate how many tokens a model reads, without a tokenizer; 0 for empty text.

    Four characters a token in the Latin script, two in other alphabets, one in scripts that
    write syllables or words, such as Chinese, Korean or Hindi, and for pictures.
    """
    return math.ceil(_quarters(text) / _QUARTERS_A_TOKEN)


def _quarters(text: str) -> int:
    if text.isascii():
        return len(text)
    heavier = sum(len(run.group()) for run in _TWO_QUARTERS.finditer(text))
    heaviest = sum(len(run.group()) for run in _FOUR_QUARTERS.finditer(text))
    pictures = sum(len(run.group()) for run in _PICTURE.finditer(text))
    return len(text) + heavier + 3 * (heaviest + pictures)


_grapheme_quarters = lru_cache(maxsize=4096)(_quarters)


def chunk(
    article: Article,
    budget_tokens: int,
    *,
    before_chars: int = BEFORE_CHARS,
    names_limit: int = NAMES_LIMIT,
) -> tuple[Chunk, ...]:
    """Cut an article into chunks of at most `budget_tokens`, as estimated; () for blank text.

    Only a single grapheme that is over the budget by itself makes a chunk over the budget.
    """
    spans = _packed(article.text, budget_tokens * _QUARTERS_A_TOKEN)
    return tuple(_furnish(article.text, spans, before_chars, names_limit))


def halves(whole: Chunk, article: Article) -> tuple[Chunk, ...]:
    """Split a chunk in two at the sentence nearest its middle; () when it is one sentence."""
    starts = [sentence.start for sentence in split(whole.text)[1:]]
    if not starts:
        return ()
    middle = whole.start + min(starts, key=lambda start: abs(2 * start - len(whole.text)))
    sides = (Span(start=whole.start, end=middle), Span(start=middle, end=whole.end))
    spans = [trimmed(article.text, side) for side in sides]
    return tuple(_furnish(article.text, spans, BEFORE_CHARS, NAMES_LIMIT))


def _packed(text: str, budget: int) -> Iterator[Span]:
    """Join neighbouring pieces as long as they fit the budget, given in quarters of a token."""
    start = end = used = 0
    for piece in _pieces(text, budget):
        cost = _quarters(text[end : piece.end])
        if used and used + cost > budget:
            yield Span(start=start, end=end)
            used = 0
        if not used:
            start, cost = piece.start, _quarters(text[piece.start : piece.end])
        used, end = used + cost, piece.end
    if used:
        yield Span(start=start, end=end)


def _pieces(text: str, budget: int) -> Iterator[Span]:
    """Yield paragraphs, of those over the budget sentences, of those over the budget clauses."""
    for block in paragraphs(text):
        paragraph = trimmed(text, block)
        within = text[paragraph.start : paragraph.end]
        if within and _quarters(within) <= budget:
            yield paragraph
            continue
        for sentence in split(within):
            if _quarters(within[sentence.start : sentence.end]) <= budget:
                yield _moved(sentence, paragraph.start)
            else:
                cut = _clauses(text, _moved(sentence, paragraph.start), budget)
                yield from (piece for piece in cut if piece.start < piece.end)


def _moved(span: Span, by: int) -> Span:
    return Span(start=span.start + by, end=span.end + by)


def _clauses(text: str, sentence: Span, budget: int) -> Iterator[Span]:
    """Cut a sentence after clauses, else words, else graphemes, each piece within the budget."""
    start, used, clause, word = sentence.start, 0, sentence.start, sentence.start
    for grapheme in _GRAPHEME.finditer(text, sentence.start, sentence.end):
        cost = _grapheme_quarters(grapheme.group())
        while used and used + cost > budget:
            cut = _cut(start, clause, word, grapheme.start())
            yield trimmed(text, Span(start=start, end=cut))
            start, used = cut, _quarters(text[cut : grapheme.start()])
        used += cost
        if grapheme.group().isspace():
            word = grapheme.end()
        if _ends_clause(text, grapheme.end()):
            clause = grapheme.end()
    yield trimmed(text, Span(start=start, end=sentence.end))


def _ends_clause(text: str, end: int) -> bool:
    """Whether a comma or the like stands before `end`; in the Latin script, with a space after."""
    mark = text[end - 1]
    return mark in _CLAUSE_END and (not mark.isascii() or text[end : end + 1].isspace())


def _cut(start: int, clause: int, word: int, end: int) -> int:
    """Choose where to cut `start:end`: a clause end in its second half, else a word end."""
    if clause > (start + end) // 2:
        return clause
    return word if word > start else end


def _furnish(
    text: str, spans: Iterable[Span], before_chars: int, names_limit: int
) -> Iterator[Chunk]:
    """Make chunks of the spans, each with what stands before it and the names met so far."""
    waiting = iter(occurrences(text))
    following = next(waiting, None)
    met: dict[str, None] = {}
    for span in spans:
        while following is not None and following.end <= span.end:
            met.pop(following.name, None)
            met[following.name] = None
            following = next(waiting, None)
        latest = tuple(islice(reversed(met), names_limit))
        yield Chunk(
            text=text[span.start : span.end],
            start=span.start,
            before=_before(text, span.start, before_chars),
            names=latest[::-1],
        )


def _before(text: str, start: int, limit: int) -> str:
    """Give up to `limit` characters before `start` on one line, without the first, cut word."""
    before: str = _LINE_BREAK.sub(" ", text[max(0, start - limit) : start]).strip()
    return before.split(" ", 1)[-1] if start > limit else before
