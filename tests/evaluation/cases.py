"""Schemas, fixtures and records to score: small, and of no real domain."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from extractor.evaluation.fixtures import Fixture
from extractor.evaluation.gold import locate
from extractor.records import Article, Located, Span
from extractor.schema import (
    Comparison,
    Computed,
    Item,
    Name,
    Schema,
    Statement,
    TimeText,
    Verbatim,
    describe,
)

Tone = Literal["loud", "soft"]


class Saying(Item):
    words: Annotated[Statement, "anchor"]
    verb: Annotated[Verbatim | None, "mention"]
    who: Annotated[Name | None, "name"]
    tone: Annotated[Tone | None, Computed] = None

    anchor: ClassVar[str] = "words"
    compare: ClassVar[Mapping[str, Comparison]] = {
        "tone": "label",
        "verb": "text",
        "who": "name",
    }

    @classmethod
    def complete(cls, found: Located, article: Article) -> Located:
        span = found.spans["words"]
        assert isinstance(span, Span)
        tone = "loud" if article.text[span.end : span.end + 1] == "!" else "soft"
        return Located({**found.values, "tone": tone}, found.spans)


class Doing(Item):
    head: Verbatim
    sort: Literal["GIVE", "TAKE", "MOVE"]
    givers: list[Name]
    time: TimeText | None
    date: Annotated[dt.date | None, Computed] = None
    end_date: Annotated[dt.date | None, Computed] = None

    anchor: ClassVar[str] = "head"
    compare: ClassVar[Mapping[str, Comparison]] = {
        "sort": "label",
        "givers": "names",
        "date": "label",
    }


SAYINGS = Schema("sayings", Saying, describe(Saying))
DOINGS = Schema("doings", Doing, describe(Doing))
BOTH = (SAYINGS, DOINGS)


def span(text, words, start=0):
    at = text.index(words, start)
    return Span(start=at, end=at + len(words))


def fixture(text, article_id="a", **gold):
    article = Article(id=article_id, text=text, published=dt.date(2026, 3, 11))
    schemas = {schema.task: schema for schema in BOTH}
    located = {task: locate(items, schemas[task], article) for task, items in gold.items()}
    return Fixture(article, located, Path(f"{article_id}.yaml"))


def saying(words, verb=None, who=None, **more):
    return {"words": words, "verb": verb, "who": who, **more}


def doing(head, sort="GIVE", givers=(), time=None, **more):
    return {"head": head, "sort": sort, "givers": list(givers), "time": time, **more}


def plain_spans(spans):
    return {
        name: value.model_dump()
        if isinstance(value, Span)
        else value and [one.model_dump() for one in value]
        for name, value in spans.items()
    }


def record(of, status="ok", **items):
    """Make the output record of a fixture; its own gold where a task is not given."""
    found = {task: list(gold) for task, gold in of.gold.items()} | items
    article = {"id": of.article.id, "sha256": of.article.sha256, "text": of.article.text}
    return {
        "status": status,
        "article": article,
        **{
            task: [{**item.values, "spans": plain_spans(item.spans)} for item in located]
            for task, located in found.items()
        },
    }


def changed(item, **values):
    return Located({**item.values, **values}, item.spans)
