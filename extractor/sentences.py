"""Sentences of a text in any script, as spans.

The splitting is done by `sentencex` with its English rules: those know the abbreviations of news
English and the full stops of other scripts (`。`, `؟`, `।`), and keep a quotation of several
sentences whole. A script without marked sentence ends, such as Thai, gives one sentence per
paragraph.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache

import regex
import sentencex

from extractor.marks import paragraphs
from extractor.records import Span

_LANGUAGE = "en"
_CONTINUES = regex.compile(r"[\p{M}\p{Emoji_Modifier}\u200c\u200d]")
_TITLE = regex.compile(r"\b(?:Ms|Mx|Mmes|Govs|Atty|Amb|Dep|Spc)\.\s+$")
_CLOCK = regex.compile(r"\b[ap]\.m\.\s+$")
_DAY = regex.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|[ECMP]?[SD]?T\b|GMT\b|UTC\b")
_LONGEST = 12
"""Code points of an abbreviation with the white space behind it."""
_LONE_SURROGATE = regex.compile(r"[\uD800-\uDFFF]")
_WIDE_BLANK = regex.compile(r"(?![\x00-\x7f])\s")


def trimmed(text: str, span: Span) -> Span:
    """Leave out white space at both ends; an all-blank span gives an empty one at its end."""
    piece = text[span.start : span.end]
    start = span.end - len(piece.lstrip())
    return Span(start=start, end=max(start, span.start + len(piece.rstrip())))


@lru_cache(maxsize=32)
def split(text: str) -> tuple[Span, ...]:
    """Split into sentences: trimmed, sorted, disjoint, none across a paragraph border.

    Every character that is not white space is in exactly one of them. Blank text gives ().
    """
    return tuple(span for paragraph in paragraphs(text) for span in _within(text, paragraph))


def _within(text: str, paragraph: Span) -> Iterator[Span]:
    # sentencex takes no lone surrogates and panics at an initial before a blank of several bytes;
    # replacements of the same length keep the offsets
    piece = _LONE_SURROGATE.sub("\ufffd", text[paragraph.start : paragraph.end])
    piece = _WIDE_BLANK.sub(" ", piece)
    start = paragraph.start
    for boundary in sentencex.get_sentence_boundaries(_LANGUAGE, piece):
        end = paragraph.start + boundary["end_index"]
        if _CONTINUES.match(text, end) or _goes_on(text, start, end):
            continue  # never within a character, or behind an abbreviation
        span = trimmed(text, Span(start=start, end=end))
        start = end
        if span.start < span.end:
            yield span


def _goes_on(text: str, start: int, end: int) -> bool:
    """Tell whether a sentence goes on behind an abbreviation that `sentencex` does not know."""
    near = max(start, end - _LONGEST)
    timed = _CLOCK.search(text, near, end) and _DAY.match(text, end)
    return bool(timed or _TITLE.search(text, near, end))


def covering(text: str, span: Span) -> Span:
    """Widen to the start of the first and the end of the last sentence that `span` touches.

    A span that touches no sentence, as one of white space only, comes back as it is.
    """
    sentences = split(text)
    first = bisect_right(sentences, span.start, key=lambda sentence: sentence.end)
    last = bisect_left(sentences, span.end, key=lambda sentence: sentence.start) - 1
    if first > last:
        return span
    return Span(start=sentences[first].start, end=sentences[last].end)
