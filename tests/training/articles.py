"""Articles that the tests of `training/` share."""

from __future__ import annotations

from functools import cache

from extractor.evaluation.fixtures import Fixture, load_fixture
from extractor.evaluation.gold import locate
from extractor.plan import Plan
from extractor.records import Article
from extractor.workspace import Workspace
from training.build import asked_as
from training.config import CONFIG, CORPUS, Config, read_config

NAMES = ("a46-layby-inquest", "abductee-families-niigata", "africa-week-in-brief")


@cache
def config() -> Config:
    return read_config(CONFIG)


@cache
def plan() -> Plan:
    return asked_as(config(), Workspace())


@cache
def corpus() -> tuple[Fixture, ...]:
    schemas = Workspace().schemas()
    return tuple(load_fixture(CORPUS / f"{name}.yaml", schemas) for name in NAMES)


def said(text: str, *contents: str) -> Fixture:
    """Make an article in which each of the contents is labelled as said by nobody."""
    article = Article(id="said", text=text)
    empty = {"cue": None, "source": None, "speaker": None}
    items = [{"content": content, **empty} for content in contents]
    gold = {"quotes": locate(items, plan().schemas["quotes"], article), "events": ()}
    return Fixture(article, gold, CORPUS / "said.yaml")
