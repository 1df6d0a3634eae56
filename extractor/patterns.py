"""What an answer about a chunk may repeat of it, as regular expressions that bound a server.

Words that do not stand in the chunk cannot be written at all then: a model that is about to rewrite
a phrase is held to one that is there. Grounding judges the answer all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from extractor.marks import enclosed, paragraphs
from extractor.records import Chunk, Span
from extractor.schema import Schema
from extractor.sentences import split
from extractor.statements import LONGEST

SHORT = (1, 14)
"""Fewest and most words of an anchor; a statement of more is given by its first and last words."""
HEAD = (4, 9)
"""Words before the gap of a shortened statement."""
TAIL = (4, 4)
"""Words after it."""

_UNIT = regex.compile(r"[\w\p{M}]+(?:[-'’.,:/&]+[\w\p{M}]+)*|[^\w\p{M}\s]")
_BLANK = regex.compile(r"\s+")
_SPECIAL = regex.compile(r"[.*+?()\[\]{}|^$\\]")
_OPENERS = frozenset("“‘\"'«„‚([¿¡$€£¥#@−-+•")


def patterns(schema: Schema, chunk: Chunk) -> dict[str, str]:
    """Map the anchor to what it may be; the other fields may be from before the chunk.

    Empty for a chunk without words.
    """
    text, marked = chunk.text, enclosed(chunk.text)
    within = ((marked, ()), (paragraphs(text), marked))
    parts = [run for wholes, but in within for one in wholes for run in runs(text, one, SHORT, but)]
    if schema.spec(schema.anchor).role == "statement":
        parts += _shortened(text)
    return {schema.anchor: f"^({'|'.join(parts)})$"} if parts else {}


def only(chunk: Chunk, anchor: Span) -> str:
    """Bound an answer to one anchor of a chunk: whole, or by its first and last words if long."""
    text = " ".join(chunk.text.split())
    words = chunk.text[anchor.start - chunk.start : anchor.end - chunk.start].split()
    tail = " ".join(words[-TAIL[0] :])
    heads = (" ".join(words[:count]) for count in range(HEAD[0], len(words) - TAIL[0]))
    forms = (f"{head} … {tail}" for head in heads if text.count(head) == 1)
    return f"^{_literal(next(forms, ' '.join(words)))}$"


def _shortened(text: str) -> Iterator[str]:
    """Yield for each passage its first words, a gap and its last words.

    What begins inside quotation marks ends there; anything else ends with its sentence.
    """
    marked = enclosed(text)
    for passage, but in (*((one, ()) for one in marked), *((one, marked) for one in split(text))):
        heads = "|".join(runs(text, passage, HEAD, but))
        tails = "|".join(runs(text, passage, TAIL))
        if heads and tails and passage.end - passage.start <= LONGEST:
            yield f"({heads}) … ({tails})"


def runs(
    text: str, within: Span, words: tuple[int, int], but: Sequence[Span] = ()
) -> Iterator[str]:
    """Yield for each word of a part the pattern of the runs from there, of so many `words`.

    A run begins at a word or at a mark that opens, and ends after a word or any mark; none begins
    inside a span of `but`.
    """
    units = [match.span() for match in _UNIT.finditer(text, within.start, within.end)]
    for first, (start, _) in enumerate(units):
        opens = _is_word(text, units[first]) or text[start] in _OPENERS
        if opens and not any(one.start <= start < one.end for one in but):
            pattern = _from(text, units[first:], *words)
            if pattern:
                yield pattern


def _from(text: str, units: Sequence[tuple[int, int]], least: int, most: int) -> str:
    """Nest what may follow: `one( two( three)?)?`; empty when there are too few words."""
    pieces, needed, words = [], 0, 0
    for position, unit in enumerate(units):
        words += _is_word(text, unit)
        if words > most:
            break
        before = units[position - 1][1] if position else unit[0]
        pieces.append(_literal(text[before : unit[1]]))
        needed = len(pieces) if words <= least and _is_word(text, unit) else needed
    if words < least:
        return ""
    optional = pieces[needed:]
    return "".join(pieces[:needed]) + "(".join(["", *optional]) + ")?" * len(optional)


def _is_word(text: str, unit: tuple[int, int]) -> bool:
    return text[unit[0]].isalnum()


def _literal(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", _BLANK.sub(" ", text))
