"""What happens at some time: done, under way, planned, alleged, denied or possible.

Source: the sixteen political types and the quad classes are those of PLOVER (Halterman et al. 2023,
"PLOVER and POLECAT"); the general news types are described in `evals/LABELLING.md`.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from extractor.dates import resolve
from extractor.records import Article, Located, Span
from extractor.schema import Comparison, Computed, Item, Name, TimeText, Verbatim
from extractor.sentences import covering

EventType = Literal[
    "AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID", "CONCEDE", "RETREAT", "REQUEST",
    "ACCUSE", "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
    "DISASTER", "ACCIDENT", "DEATH", "CRIME", "TRIAL", "VOTE", "APPOINT", "DEAL", "RESULT",
    "LAUNCH", "CLOSE", "FINDING", "CEREMONY", "SPORT", "OTHER",
]  # fmt: skip
Status = Literal["occurred", "ongoing", "planned", "alleged", "denied", "hypothetical"]
Quad = Literal["verbal cooperation", "material cooperation", "verbal conflict", "material conflict"]

QUADS: dict[str, Quad] = {
    **dict.fromkeys(("AGREE", "CONSULT", "SUPPORT", "CONCEDE"), "verbal cooperation"),
    **dict.fromkeys(("COOPERATE", "AID", "RETREAT"), "material cooperation"),
    **dict.fromkeys(("REQUEST", "ACCUSE", "REJECT", "THREATEN"), "verbal conflict"),
    **dict.fromkeys(("PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"), "material conflict"),
}  # fmt: skip


NAMES_NOTHING = "its words name no happening"
_EMPTY_WORDS = (
    "a an and are as at be because been being but by can could did do does during for from had "
    "has have he her his if in into is it its may might more most must no nor not of on or rather "
    "shall she should so still than that the their then these they this those to was were when "
    "where which while who will with would yet"
)
"""Words that name nothing by themselves: of 22,626 triggers in `training/corpus` 1 has no other."""
_EMPTY = frozenset(_EMPTY_WORDS.split())


class Event(Item):
    """One happening, at its first full mention."""

    trigger: Annotated[Verbatim, Field(description="the shortest words that name the happening")]
    type: EventType
    actors: Annotated[list[Name], Field(description="who did it, fullest names in the article")]
    targets: Annotated[list[Name], Field(description="to or with whom it was done")]
    place: Annotated[Verbatim | None, Field(description="the most specific place given")]
    time: Annotated[TimeText | None, Field(description="the time expression without on, in or at")]
    status: Status
    summary: Annotated[str | None, Field(description="the event in one sentence")] = None
    date: Annotated[dt.date | None, Computed] = None
    end_date: Annotated[dt.date | None, Computed] = None
    evidence: Annotated[str | None, Computed] = None
    quad: Annotated[Quad | None, Computed] = None

    anchor: ClassVar[str] = "trigger"
    same: ClassVar[tuple[str, ...]] = ("trigger", "type", "actors", "targets", "time")
    compare: ClassVar[Mapping[str, Comparison]] = {
        "type": "label",
        "actors": "names",
        "targets": "names",
        "place": "text",
        "time": "text",
        "date": "label",
        "status": "label",
    }

    @classmethod
    def correct(cls, found: Located, article: Article) -> Located | str:
        """Refuse a trigger without a word that could name a happening."""
        del article
        words = (word.strip(".,;:").lower() for word in found.values["trigger"].split())
        return found if any(word not in _EMPTY for word in words) else NAMES_NOTHING

    @classmethod
    def complete(cls, found: Located, article: Article) -> Located:
        """Add the evidence sentence, the resolved days and the quad class."""
        values, trigger = found.values, found.spans["trigger"]
        assert isinstance(trigger, Span)
        evidence = covering(article.text, trigger)
        ahead = values["status"] in ("planned", "hypothetical")
        days = resolve(values.get("time"), article.published, future=ahead)
        added = {
            "date": days and days.start,
            "end_date": days and days.end,
            "evidence": article.text[evidence.start : evidence.end],
            "quad": QUADS.get(values["type"]),
        }
        return Located({**values, **added}, {**found.spans, "evidence": evidence})

    def line(self) -> str:
        """Say what happened, when, and who did it to whom."""
        who = ", ".join(self.actors) or "–"
        whom = f" → {', '.join(self.targets)}" if self.targets else ""
        status = "" if self.status == "occurred" else f" ({self.status})"
        day = str(self.date or "no date")
        return f"{day:<10}  {self.type:<9} {self.trigger}{status} · {who}{whom}"
