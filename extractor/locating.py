"""Find what a model copied, in the text it was copied from: after the fold, or not at all.

What is looked for is called a needle. Spans that come out are of the raw text and begin and end
at clean edges.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex

from extractor.edges import Care, clean_end, clean_start
from extractor.fold import DOUBLE_MARKS, ELLIPSIS, SINGLE_MARKS, FoldedText, fold
from extractor.marks import paragraphs
from extractor.records import Span

NOTHING_TO_FIND = "holds no letter or digit"
OVER_PARAGRAPH = "runs over the end of a paragraph"
DROPPED_LAST = " ,.;" + ELLIPSIS
"""What may follow a needle that the text does not hold."""
MARKS = DOUBLE_MARKS + SINGLE_MARKS
"""Quotation marks and apostrophes of all kinds."""
_LETTER = regex.compile(r"[\p{L}\p{N}]")
STOPS = frozenset(".!?…:;。！？؟।")
_NEWLINE = regex.compile(r"\r\n|[\n\r\x85\u2028\u2029]")


class Edges(NamedTuple):
    """What must be whole at either end of a passage."""

    start: Care
    end: Care


def forms(needle: str) -> tuple[str, ...]:
    """List what may be looked for, folded, best first; () when there is no letter or digit.

    As given; without a final comma, full stop, semicolon or ellipsis; without one pair of marks
    around it; without both.
    """
    found = list(_shortened(fold(needle)))
    for form in tuple(found):
        if len(form) > 1 and form[0] == form[-1] and form[0] in "\"'":
            found += _shortened(form[1:-1].strip())
    return tuple(dict.fromkeys(form for form in found if _LETTER.search(form)))


def _shortened(form: str) -> tuple[str, str, str]:
    """Give a form as it is, without one mark at its end, without all."""
    one_less = form[:-1].rstrip() if form[-1:] in DROPPED_LAST else form
    return form, one_less, form.rstrip(DROPPED_LAST)


def _first_letter(form: str) -> int:
    found = _LETTER.search(form)
    return found.start() if found else 0


def spellings(form: str) -> tuple[str, ...]:
    """List the form and, where it begins with a letter of two cases, the one with the other."""
    at = _first_letter(form)
    first = form[at : at + 1]
    other = first.lower() if first.isupper() else first.upper()
    if other == first or len(other) != 1:
        return (form,)
    return form, form[:at] + other + form[at + 1 :]


def occurrences(text: FoldedText, form: str, within: Span, edges: Edges) -> Iterator[Span]:
    """Yield where a folded form stands in a part of the raw text, at clean edges, in order."""
    lowest, highest = text.folded_offset(within.start), text.folded_offset(within.end)
    at = text.folded.find(form, lowest, highest)
    while at >= 0:
        span = text.span(at, at + len(form))
        if (
            span is not None
            and within.start <= span.start
            and span.end <= within.end
            and clean_start(text.raw, span.start, edges.start)
            and clean_end(text.raw, span.end, edges.end)
        ):
            yield span
        at = text.folded.find(form, at + 1, highest)


def is_absent(text: FoldedText, wanted: Sequence[str], within: Span) -> bool:
    """Tell cheaply that none of several forms of one needle can be found.

    All of them hold the shortest one but for the case of its first letter.
    """
    shortest = min(wanted, key=len)
    core = shortest[_first_letter(shortest) + 1 :]
    lowest, highest = text.folded_offset(within.start), text.folded_offset(within.end)
    return text.folded.find(core, lowest, highest) < 0


def holding(spans: Sequence[Span], at: int) -> Span | None:
    """Find the one of sorted, disjoint spans that holds the character at `at`."""
    k = bisect_right(spans, at, key=lambda span: span.start) - 1
    return spans[k] if k >= 0 and at < spans[k].end else None


def closest(spans: Sequence[Span], around: Span, *, outside: bool) -> Span | None:
    """Choose, of occurrences of one form in order, the one nearest to `around`; earlier if equal.

    What overlaps `around` is at distance 0, or is left out if `outside`.
    """
    before = bisect_left(spans, around.start, key=lambda span: span.start)
    after = bisect_left(spans, around.end, key=lambda span: span.start)
    if outside:
        while before and spans[before - 1].end > around.start:
            before -= 1
        near = [*spans[max(0, before - 1) : before], *spans[after : after + 1]]
    else:
        near = [*spans[max(0, before - 1) : before + 1], *spans[after : after + 1]]
    return min(near, key=lambda span: _distance(span, around), default=None)


def _distance(span: Span, around: Span) -> int:
    return max(0, span.start - around.end, around.start - span.end)


def stays_in_paragraph(text: str, span: Span) -> bool:
    """Tell whether a span crosses no paragraph border; the line ends of a wrapped text are none.

    A line end is taken for wrapping where lines are all that is told apart and no sentence ends.
    """
    parts = paragraphs(text)
    k = bisect_right(parts, span.start, key=lambda part: part.start) - 1
    while k >= 0 and parts[k].end < span.end:
        if k + 1 == len(parts):
            break
        between = text[parts[k].end : parts[k + 1].start]
        last = text[parts[k].end - 1]
        if len(_NEWLINE.findall(between)) > 1 or last in STOPS or last in MARKS:
            return False
        k += 1
    return True


def verbatim(text: FoldedText, needle: str, within: Span, care: Care) -> Iterator[Span | str]:
    """Yield where a needle stands, in order: places with its own first letter, then the others.

    Only the best form that stands anywhere counts. Or say why a place found is none.
    """
    wanted = forms(needle)
    if not wanted:
        yield NOTHING_TO_FIND
        return
    for form in wanted:
        found = False
        for spelling in spellings(form):
            for span in occurrences(text, spelling, within, Edges(care, care)):
                found = True
                yield span if stays_in_paragraph(text.raw, span) else OVER_PARAGRAPH
            if not found and is_absent(text, wanted, within):
                return
        if found:
            return
