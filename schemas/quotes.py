"""Speech and writing that an article attributes to a source.

Source: the terms of the attribution literature (PARC 3, Pareti 2016; PolNeAR, Newell et al. 2018):
the source is the mention, the cue the verb, the content what was said.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from extractor.marks import enclosed, holds, said_in
from extractor.names import alike, expand, is_full, occurrences
from extractor.records import Article, Located, Span
from extractor.reporting import reported
from extractor.schema import Comparison, Computed, Item, Name, Statement, Verbatim
from extractor.sentences import covering, trimmed
from extractor.turns import label_of, signature_of, turn_of

Kind = Literal["direct", "mixed", "indirect"]

UNATTRIBUTED = "no words in its sentence attribute it"
_PRONOUN = re.compile(r"[Hh]e|[Ss]he|[Ii]t|[Tt]hey|him|her|them|I|[Ww]e|[Yy]ou|[Ww]ho|[Ww]hich")
"""Not `WHO`, which is an organisation."""
SENTENCE_WORDS = 3
"""Words from which a sentence in quotation marks is seldom a title or an exclamation."""
_AUXILIARIES = re.compile(r"\s+(?:(?:has|have|had|also|later|then)\s+)*")
_ARTICLE = re.compile(r"\s+(?:the\s+)?")
_INVERTED = frozenset(("said", "says", "according to", "added", "adds", "wrote", "explained"))
"""Cues that the source may follow; after others, such as `told`, stands whom it was said to."""
_ENDS = frozenset(".,!?…—-")
_SIGN = re.compile(
    r"\b(?:sign|banner|placard|poster|headline|slogan|titled|memoir|book|film|song|video)\b[^.]*$",
    re.IGNORECASE,
)
_REFERS = re.compile(
    r"(?:the|an?|this|that|these|those|he|she|it|they|him|them|i|we|you|who|which|whose|whom|each"
    r"|both|one|some|his|her|its|their|my|our)\b|.*['’]s ",
    re.IGNORECASE,
)
"""A source that may stand for one named elsewhere: a pronoun, `the mayor`, `Ana's lawyer`."""
_BESIDE = 60
"""Code points before a passage that may say it stands on a sign or is a title."""
LONG_PASSAGE = 5
"""Words from which a passage in quotation marks is seldom a title or a scare quote."""


def kind(text: str, content: Span) -> Kind:
    """Tell the kind of a quote by the quotation marks around and inside its content."""
    marked = [span for span in enclosed(text) if span.overlap(content)]
    if any(holds(text, span, content) for span in marked):
        return "direct"
    return "mixed" if marked else "indirect"


def content_of(item: Located) -> Span:
    """Return where the content stands."""
    span = item.spans["content"]
    assert isinstance(span, Span)
    return span


def spoken_by(found: Located, text: str, name: str) -> Located:
    """Make a name that stands in the text the speaker, placed where it is nearest."""
    near = content_of(found).start
    starts = (mention.start() for mention in re.finditer(re.escape(name), text))
    at = min(starts, key=lambda start: abs(start - near))
    return found.placed(text, speaker=Span(start=at, end=at + len(name)))


def is_speech(text: str, passage: Span) -> bool:
    """Tell whether a passage in marks is surely somebody's words: a sentence, on no sign.

    So it is for 507 of 511 such passages in 125 articles of `training/corpus`.
    """
    words = text[passage.start : passage.end]
    ends = words.rstrip()[-1:] in _ENDS or text[passage.end + 1 : passage.end + 2] == ","
    enough = len(words.split()) >= SENTENCE_WORDS
    return (
        enough
        and words[0].isupper()
        and ends
        and not _SIGN.search(text[max(0, passage.start - 60) : passage.start])
    )


def fill_marks(found: Located, text: str) -> Located:
    """Make a content in quotation marks all that stands in them, but the last comma."""
    content = content_of(found)
    passage = next((span for span in enclosed(text) if holds(text, span, content)), None)
    if passage is None:
        return found
    whole = said_in(text, passage)
    return found.placed(text, content=whole) if whole.start < whole.end else found


def cut_at_cue(found: Located, text: str) -> Located:
    """Leave the cue, and a source beside it, out of a content that holds them.

    Of 2,607 quotes in a third of the first 545 articles of `training/corpus` 10 hold their own cue.
    """
    content, cue = content_of(found), found.spans.get("cue")
    if not isinstance(cue, Span) or not cue.overlap(content) or kind(text, content) == "direct":
        return found
    start, end = cue.start, cue.end
    source = found.spans.get("source")
    if isinstance(source, Span) and source.overlap(content):
        start, end = min(start, source.start), max(end, source.end)
    left = said_in(text, Span(start=content.start, end=max(start, content.start)))
    right = said_in(text, Span(start=min(end, content.end), end=content.end))
    kept = max(left, right, key=lambda part: part.end - part.start)
    kept = trimmed(text, kept)
    return found.placed(text, content=kept) if kept.start < kept.end else found


def filled_as_reported(found: Located, text: str) -> Located:
    """Make a part of a report all of it, and end a paraphrase where the report does.

    What another source says within the report, by a cue of its own, stays as it is.
    """
    content, cue = content_of(found), found.spans.get("cue")
    if any(is_speech(text, span) and span.overlap(content) for span in enclosed(text)):
        return found
    for whole in reported(text):
        inside = whole.start <= content.start and content.end <= whole.end
        nested = isinstance(cue, Span) and cue.overlap(whole)
        if (inside or whole.start == content.start) and not nested:
            return found.placed(text, content=whole)
    return found


def named_by_source(found: Located, text: str) -> Located:
    """Make the speaker the full name that the source is, or is the last part of."""
    source = found.values.get("source")
    name = expand(source, text) if source else ""
    return spoken_by(found, text, name) if is_full(name, text) else found


def named_by_signature(found: Located, text: str) -> Located:
    """Make the name that signs a passage its speaker, unless a cue stands before it in its line."""
    content, cue = content_of(found), found.spans.get("cue")
    signature = signature_of(text, content) if kind(text, content) == "direct" else None
    if signature is None:
        return found
    line = Span(start=text.rfind("\n", 0, content.start) + 1, end=signature.start)
    if isinstance(cue, Span) and cue.overlap(line) and not cue.overlap(content):
        return found
    signed = text[signature.start : signature.end]
    name = expand(signed, text)
    start = signature.end - len(name) if signed.endswith(name) else signature.start
    source = Span(start=start, end=signature.end)
    return found.placed(text, source=source, speaker=source, cue=None)


def named_by_label(found: Located, text: str) -> Located:
    """Make a full name, or part of one, that labels a turn of a dialogue its speaker."""
    content = content_of(found)
    label = label_of(text, content) if kind(text, content) == "direct" else None
    name = expand(text[label.start : label.end], text) if label else ""
    if label is None or not is_full(name, text):
        return found
    source = label if content.start < turn_of(text, content).end else None
    return spoken_by(found.placed(text, source=source, cue=None), text, name)


def named_beside_cue(found: Located, text: str) -> Located:
    """Make a full name right before or after the cue the source, where the model names none.

    In `training/corpus` the speaker of 859 of 905 quotes with such a name is named so.
    """
    cue = found.spans.get("cue")
    if found.values.get("source") or found.values.get("speaker") or not isinstance(cue, Span):
        return found
    inverted = text[cue.start : cue.end].lower() in _INVERTED
    for name, end in occurrences(text):
        start = text.rfind(name, 0, end)
        span = Span(start=start, end=start + len(name))
        before = _AUXILIARIES.fullmatch(text, end, cue.start)
        after = inverted and _ARTICLE.fullmatch(text, cue.end, start)
        if span.end == end and (before or after):  # not in "Ana Costa's lawyer"
            return found.placed(text, source=span)
    return found


def named_alike(found: Located, text: str) -> Located:
    """Make a source that refers to nothing else the speaker, where the two are not alike.

    Of several full names that end in it the nearest before the content is taken. In
    `training/corpus` 9,530 of 9,564 such sources are like their speaker.
    """
    source, speaker = found.values.get("source"), found.values.get("speaker")
    refers = source and not (source.isupper() and len(source) > 1) and _REFERS.match(source)
    if not source or not speaker or refers or alike(source, speaker):
        return found
    last = source.split()[-1]
    start = content_of(found).start
    named = [name for name, end in occurrences(text) if name.split()[-1] == last and end <= start]
    if not named:
        return named_at_all(found.placed(text, speaker=None), text)
    return spoken_by(found, text, named[-1])


def named_at_all(found: Located, text: str) -> Located:
    """Make a source that is no pronoun the speaker, where the model names none."""
    source = found.values.get("source")
    if found.values.get("speaker") or not source or _PRONOUN.fullmatch(source):
        return found
    span = found.spans["source"]
    assert isinstance(span, Span)
    return found.placed(text, speaker=span)


def is_attributed(found: Located, text: str) -> bool:
    """Tell whether marks stand around the content, or a cue or source in its sentence."""
    content = content_of(found)
    sentence = covering(text, content)
    beside = (found.spans.get("cue"), found.spans.get("source"))
    near = any(isinstance(span, Span) and span.overlap(sentence) for span in beside)
    return near or kind(text, content) == "direct"


class Quote(Item):
    """One quote of one source; no paragraph break inside."""

    content: Annotated[Statement, Field(description="what was said, without the marks around it")]
    cue: Annotated[Verbatim | None, Field(description="the words that attribute it, such as said")]
    source: Annotated[Verbatim | None, Field(description="the mention of the source by the cue")]
    speaker: Annotated[Name | None, Field(description="the fullest name of the source")]
    kind: Annotated[Kind | None, Computed] = None

    anchor: ClassVar[str] = "content"
    compare: ClassVar[Mapping[str, Comparison]] = {
        "kind": "label",
        "cue": "text",
        "source": "text",
        "speaker": "name",
    }

    @classmethod
    def certain(cls, article: Article) -> tuple[Span, ...]:
        """Find the sentences in quotation marks, and what words of saying report.

        Of 9,369 reports in `training/corpus` 9,178 touch a quote, 8,094 are one.
        """
        text = article.text
        said = [said_in(text, span) for span in enclosed(text) if is_speech(text, span)]
        others = (span for span in reported(text) if not any(map(span.overlap, said)))
        return (*said, *others)

    @classmethod
    def adjust(cls, found: Located, article: Article) -> Located:
        """Make a part of a report all of it: of 22,547 right contents that changes 933."""
        return filled_as_reported(fill_marks(found, article.text), article.text)

    @classmethod
    def correct(cls, found: Located, article: Article) -> Located | str:
        """Widen a direct quote to its marks, name its source and speaker, want a cue.

        In 125 articles of `training/corpus` all 574 direct quotes fill their marks; of 394 quotes
        whose source is a full name 390 have that name as speaker; of 872 paraphrases 860 have
        their cue in the same sentence. No quote with a source is without a speaker.
        """
        text = article.text
        rules = (
            fill_marks, cut_at_cue,
            named_by_signature, named_by_label,
            named_beside_cue, named_by_source, named_alike, named_at_all,
        )  # fmt: skip
        for rule in rules:
            found = rule(found, text)
        return found if is_attributed(found, text) else UNATTRIBUTED

    @classmethod
    def remarks(cls, items: Sequence[Located], article: Article) -> tuple[str, ...]:
        """Name the passages in quotation marks that no quote holds."""
        contents = [content_of(item) for item in items]
        left = [
            passage
            for span in enclosed(article.text)
            if (passage := article.text[span.start : span.end])
            and (len(passage.split()) >= LONG_PASSAGE or is_speech(article.text, span))
            and not any(span.overlap(content) for content in contents)
        ]
        return tuple(f"no quote was found for the passage “{text}”" for text in left)

    @classmethod
    def complete(cls, found: Located, article: Article) -> Located:
        """Tell the kind by the quotation marks around and inside the content."""
        computed = {"kind": kind(article.text, content_of(found))}
        return Located({**found.values, **computed}, found.spans)

    def line(self) -> str:
        """Say who said what."""
        said = f"“{self.content}”" if self.kind == "direct" else self.content
        return f"{self.speaker or self.source or 'unattributed'}: {said}"
