"""The declared typographic fold, with a map back to the raw text.

Alike are: quotation marks of all kinds; apostrophes and single marks; dashes and runs of them; the
two ways to write an ellipsis; white space of all kinds and lengths; canonically equivalent
letters. Ignored are soft hyphens, zero-width spaces, word joiners, byte order marks and bidi
controls. Nothing else is: letter case, compatibility forms and punctuation stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

import regex

from extractor.records import Span

DOUBLE_MARKS = '"“”„‟«»″〝〞〟＂❝❞「」『』'
SINGLE_MARKS = "'‘’‚‛ʼ′`´‹›＇❛❜"
DASHES = "-‐‑‒–—―⸺⸻−﹘﹣－"
IGNORED = (
    "\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
ELLIPSIS = "…"

_TO = {**dict.fromkeys(DOUBLE_MARKS, '"'), **dict.fromkeys(SINGLE_MARKS, "'")}
_OTHER_MARKS = "".join(set(_TO) - {'"', "'"})
_VARIANT = re.compile(
    # a set in front lets the search skip most letters at once; looking back tells what was met
    rf"[{DASHES}{_OTHER_MARKS}.\s{IGNORED}](?:"
    rf"(?<=[{_OTHER_MARKS}])"
    rf"|(?P<dash>(?<=[{DASHES}])(?:[{IGNORED}]*[{DASHES}])+|(?<=[{DASHES[1:]}]))"
    rf"|(?P<dots>(?<=\.)\.\.)"
    rf"|(?P<white>(?<=\s)[\s{IGNORED}]+|(?<=[^\S ])|(?<=[{IGNORED}])[\s{IGNORED}]*)"
    r")"
)
_COMPOSED = regex.compile(
    r"\P{M}\p{M}+|[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\uac00-\ud7a3]{2,}|[^\x00-\u02ff]"
)
_CONTEXT = 64
"""Code points looked back for the start of a grapheme; longer ones are cut, not lost."""
_CLUSTER = regex.compile(r"\X")
_PLAIN = re.compile(r"[\x20-\x7e]")


class _Piece(NamedTuple):
    """A stretch of the raw text whose folded form has another length or another letter."""

    start: int
    end: int
    folded: str


def _typographic(raw: str) -> Iterator[_Piece]:
    for found in _VARIANT.finditer(raw):
        kind, old = found.lastgroup, found.group()
        if kind is None:
            new = _TO[old]
        elif kind == "dash":
            new = "-"
        elif kind == "dots":
            new = ELLIPSIS
        else:
            new = " " if any(char.isspace() for char in old) else ""
        yield _Piece(found.start(), found.end(), new)


def _canonical(raw: str) -> Iterator[_Piece]:
    """Yield the sequences that normalization form C writes otherwise, one by one."""
    if raw.isascii() or unicodedata.is_normalized("NFC", raw):
        return
    for found in _COMPOSED.finditer(raw):
        old = found.group()
        composed = unicodedata.normalize("NFC", old)
        if composed != old and not old.isspace():
            yield _Piece(found.start(), found.end(), _TO.get(composed, composed))


def _order(piece: _Piece) -> tuple[int, int]:
    return piece.start, -piece.end


def _pieces(raw: str) -> Iterator[_Piece]:
    """Yield all pieces in order; where two claim a place the first has it, or the longer."""
    composed = list(_canonical(raw))
    pieces = (
        _typographic(raw) if not composed else sorted([*composed, *_typographic(raw)], key=_order)
    )
    at = 0
    for piece in pieces:
        if piece.start >= at:
            yield piece
            at = piece.end


class FoldedText:
    """A text in its folded form, each place of which leads back to the raw text.

    Built once per article. `folded` is what is searched; offsets of it mean nothing outside.
    """

    def __init__(self, raw: str) -> None:
        self.raw = raw
        out: list[str] = []
        # stretches of the folded text: where each starts, there and in the raw text, and its ends
        self._folded_at, self._raw_at = [0], [0]
        self._folded_end, self._raw_end = [0], [0]
        done = length = 0
        for start, end, folded in _pieces(raw):
            out += raw[done:start], folded
            length += start - done
            done = end
            if len(folded) != end - start or len(folded) > 1:
                self._note(Span(start=start, end=end), length, len(folded))
            length += len(folded)
        out.append(raw[done:])
        self.folded = "".join(out)

    def _note(self, piece: Span, at: int, length: int) -> None:
        self._folded_at.append(at)
        self._raw_at.append(piece.start)
        self._folded_end.append(at + length)
        self._raw_end.append(piece.end)

    def raw_start(self, at: int) -> int | None:
        """Lead from the start of a folded character to the raw text; None inside a piece."""
        k = bisect_right(self._folded_at, at) - 1
        if at >= self._folded_end[k]:
            return self._raw_end[k] + at - self._folded_end[k]
        return self._raw_at[k] if at == self._folded_at[k] else None

    def raw_end(self, at: int) -> int | None:
        """Lead from the end of a folded character to the raw text; None inside a piece."""
        k = bisect_right(self._folded_at, at - 1) - 1
        if at > self._folded_end[k]:
            return self._raw_end[k] + at - self._folded_end[k]
        return self._raw_end[k] if at == self._folded_end[k] else None

    def folded_offset(self, at: int) -> int:
        """Lead from a raw offset to the folded one; from inside a piece to its end."""
        k = bisect_right(self._raw_at, at) - 1
        if at >= self._raw_end[k]:
            return self._folded_end[k] + at - self._raw_end[k]
        return self._folded_at[k] if at == self._raw_at[k] else self._folded_end[k]

    def span(self, start: int, end: int) -> Span | None:
        """Lead from folded offsets to the raw span.

        None where an end would cut a sequence of combining marks, a joined emoji, a line end or
        another stretch that the fold takes as one.
        """
        raw_start, raw_end = self.raw_start(start), self.raw_end(end)
        if raw_start is None or raw_end is None or raw_start >= raw_end:
            return None
        if not (between_graphemes(self.raw, raw_start) and between_graphemes(self.raw, raw_end)):
            return None
        return Span(start=raw_start, end=raw_end)


def fold(text: str) -> str:
    """Fold a short text, such as what is looked for; outer white space goes as well."""
    if text.isascii() and not _VARIANT.search(text):
        return text.strip()
    return FoldedText(text).folded.strip()


def between_graphemes(text: str, at: int) -> bool:
    """Tell whether a cut at `at` leaves every grapheme cluster of the text whole.

    Source: Unicode Standard Annex 29, extended grapheme clusters.
    """
    if at <= 0 or at >= len(text) or (_PLAIN.match(text, at) and _PLAIN.match(text, at - 1)):
        return True
    start = max(0, at - _CONTEXT)
    for back in range(at - 1, start, -1):
        if _PLAIN.match(text, back):
            start = back
            break
    clusters = _CLUSTER.finditer(text, start, at + 1)
    return any(found.end() == at for found in clusters)
