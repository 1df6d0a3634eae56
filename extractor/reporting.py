"""What words of saying report in English sentences, found by code.

The terms are those of PARC 3 (Pareti 2016): a cue attributes a content. Only shapes are taken that
are seldom anything else; a text that is not English has none of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex

from extractor.marks import enclosed
from extractor.records import Span
from extractor.sentences import split

_STATE = (
    "say says said saying add adds added adding acknowledged acknowledges admits admitted alleged "
    "alleges alleging announced argue argued argues arguing asserted asserts cautioned cautions "
    "claimed claiming complained complains conceded concedes concluded concludes confirmed "
    "contended contends countered denied denies disclosed explained explains found hinted "
    "indicated insist insisted insisting insists maintained maintains noted notes noting predicted "
    "predicts promised replied reported responded ruled showed shows stated stressed suggested "
    "suggests testified warn warned warns"
)
"""Cues whose `that` clause is what was said."""
_TELL = "told tells telling"
_PLAIN = "said says accused denied described describes urged"
"""Cues with what was said right behind them."""
_JUDGE = (
    "accusing blamed called calling calls demanded demanding denounced describing dismissed "
    "pledged praised rejected retorted threatened urging vowed wrote writes"
)
"""Cues with what was said right behind them where some of it stands in quotation marks."""
_INTEND = "promised threatened vowed pledged offered proposed demanded promising threatening vowing"
"""Cues with an infinitive."""
_LATE = "said says added adds announced"
"""Cues that may follow what was said, behind or before the source."""


def _any(words: str) -> str:
    return "|".join(sorted(set(words.split()), key=lambda word: (-len(word), word)))


def _compiled(*shapes: str) -> tuple[regex.Pattern[str], ...]:
    return tuple(regex.compile(shape) for shape in shapes)


_CUES = _any(f"{_STATE} {_TELL} {_PLAIN} {_JUDGE} {_INTEND} asked")
_BREAKS = rf"{_CUES}|declined|refused|agreed|gave|would not|pleaded|appealed|lodged|reminded"
"""Words that begin another statement about the source behind `and` or `but`."""
_ASIDE = (
    r",\san?\s(?:\p{Ll}+\s)?(?:accusation|allegation|assertion|charge|claim|comment|complaint|detail"
    r"|figure|reference|remark|statement)\s(?:that|to|which|the|he|she|they)\b"
)
"""What the reporter says of what was said."""
_ABBREVIATED = "Capt Corp Dept Insp Prof Sept Supt Univ"
_TIME = (
    r"(?:(?:on|in|at|to|during|after|before|by|through|from|late|early|last|this|yesterday|today"
    r"|earlier|later|afterwards?|again|when|as|via|outside|of|over|only)\b|\p{Lu}\p{Ll}+day\b)"
)
_PHRASE = rf"(?:\s{_TIME}(?:\s[^\s,;:_]+){{0,6}}?)?"
_BESIDE = r"(?<![,”\"’'?!_]\s)"
_CLAUSE = (
    r"(?=(?:he|she|it|they|there|no|nobody|(?:(?!said)[^\s,;:_]+\s){1,6}(?:was|were|had|has|have"
    r"|is|are|would|will|could|should|might|must|did)\b))"
)
_LOOSE = (
    r"(?:as|an?|its|his|her|their|compared|who|which|when|while|with|for|in|after|before|during"
    r"|\w+ing)\b"
)
"""Words that seldom carry on what was said behind `, she said,`."""
_AHEAD = _compiled(
    rf"\b(?:{_any(_STATE)})(?:\s\w+ly)?{_PHRASE}\sthat\s",
    rf"\b(?:{_any(_TELL)})(?:\s[^\s,;:_]+){{1,7}}?\sthat\s",
    r"\b(?:asked|asks|asking)(?:\s[^\s,;:_]+){0,5}?\s"
    r"(?=(?:whether|if|why|how|what|who|when|where)\s)",
    rf"\b(?:{_any(_INTEND)})\s(?=to\s)",
    r"^According to\s[^,_]{2,80},\s",
    rf"{_BESIDE}\b(?:{_any(_PLAIN)})\s(?!{_TIME}|(?:\w+ly\s)?that\b)",
    rf"(?<=,\s)(?:said|says)\s(?!{_TIME}|that\b){_CLAUSE}",
    rf"(?<!\b(?:to|not|will|would|could|can|cannot|must|did|didn't|I)\s)\bsay\s{_CLAUSE}",
    rf",\s(?:[^\s,;:_]+\s){{1,5}}(?:{_any(_LATE)}){_PHRASE},\s(?:that\s)?+(?!{_LOOSE})",
)
"""What stands right before a content."""
(_MARKED,) = _compiled(
    rf"{_BESIDE}\b(?:(?:{_any(_JUDGE)})\s(?:for\s)?+(?!{_TIME}|that\b)|(?:told|telling)\s"
    r"(?:[^\s,;:_]+\s){1,5}?(?=(?:he|she|it|they|there|his|her|its|no|the)\s))"
)
"""What stands right before a content with some of it in quotation marks."""
_BEHIND = _compiled(
    r",\saccording to\s",
    rf",\s(?:[^\s,;:_]+\s){{1,8}}?(?:{_any(_LATE)}){_PHRASE}(?:[.]?$|,\s)",
    rf",\s[^;:_]{{2,60}}\s(?:{_any(_LATE)}){_PHRASE}[.]?$",
)
"""What stands right behind a content."""
_END = regex.compile(
    rf"[;—]|\s–\s|(?<=\p{{Ll}}{{3}}|\d)(?<!\b(?:{_any(_ABBREVIATED)}))[.?!]\s|{_ASIDE}|,?\s(?:and|but|while|though)\s(?:\w+\s){{0,3}}?(?:{_BREAKS})\b"
    rf"|,\s(?:{_CUES})\b|,\saccording to\b|,\s(?:[^\s,]+\s){{1,4}}(?:{_any(_LATE)})\b|[.?!]?$"
)
_HEAD = regex.compile(
    r"(?:[•*-]\s+|\p{Lu}[\p{Lu}\p{M}.’' -]+(?:[,(][^_]{1,40}?)?\s(?:[-–—]|--)\s|.*;\s)?"
)
"""A bullet, the place of a dateline, or another clause, before what was said."""
_FEWEST = 4
"""Words of a content without quotation marks."""
_LONGEST = 1200
"""Code points of a sentence that is looked at; what is longer is no sentence of a news article."""


@lru_cache(maxsize=16)
def reported(text: str) -> tuple[Span, ...]:
    """Find what sentences report by a word of saying: disjoint, sorted."""
    shown = _hidden(text)
    short = (sentence for sentence in split(text) if sentence.end - sentence.start <= _LONGEST)
    return tuple(span for sentence in short for span in _disjoint(shown, sentence))


def _hidden(text: str) -> str:
    """Write `_` for what stands in quotation marks, so that no cue is found there."""
    pieces, end = [], 0
    for span in enclosed(text):
        pieces += [text[end : span.start], "_" * (span.end - span.start)]
        end = span.end
    return "".join([*pieces, text[end:]])


def _disjoint(text: str, sentence: Span) -> list[Span]:
    """Take what is found in order, leaving out what overlaps with something before."""
    taken: list[Span] = []
    for start, end in _found(text[sentence.start : sentence.end]):
        span = Span(start=sentence.start + start, end=sentence.start + end)
        if not any(span.overlap(other) for other in taken):
            taken.append(span)
    return sorted(taken, key=lambda span: span.start)


def _found(sentence: str) -> Iterator[tuple[int, int]]:
    """Yield the borders of contents in a sentence, surest shapes first."""
    for shape in _AHEAD:
        for before in shape.finditer(sentence):
            yield from _content(sentence, before.end())
    for before in _MARKED.finditer(sentence):
        for start, end in _content(sentence, before.end()):
            if "_" in sentence[start + 2 : end] and sentence[start + 1] != "_":
                yield start, end
    for shape in _BEHIND:
        for after in shape.finditer(sentence):
            head = _HEAD.match(sentence, 0, after.start())
            yield from _content(sentence[: after.start()], head.end() if head else 0)


def _content(sentence: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield what goes from `start` to the end of its clause, if it is long enough."""
    stop = _END.search(sentence, start)
    end = len(sentence[: stop.start() if stop else None].rstrip(" ,:"))
    words = sentence[start:end]
    if len(words.split()) >= _FEWEST or "_" in words:
        yield start, end
