"""Who speaks by the layout of a text: the label before a turn, the signature behind a passage."""

from __future__ import annotations

import regex

from extractor.marks import MARKS, enclosed, paragraphs
from extractor.names import NAME
from extractor.records import Span

_LABEL = regex.compile(r"[^:“”\"\n]{2,60}?(?=(?:, [^:,\n]+)?:\s*[“‘\"'«„]\s*$)")
"""The name before a colon and a mark that opens, as in a transcript; a place may follow it."""
_GOES_ON = regex.compile(rf"\s*\n\s*[{MARKS}]")
_BLANK = r"[ \xa0]*"
_CLOSED = regex.compile(rf"{_BLANK}[{MARKS}]")
_TITLE = r"(?:\p{Lu}\p{Ll}{1,4}\.[ \xa0])?"
_SIGNATURE = regex.compile(
    rf"{_BLANK}[{MARKS}]{{1,2}}[.,]?{_BLANK}(?:\r?\n)?{_BLANK}(?:[—―–]|--?){_BLANK}"
    rf"{_TITLE}(?P<name>{NAME})[.]?"
    rf"(?:(?:,|[ \xa0]\()[^:“”\"\r\n]{{2,80}})?{_BLANK}(?:\r?\n|$)"
)
"""A dash and a name to the end of its line; a place, an age or a role may follow the name."""


def turn_of(text: str, content: Span) -> Span:
    """Find the paragraph in which a passage in marks that may be over several began."""
    parts = [part for part in paragraphs(text) if part.start <= content.start]
    starts = {passage.start for passage in enclosed(text)}
    ends = {passage.end for passage in enclosed(text)}
    at = len(parts) - 1
    while at > 0 and parts[at - 1].end in ends:
        if not starts & {parts[at].start + 1, parts[at].start + 2}:  # behind `“`, or `''`
            break
        at -= 1
    return parts[at]


def label_of(text: str, content: Span) -> Span | None:
    """Find the words before the colon that begin the turn a passage is of: `Ana Costa: “…”`."""
    turn = turn_of(text, content)
    first = next((span.start for span in enclosed(text) if span.start >= turn.start), turn.start)
    label = _LABEL.match(text, turn.start, first)
    return Span(start=label.start(), end=label.end()) if label else None


def signature_of(text: str, content: Span) -> Span | None:
    """Find the name that a dash adds behind the passage a content is of: `“…” — Ana Costa`.

    The passage may go on in the next paragraphs, each of which begins with a mark.
    """
    for passage in enclosed(text):
        if passage.end <= content.start:
            continue
        signed = _SIGNATURE.match(text, passage.end)
        if signed:
            return Span(start=signed.start("name"), end=signed.end("name"))
        if _CLOSED.match(text, passage.end) or not _GOES_ON.match(text, passage.end):
            break
    return None
