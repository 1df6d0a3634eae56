"""Speech and writing that an article attributes to a source.

Source: the terms of the attribution literature (PARC 3, Pareti 2016; PolNeAR, Newell et al. 2018):
the source is the mention, the cue the verb, the content what was said.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from extractor.marks import enclosed
from extractor.records import Article, Located, Span
from extractor.schema import Comparison, Computed, Item, Name, Statement, Verbatim

Kind = Literal["direct", "mixed", "indirect"]


def kind(text: str, content: Span) -> Kind:
    """Tell the kind of a quote by the quotation marks around and inside its content."""
    marked = [span for span in enclosed(text) if span.overlap(content)]
    if any(span.start <= content.start and content.end <= span.end for span in marked):
        return "direct"
    return "mixed" if marked else "indirect"


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
    def complete(cls, found: Located, article: Article) -> Located:
        """Tell the kind by the quotation marks around and inside the content."""
        span = found.spans["content"]
        assert isinstance(span, Span)
        return Located({**found.values, "kind": kind(article.text, span)}, found.spans)

    def line(self) -> str:
        """Say who said what."""
        said = f"“{self.content}”" if self.kind == "direct" else self.content
        return f"{self.speaker or self.source or 'unattributed'}: {said}"
