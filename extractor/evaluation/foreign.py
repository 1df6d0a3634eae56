"""Gold annotated elsewhere, turned into fixtures.

What cannot be carried over is told, never guessed: an article with an anchor that is not in its
text is left out as a whole, since right answers would count as wrong there; any other field that is
not in the text, or is no label of the schema, is not labelled.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from extractor.errors import OutputError, WorkspaceError
from extractor.evaluation.checks import LONG_ANCHOR_WORDS, label_values
from extractor.evaluation.fixtures import check_fixture
from extractor.evaluation.gold import LOCATED
from extractor.evaluation.writing import Labelled, dump_fixture, fixture_id
from extractor.records import Article, Frozen, Span, SpanValue
from extractor.schema import FieldSpec, Schema

Format = Literal["brat", "jsonl"]
FORMATS: tuple[Format, ...] = ("brat", "jsonl")
_WORD = re.compile(r"\w[\w'’.-]*\w|\w")


class Rules(Frozen):
    """A mapping file: what of the foreign annotations is which field of the schema."""

    format: Format
    task: str
    events: tuple[str, ...] = ()
    """brat: the types of the events that are items; none for all."""
    fields: dict[str, str] = Field(default_factory=dict)
    """Role (brat) or dotted key (jsonl) by field; empty for the schema's own names."""


def read_rules(path: Path) -> Rules:
    """Read a mapping file. Raises: WorkspaceError, with every fault of it."""
    try:
        return Rules.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise WorkspaceError(f"{path}: {error}", path=path) from error


@dataclass(frozen=True)
class ForeignItem:
    """The fields of one item, with the spans that are known; a field left out is not labelled."""

    values: Mapping[str, Any]
    spans: Mapping[str, SpanValue]


@dataclass(frozen=True)
class Foreign:
    """An article annotated elsewhere."""

    id: str
    text: str
    items: tuple[ForeignItem, ...]
    title: str | None = None
    published: dt.date | None = None

    def with_items(self, items: Iterable[ForeignItem]) -> Foreign:
        """Return the article with further items."""
        return replace(self, items=(*self.items, *items))


@dataclass
class Imported:
    """What became of an import."""

    paths: list[Path] = field(default_factory=list)
    items: int = 0
    notes: list[str] = field(default_factory=list)
    """What was left out, a sentence each."""


def import_articles(
    articles: Iterable[Foreign], schema: Schema, rules: Rules, folder: Path
) -> Imported:
    """Write a fixture per article into `folder`; it is made when need be. Raises: OutputError."""
    done = Imported()
    folder.mkdir(parents=True, exist_ok=True)
    for article in articles:
        labelled = carry_over(article, schema, rules, done.notes)
        if labelled is None:
            continue
        path = _free(folder, labelled.article.id)
        named = labelled.article.model_copy(update={"id": path.stem})
        try:
            path.write_text(dump_fixture(replace(labelled, article=named)), encoding="utf-8")
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror}.", path=path) from error
        faults = [f for f in check_fixture(path, [schema]) if f.severity == "error"]
        if faults:
            path.unlink()
            done.notes.append(f"{article.id}: left out: {faults[0].message}")
            continue
        done.paths.append(path)
        done.items += len(labelled.items[schema.task])
    return done


def _free(folder: Path, name: str) -> Path:
    """Find a file name that is not taken."""
    path, number = folder / f"{name}.yaml", 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}.yaml"
    return path


def carry_over(article: Foreign, schema: Schema, rules: Rules, notes: list[str]) -> Labelled | None:
    """Turn an article into a fixture; None, with a note, when its gold has holes."""
    items = []
    for item in article.items:
        anchored = _anchored(item, schema, article.text)
        if anchored is None:
            words = item.values.get(schema.anchor)
            notes.append(f"{article.id}: left out: {schema.anchor} {words!r} is not in the text")
            return None
        items.append(_written(anchored, schema, article, notes))
    wanted = tuple(rules.fields) or tuple(spec.name for spec in schema.asked)
    fields = [name for name in wanted if all(name in item for item in items)]
    return Labelled(
        Article(
            id=fixture_id(article.id),
            text=article.text,
            title=article.title,
            published=article.published,
        ),
        {schema.task: items},
        {schema.task: fields},
    )


def _anchored(item: ForeignItem, schema: Schema, text: str) -> ForeignItem | None:
    """Give an item the place of its anchor, if its words stand in the text one way or another."""
    words = item.values[schema.anchor]
    if schema.anchor in item.spans or not isinstance(words, str):
        return item if isinstance(words, str) else None
    if words and words in text:
        return item
    span = stretch(text, words)
    if span is None:
        return None
    values = {**item.values, schema.anchor: text[span.start : span.end]}
    return ForeignItem(values, {**item.spans, schema.anchor: span})


def stretch(text: str, words: str) -> Span | None:
    """Find words that stand in the text in this order with others between them.

    The shortest stretch that holds them all, or, where that is longer than an anchor should be,
    its first words up to the first gap. None when the text does not hold them.
    """
    wanted = _WORD.findall(words)
    found = list(_WORD.finditer(text))
    starts = range(len(found)) if wanted else ()
    runs = [run for start in starts if (run := _run(found, start, wanted))]
    if not runs:
        return None
    best = min(runs, key=lambda run: run[-1] - run[0])
    if best[-1] - best[0] >= LONG_ANCHOR_WORDS:
        gaps = (at for at in range(1, len(best)) if best[at] > best[at - 1] + 1)
        best = best[: next(gaps, len(best))]
    return Span(start=found[best[0]].start(), end=found[best[-1]].end())


def _run(found: Sequence[re.Match[str]], start: int, wanted: Sequence[str]) -> list[int]:
    """Take the words one after the other from word `start` on; [] when one is not there."""
    run: list[int] = []
    for at in range(start, len(found)):
        if found[at][0].casefold() == wanted[len(run)].casefold():
            run.append(at)
        elif not run:
            return []
        if len(run) == len(wanted):
            return run
    return []


def _written(
    item: ForeignItem, schema: Schema, article: Foreign, notes: list[str]
) -> dict[str, Any]:
    """Keep the fields that can be scored, in the schema's order, and the spans that are known."""
    written: dict[str, Any] = {}
    for spec in schema.fields:
        if spec.name not in item.values:
            continue
        fault = _fault(spec, item.values[spec.name], article.text)
        if fault:
            notes.append(f"{article.id}: {fault}; that field is not labelled there")
        else:
            written[spec.name] = item.values[spec.name]
    spans = {name: _plain(span) for name, span in item.spans.items() if name in written}
    return {**written, "spans": spans} if spans else written


def _plain(span: SpanValue) -> Span | list[Span] | None:
    return span if isinstance(span, Span) or span is None else list(span)


def _fault(spec: FieldSpec, value: Any, text: str) -> str | None:
    """Say why a field cannot be scored; None when it can."""
    labels = label_values(spec)
    if labels and value is not None and value not in labels:
        return f"{spec.name} {value!r} is none of its labels"
    if spec.role in LOCATED:
        return next(_absent(spec, value, text), None)
    return None


def _absent(spec: FieldSpec, value: Any, text: str) -> Iterator[str]:
    if spec.many != isinstance(value, list):
        yield f"{spec.name} {value!r} is of another shape"
        return
    for words in value if spec.many else [value]:
        if words is not None and (not isinstance(words, str) or words not in text):
            yield f"{spec.name} {words!r} is not in the text"
