"""Find a statement: word for word, or by its first and last words.

A statement stands for itself, so it is one passage of one paragraph, it respects the quotation
marks around and inside it, and no negation is cut off it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import regex

from extractor.edges import loses_negation
from extractor.fold import ELLIPSIS, FoldedText
from extractor.locating import (
    DROPPED_LAST,
    MARKS,
    OVER_PARAGRAPH,
    STOPS,
    Edges,
    forms,
    holding,
    occurrences,
    spellings,
    stays_in_paragraph,
    verbatim,
)
from extractor.marks import enclosed
from extractor.records import Span
from extractor.sentences import covering

GAP = f" {ELLIPSIS} "
"""What stands between the first and the last words of a shortened statement, after the fold."""
WORDS_A_SIDE = 3
LONGEST = 600
"""Code points a shortened statement may expand to. Of 4,945 labelled statements the longest has
232; of 2,195 in PolNeAR's development split (Newell et al. 2018) 99 of 100 have 460 or fewer."""


CUT_NEGATION = "cuts off a negation"
NO_PASSAGE = "first and last words do not belong to one passage"
SEVERAL = "several places fit"
TOO_SHORT = "needs three words or more on each side of the gap"
GAPS = "has more than one gap"


_WORD = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{2}|[\p{L}\p{N}]+\S*"
)
"""A word; in scripts without spaces two letters count as one."""

_SENTENCE_END = regex.compile(
    # a short capitalised word with a full stop may be short for another: Sept., Mrs.
    r"(?:\p{Ll}{2}(?<!\b\p{Lu}\p{Ll}{1,3})|\b(?:May|June|July)|\p{N}|[)\]%])"
    r"[.!?]+[\"”’»“')\]]*\s(?=\s*[\"“”„«»‘'‚(\[¿¡]*\p{Lu})"
)
"""A sure one, whatever the splitter says of lists and passages; it ends with white space."""
_BESIDE = 40
"""Code points looked at for a sentence that goes on over a line end."""
_HEAD = Edges("statement", "inner")
_TAIL = Edges("inner", "statement")


def statement_fault(text: str, span: Span) -> str | None:
    """Say why a span cannot stand for itself as a statement, or None."""
    if not stays_in_paragraph(text, span):
        return OVER_PARAGRAPH
    if loses_negation(text, span.start, span.end, _context(text, span)):
        return CUT_NEGATION
    return None


def _context(text: str, span: Span) -> tuple[int, int]:
    """Find the sentence around a span; where a line ends without a stop it goes on."""
    sentence = covering(text, span)
    start, end = sentence.start, sentence.end
    before = text[max(0, start - _BESIDE) : start]
    last = start - len(before) + len(before.rstrip()) - 1
    if last >= 0 and stays_in_paragraph(text, Span(start=last, end=start + 1)):
        start = max(0, start - _BESIDE)
    after = text[end : end + _BESIDE]
    first = end + len(after) - len(after.lstrip())
    is_stopped = text[start:end].rstrip(MARKS + ")]")[-1:] in STOPS
    if not is_stopped and stays_in_paragraph(text, Span(start=end - 1, end=first + 1)):
        end += _BESIDE
    return start, end


def statements(text: FoldedText, needle: str, within: Span) -> Iterator[Span | str]:
    """Yield where a statement stands, in order, or why a place found is none.

    It is looked for as it is first; if that is nowhere, as `first words … last words`.
    """
    literal = verbatim(text, needle, within, "statement")
    found = False
    for span in literal:
        found = True
        if isinstance(span, str):
            yield span
            continue
        bare = without_marks(text.raw, span)
        yield statement_fault(text.raw, bare) or bare
    if found:
        return
    for form in forms(needle):
        if GAP in form:
            outcomes = list(_expansions(text, form, within))
            yield from outcomes
            if any(isinstance(outcome, Span) for outcome in outcomes):
                return


def _expansions(text: FoldedText, form: str, within: Span) -> Iterator[Span | str]:
    """Yield the passages that begin and end as a shortened statement does, or why there is none."""
    head, _, tail = form.partition(GAP)
    if GAP in tail:
        yield GAPS
        return
    if any(len(_WORD.findall(side)) < WORDS_A_SIDE for side in (head, tail)):
        yield TOO_SHORT
        return
    heads: list[Span] = []
    for spelling in spellings(head):
        heads = heads or list(occurrences(text, spelling, within, _HEAD))
    outcomes = [outcome for at in heads for outcome in _ends(text, at, tail, within)]
    yield from _unambiguous(text.raw, outcomes)


def _ends(text: FoldedText, head: Span, tail: str, within: Span) -> list[Span | str]:
    """List what one place of the first words expands to: one passage, or why none."""
    reach = Span(start=head.end, end=min(_limit(text.raw, head), within.end))
    if reach.start >= reach.end:
        return [NO_PASSAGE]
    for form in dict.fromkeys((tail, tail.rstrip(DROPPED_LAST))):
        ends = [
            span
            for last in occurrences(text, form, reach, _TAIL)
            if has_whole_passages(text.raw, span := Span(start=head.start, end=last.end))
        ]
        if ends:
            return [*ends] if len(ends) == 1 else [SEVERAL]
    return [NO_PASSAGE]


def _limit(text: str, head: Span) -> int:
    """Find where a passage that begins with `head` must end at the latest.

    That is the closing mark of the passage it begins in, else the end of its sentence.
    """
    passage = holding(enclosed(text), head.start)
    first = Span(start=head.start, end=head.start + 1)
    stop = covering(text, first) if passage is None else passage
    return min(stop.end, head.start + LONGEST)


def _unambiguous(text: str, outcomes: Sequence[Span | str]) -> Iterator[Span | str]:
    """Turn passages that overlap into a fault: either could be meant."""
    spans = [outcome for outcome in outcomes if isinstance(outcome, Span)]
    for outcome in outcomes:
        if isinstance(outcome, str):
            yield outcome
        elif any(other is not outcome and other.overlap(outcome) for other in spans):
            yield SEVERAL
        else:
            bare = without_marks(text, outcome)
            yield statement_fault(text, bare) or bare


def without_marks(text: str, span: Span) -> Span:
    """Leave out the marks around a passage where nothing but them is outside of it."""
    inside = _passages_in(text, span)
    passage = holding(enclosed(text), span.start) or (inside[0] if inside else None)
    if passage is None:
        return span
    left = text[span.start : passage.start]
    right = text[passage.end : span.end].rstrip(DROPPED_LAST)
    if (left + right).strip(MARKS + " \u00a0\u202f"):
        return span
    end = passage.end if right else span.end
    return Span(start=max(span.start, passage.start), end=end)


def _passages_in(text: str, span: Span) -> Sequence[Span]:
    """List the passages between marks that begin inside the span."""
    passages = enclosed(text)
    first = bisect_left(passages, span.start, key=lambda passage: passage.start)
    last = bisect_left(passages, span.end, key=lambda passage: passage.start)
    return passages[first:last]


def has_whole_passages(text: str, span: Span) -> bool:
    """Tell whether a span respects the quotation marks.

    It stays inside the passage it begins in; or it holds whole passages only, but for punctuation
    at the end of the last one, and no sentence ends between them.
    """
    passage = holding(enclosed(text), span.start)
    if passage is not None:
        return span.end <= passage.end
    ends = _SENTENCE_END.finditer(text, span.start, span.end)
    if any(holding(enclosed(text), found.end() - 1) is None for found in ends):
        return False
    inside = _passages_in(text, span)
    left_out = text[span.end : inside[-1].end] if inside else ""
    return not left_out.strip(" \u00a0\u202f.,;!?…")
