"""Writes fixture files, in the layout of the labelling guide."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from extractor.evaluation.suites import slug
from extractor.records import Article, Span

Item = Mapping[str, Any]
"""A gold item as it is written: fields in order, days as dates or `first/last`, spans as `Span`."""

_ODD_BREAKS = re.compile("[\r\x85\u2028\u2029]")
_DASHES = re.compile("-{2,}")


@dataclass(frozen=True)
class Labelled:
    """An article and its gold, to be written."""

    article: Article
    items: Mapping[str, Sequence[Item]]
    """Per task, in the order they are to stand in."""
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The labelled fields per task, where they are not all."""


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks."""


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Take a block for several lines; a text with other line ends keeps them in escapes only."""
    style = None
    if _ODD_BREAKS.search(text):
        style = '"'
    elif "\n" in text:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _write_span(dumper: yaml.SafeDumper, span: Span) -> yaml.MappingNode:
    pairs = span.model_dump().items()
    return dumper.represent_mapping("tag:yaml.org,2002:map", pairs, flow_style=True)


_Dumper.add_representer(str, _write_text)
_Dumper.add_representer(Span, _write_span)


def fixture_id(name: str) -> str:
    """Make the id, and file name, of a fixture from any name."""
    return _DASHES.sub("-", slug(name))


def dump_fixture(labelled: Labelled) -> str:
    """Write a fixture as YAML; `read_document` gives the same values back."""
    article = labelled.article
    content: dict[str, Any] = {
        "id": article.id,
        "title": article.title,
        "published": article.published,
    }
    if labelled.fields:
        content["labelled"] = {task: list(names) for task, names in labelled.fields.items()}
    content["text"] = article.text
    content |= {task: [dict(item) for item in items] for task, items in labelled.items.items()}
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text


def interval(first: dt.date, last: dt.date | None) -> dt.date | str:
    """Write days as the guide does: one day, or `first/last`."""
    return first if last is None or last == first else f"{first}/{last}"
