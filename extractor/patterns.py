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
_PAUSES = frozenset(",;:!?)]—–-…")
_PLAIN = regex.compile(r"[\d.,:/-]+|[a-z][a-z-]{2,}")
"""Numbers and words that are not shortened: a full stop after them ends a sentence."""
_JOINED = regex.compile(r"\s+(?:and|but)\b")


def patterns(schema: Schema, chunk: Chunk) -> dict[str, str]:
    """Map the anchor to what it may be; the other fields may be from before the chunk.

    Empty for a chunk without words.
    """
    text, marked = chunk.text, enclosed(chunk.text)
    stated = schema.spec(schema.anchor).role == "statement"
    ends = clause_ends(text) if stated else None
    within = ((marked, ()), (paragraphs(text), marked))
    parts = [
        run for wholes, but in within for one in wholes for run in runs(text, one, SHORT, but, ends)
    ]
    if stated:
        parts += _shortened(text, ends)
    return {schema.anchor: f"^({'|'.join(parts)})$"} if parts else {}


def only(chunk: Chunk, anchor: Span) -> str:
    """Bound an answer to one anchor of a chunk: whole, or by its first and last words if long."""
    text = " ".join(chunk.text.split())
    words = chunk.text[anchor.start - chunk.start : anchor.end - chunk.start].split()
    tail = " ".join(words[-TAIL[0] :])
    heads = (" ".join(words[:count]) for count in range(HEAD[0], len(words) - TAIL[0]))
    forms = (f"{head} … {tail}" for head in heads if text.count(head) == 1)
    return f"^{_literal(next(forms, ' '.join(words)))}$"


def clause_ends(text: str) -> frozenset[int]:
    """Find where a statement may end: before a pause or the end of a passage, or `and` or `but`.

    So end 9,145 of the 9,229 paraphrases in `training/corpus`.
    """
    passages = (*split(text), *paragraphs(text), *enclosed(text))
    stops = {end for one in passages for end in (one.end, one.end + 1)}
    units = (match.span() for match in _UNIT.finditer(text) if match[0] not in ",;:—–")
    return frozenset(
        end
        for start, end in units
        if end in stops
        or text[end] in _PAUSES
        or (text[end] == "." and (end + 1 in stops or _PLAIN.fullmatch(text, start, end)))
        or _JOINED.match(text, end)
    )


def _shortened(text: str, ends: frozenset[int] | None) -> Iterator[str]:
    """Yield for each passage its first words, a gap and its last words.

    What begins inside quotation marks ends there; anything else ends with its sentence.
    """
    marked = enclosed(text)
    for passage, but in (*((one, ()) for one in marked), *((one, marked) for one in split(text))):
        heads = "|".join(runs(text, passage, HEAD, but))
        tails = "|".join(runs(text, passage, TAIL, ends=ends))
        if heads and tails and passage.end - passage.start <= LONGEST:
            yield f"({heads}) … ({tails})"


def runs(
    text: str,
    within: Span,
    words: tuple[int, int],
    but: Sequence[Span] = (),
    ends: frozenset[int] | None = None,
) -> Iterator[str]:
    """Yield for each word of a part the pattern of the runs from there, of so many `words`.

    A run begins at a word or at a mark that opens, and ends at one of `ends`, or after any word or
    mark where none are given; none begins inside a span of `but`.
    """
    units = [match.span() for match in _UNIT.finditer(text, within.start, within.end)]
    for first, (start, _) in enumerate(units):
        opens = _is_word(text, units[first]) or text[start] in _OPENERS
        if opens and not any(one.start <= start < one.end for one in but):
            pattern = _from(text, units[first:], words, ends)
            if pattern:
                yield pattern


def _from(
    text: str, units: Sequence[tuple[int, int]], words: tuple[int, int], ends: frozenset[int] | None
) -> str:
    """Nest what may follow: `one( two( three)?)?`; empty when no run from here may end."""
    least, most = words
    pieces, written, counted = [], units[0][0], 0
    for unit in units:
        counted += _is_word(text, unit)
        if counted > most:
            break
        if counted >= least and (ends is None or unit[1] in ends):
            pieces.append(_literal(text[written : unit[1]]))
            written = unit[1]
    return "(".join(pieces) + ")?" * (len(pieces) - 1)


def _is_word(text: str, unit: tuple[int, int]) -> bool:
    return text[unit[0]].isalnum()


def _literal(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", _BLANK.sub(" ", text))
