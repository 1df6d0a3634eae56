"""Find the passages between quotation marks, and the paragraphs, of a text in any script.

A pure module of typography: it knows which marks open and close, nothing of what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from extractor.records import Span

CLOSERS = {
    "“": "”",
    "„": "“”",
    "‟": "”",
    "”": "”",
    "«": "»",
    "»": "«",
    "「": "」",
    "『": "』",
    "〝": "〞〟",
    "＂": "＂",
    '"': '"',
    "‘": "’",
    "‚": "‘’",
    "‹": "›",
    "›": "‹",
    "'": "'",
}
"""Every mark that can open a passage, with those that can close it."""
MARKS = "".join(sorted({*CLOSERS, *"".join(CLOSERS.values())}))

_MARK = re.compile(r"``|(?<!')''(?!')|[“”„‟«»‹›‘’‚「」『』〝〞〟＂\"']")
_TWO_FOR_ONE = frozenset(("``", "''"))
"""How newspaper archives write a straight double mark."""
_CLOSING = frozenset("".join(CLOSERS.values()))
_APOSTROPHES = frozenset("'’")
_NEEDS_ROOM_BEFORE = frozenset("”»›‘‚'")
"""Marks that open only at the start of a word, as they are also closing marks or apostrophes."""
_SAME_BOTH_WAYS = frozenset("\"＂'”")
_OPENS_AFTER = frozenset("([{<—–-/¿¡" + "".join(CLOSERS))
_ELISION = re.compile(
    r"['‘](?:\d\ds\b|(?:tis|twas|em|n|til|till|cause|cos|bout|round|neath|s|t|ere)\b)",
    re.IGNORECASE,
)
_BLANK = " \t\r\n\v\f\x85\xa0\u200b\u2028\u2029\u2060\ufeff"
_BLANKS = re.compile(f"[{_BLANK}]*")
_LINE = re.compile(r"[^\n\r\x85\u2028\u2029]+|\r\n|[\n\r\x85\u2028\u2029]")


_REACH = 60
"""Marks looked at for a balanced end: keeps the work linear in one endless paragraph."""


@dataclass(frozen=True)
class _Mark:
    """One mark of a paragraph; it stands in the text from `at` to `end`."""

    at: int
    end: int
    char: str
    opens: bool
    closes: bool


def _lines(text: str) -> Iterator[Span]:
    """Yield every line without its ending; a blank one is an empty span."""
    for found in _LINE.finditer(text):
        line = found.group()
        left = len(line) - len(line.lstrip(_BLANK))
        start = min(found.start() + left, found.end())
        end = max(start, found.start() + len(line.rstrip(_BLANK)))
        ending = line[0] in "\n\r\x85\u2028\u2029"
        if not ending or _ends_empty_line(text, found.start()):
            yield Span(start=start, end=end)


def _ends_empty_line(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] in "\n\r\x85\u2028\u2029"


@lru_cache(maxsize=16)
def paragraphs(text: str) -> tuple[Span, ...]:
    """Find the paragraphs, trimmed, sorted; none in a blank text.

    Blank lines separate them; in a text without a blank line every line is a paragraph.
    """
    lines = list(_lines(text))
    while lines and lines[-1].start == lines[-1].end:
        lines.pop()
    first = next((i for i, line in enumerate(lines) if line.start < line.end), len(lines))
    lines = lines[first:]
    if all(line.start < line.end for line in lines):
        return tuple(lines)
    return tuple(_joined(lines))


def _joined(lines: Sequence[Span]) -> Iterator[Span]:
    """Join the lines between blank ones."""
    start: int | None = None
    end = 0
    for line in lines:
        if line.start < line.end:
            start, end = (line.start if start is None else start), line.end
        elif start is not None:
            yield Span(start=start, end=end)
            start = None
    if start is not None:
        yield Span(start=start, end=end)


def _around(text: str, at: Span, paragraph: Span) -> tuple[str, str]:
    """Return the characters before and after a mark; outside its paragraph they are blanks."""
    before = text[at.start - 1] if at.start > paragraph.start else " "
    after = text[at.end] if at.end < paragraph.end else " "
    return before, after


def _is_open(text: str, char: str, at: Span, paragraph: Span) -> bool:
    """Tell whether a mark has the surroundings of an opening one."""
    if char not in CLOSERS:
        return False
    before, after = _around(text, at, paragraph)
    room = before.isspace() or before in _OPENS_AFTER or not (before.isalnum() or before in ".,!?%")
    if char in _APOSTROPHES or char == "‘":
        return room and not after.isspace() and not _ELISION.match(text, at.start)
    if char in '"＂':
        return not (before.isdigit() and (after.isspace() or not after.isalnum()))
    return char not in _NEEDS_ROOM_BEFORE or (room and not after.isspace())


def _is_close(text: str, char: str, at: Span, paragraph: Span) -> bool:
    """Tell whether a mark can close a passage; an apostrophe inside a word cannot."""
    if char not in _CLOSING:
        return False
    if char not in _APOSTROPHES:
        return True
    before, after = _around(text, at, paragraph)
    return not before.isspace() and not after.isalnum()


def _marks(text: str, paragraph: Span) -> Iterator[_Mark]:
    for found in _MARK.finditer(text, paragraph.start, paragraph.end):
        char = '"' if found.group() in _TWO_FOR_ONE else found.group()
        at = Span(start=found.start(), end=found.end())
        opens = _is_open(text, char, at, paragraph)
        yield _Mark(at.start, at.end, char, opens, _is_close(text, char, at, paragraph))


def _is_possessive(text: str, mark: _Mark) -> bool:
    """Tell whether an apostrophe that could close may be a plural possessive: “workers’ rights”."""
    rest = text[mark.at + 1 : mark.at + 3]
    plural = mark.at > 0 and text[mark.at - 1] in "sSxXzZ"
    return mark.char in _APOSTROPHES and plural and rest[:1] == " " and rest[1:].isalpha()


def _closes_later(marks: Sequence[_Mark], at: int, closers: str) -> bool:
    """Tell whether another mark closes after index `at`, before the next one opens."""
    for mark in marks[at + 1 : at + _REACH]:
        if mark.opens and not mark.closes:
            return False
        if mark.char in closers and mark.closes:
            return True
    return False


def _balanced_end(text: str, marks: Sequence[_Mark], first: int) -> int | None:
    """Find the index of the mark that closes `marks[first]`, passages inside counted; or None."""
    opener, closers = marks[first], CLOSERS[marks[first].char]
    twofold = opener.char in _SAME_BOTH_WAYS
    depth = 1
    for at in range(first + 1, min(first + _REACH, len(marks))):
        mark = marks[at]
        if mark.char in closers and mark.closes and not (twofold and _opens_inner(text, marks, at)):
            if _is_possessive(text, mark) and _closes_later(marks, at, closers):
                continue
            depth -= 1
        elif mark.char == opener.char and mark.opens:
            depth += 1
        if not depth:
            return at
    return None


def _opens_inner(text: str, marks: Sequence[_Mark], at: int) -> bool:
    """Tell whether a mark that looks the same both ways opens a passage inside another.

    It must stand before a word and be followed by two marks that stand after one.
    """
    same = [mark for mark in marks[at + 1 : at + 9] if mark.char == marks[at].char][:2]
    return (
        _stands_before(text, marks[at])
        and len(same) == 2  # noqa: PLR2004  # one to close it, one to close the outer passage
        and not any(_stands_before(text, mark) for mark in same)
    )


def _stands_before(text: str, mark: _Mark) -> bool:
    before, after = text[max(0, mark.at - 1) : mark.at], text[mark.end : mark.end + 1]
    return (not before or before.isspace() or before in "([") and bool(after) and after.isalnum()


def _first_end(marks: Sequence[_Mark], first: int) -> int | None:
    """Find the first mark that can close, for a passage whose inner marks do not balance."""
    closers = CLOSERS[marks[first].char]
    later = range(first + 1, len(marks))
    return next((i for i in later if marks[i].char in closers and marks[i].closes), None)


def _trimmed(text: str, start: int, end: int) -> Span | None:
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip())
    end -= len(inner) - len(inner.rstrip())
    return Span(start=start, end=end) if start < end else None


def _passages(text: str, paragraph: Span) -> Iterator[Span | None]:
    """Yield what stands between marks in one paragraph, outermost only; None for nothing."""
    marks = list(_marks(text, paragraph))
    at = 0
    hopeless: set[str] = set()
    while at < len(marks):
        opener = marks[at]
        if not opener.opens or opener.char in hopeless:
            at += 1
            continue
        end = _balanced_end(text, marks, at)
        end = _first_end(marks, at) if end is None else end
        if end is not None:
            yield _trimmed(text, opener.end, marks[end].at)
            at = end + 1
        elif opener.char == "'" and not _goes_on(text, opener, paragraph):
            hopeless.add("'")  # an apostrophe: nothing after it closes
            at += 1
        else:
            yield _trimmed(text, opener.end, paragraph.end)
            return


def _goes_on(text: str, opener: _Mark, paragraph: Span) -> bool:
    """Tell whether a passage runs on: at a paragraph’s start, or the next has its mark there."""
    if opener.at == paragraph.start:
        return True
    after = _BLANKS.match(text, paragraph.end)
    return after is not None and text.startswith(opener.char, after.end())


@lru_cache(maxsize=16)
def enclosed(text: str) -> tuple[Span, ...]:
    """Find the passages inside quotation marks, the marks left out: outermost only, sorted.

    Marks pair within a paragraph; an opening one that nothing closes runs to the paragraph's end,
    as in a passage over several paragraphs. Apostrophes are told from single marks by the letters
    around them. Empty passages are left out, and outer white space is trimmed.
    """
    found = (span for paragraph in paragraphs(text) for span in _passages(text, paragraph))
    return tuple(span for span in found if span is not None)


def said_in(text: str, passage: Span) -> Span:
    """Leave out the comma or full stop at the end of what stands in marks."""
    kept = text[passage.start : passage.end].rstrip(" ,.;")
    return Span(start=passage.start, end=passage.start + len(kept))


def holds(text: str, passage: Span, content: Span) -> bool:
    """Tell whether no word of a content stands outside a passage, as marks around it do."""
    outside = text[content.start : passage.start] + text[passage.end : content.end]
    return bool(passage.overlap(content)) and not re.search(r"\w", outside)
