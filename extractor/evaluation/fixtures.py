"""Labelled articles: one YAML file each, read into an article and its gold items.

The top-level keys are `id`, `title`, `published`, `text` and one list per task, named as its
schema; an item has the fields of the schema. A computed field may be given as gold. An interval of
days is `first/last`. Two more keys serve annotations made elsewhere: `labelled: {task: [field,
...]}` says that only these fields were annotated (the others are not scored), and an item may hold
`spans` in the shape of an output record, where its place is known.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError, create_model

from extractor.errors import WorkspaceError
from extractor.evaluation.checks import Labels, check_items
from extractor.evaluation.documents import Document, Fault, Place, read_document
from extractor.evaluation.gold import interval_end, locate
from extractor.records import Article, Frozen, Located, Span, SpanValue
from extractor.schema import Schema

Parsed = TypeVar("Parsed", bound=BaseModel)

USUAL_WORDS = (120, 900)
"""Length of a usual article; a shorter or longer one is a warning."""


@dataclass(frozen=True)
class Fixture:
    """An article and its gold: per task the items in the labeller's order, values as in JSON.

    A field that was not labelled is missing from an item's values; None says there is none.
    """

    article: Article
    gold: Mapping[str, tuple[Located, ...]]
    path: Path

    @cached_property
    def sha256(self) -> str:
        """Hash of the article and its gold, as 64 hex digits; layout and comments do not count."""
        gold = {
            task: [[dict(item.values), _plain_spans(item.spans)] for item in items]
            for task, items in self.gold.items()
        }
        article = self.article.model_dump(mode="json", exclude={"source", "warnings"})
        text = json.dumps([article, gold], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _plain_spans(spans: Mapping[str, SpanValue]) -> dict[str, Any]:
    return {
        name: span.model_dump() if isinstance(span, Span) else [s.model_dump() for s in span or ()]
        for name, span in spans.items()
    }


class _Header(Frozen):
    """What a fixture file says of the article itself."""

    id: str = Field(pattern=r"^[\w.]+(-[\w.]+)*$")
    title: str | None
    published: dt.date | None
    text: str = Field(min_length=1)
    labelled: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class _Gold(Frozen):
    """What every gold item may hold besides its schema's fields."""

    spans: dict[str, Span | tuple[Span, ...] | None] = Field(default_factory=dict)


def _item_model(schema: Schema) -> type[_Gold]:
    """Build the model of one gold item: the schema's fields, any of which may be left out."""
    fields: dict[str, Any] = {
        spec.name: (Annotated[(spec.annotation, "gold", *spec.info.metadata)], None)
        for spec in schema.fields
    }
    return create_model(schema.item.__name__, __base__=_Gold, **fields)


def _with_intervals(item: object, schema: Schema) -> object:
    """Write `first/last` into the two fields of the interval."""
    if not isinstance(item, Mapping):
        return item
    whole = dict(item)
    for name, value in item.items():
        end = interval_end(str(name), schema)
        if end is None or end in item or not isinstance(value, str):
            continue
        first, slash, last = value.partition("/")
        if slash:
            whole |= {name: first, end: last}
    return whole


def _values(item: _Gold, schema: Schema) -> dict[str, Any]:
    """Return the fields an item gives, as they are in JSON; one day is its own end."""
    values = item.model_dump(mode="json", include=item.model_fields_set - {"spans"})
    for name, value in tuple(values.items()):
        end = interval_end(name, schema)
        if end is not None:
            values.setdefault(end, value)
    return values


@dataclass(frozen=True)
class _Reader:
    """Reads the parts of one document; what is wrong is added to `faults`."""

    document: Document
    faults: list[Fault]

    def parse(self, model: type[Parsed], value: object, place: Place = ()) -> Parsed | None:
        """Validate the value that stands at `place`; None, with the faults noted."""
        try:
            return model.model_validate(value)
        except ValidationError as error:
            for fault in error.errors():
                where = ".".join(str(part) for part in fault["loc"])
                message = f"{where}: {fault['msg']}" if where else fault["msg"]
                at = self._written((*place, *fault["loc"]))
                self.faults.append(self.document.fault(at, message))
            return None

    def _written(self, place: Place) -> Place:
        """Lead from the end of an interval to the field it was written in."""
        if not place or place in self.document.lines:
            return place
        return (*place[:-1], str(place[-1]).removeprefix("end_"))

    def labels(self, schema: Schema, fields: Sequence[str] | None) -> Labels | None:
        """Read the items of a task; None when one of them cannot be read."""
        listed = self.document.value[schema.task]
        if not isinstance(listed, list):
            self.faults.append(self.document.fault((schema.task,), f"{schema.task} is no list"))
            return None
        model = _item_model(schema)
        items = [
            self.parse(model, _with_intervals(item, schema), (schema.task, position))
            for position, item in enumerate(listed)
        ]
        read = [item for item in items if item is not None]
        if len(read) < len(items):
            return None
        values = [_values(item, schema) for item in read]
        return Labels(values, [item.spans for item in read], fields)

    def gold(
        self, schema: Schema, article: Article, fields: Sequence[str] | None
    ) -> tuple[Located, ...]:
        """Read, check and locate the items of a task; () when something is wrong with them."""
        labels = self.labels(schema, fields)
        if labels is None:
            return ()
        wrong = check_items(labels, schema, article)
        self.faults.extend(
            self.document.fault((schema.task, *w.place), w.message, w.severity) for w in wrong
        )
        if any(w.severity == "error" for w in wrong):
            return ()
        return locate(labels.items, schema, article, labels.spans)


def _article_faults(document: Document, article: Article) -> Iterator[Fault]:
    if article.id != document.path.stem:
        yield document.fault(("id",), f"the id {article.id!r} is not the file's name")
    words = len(article.text.split())
    if not USUAL_WORDS[0] <= words <= USUAL_WORDS[1]:
        usual = f"{USUAL_WORDS[0]} to {USUAL_WORDS[1]} words are usual"
        yield document.fault(("text",), f"{words} words; {usual}", "warning")


def _label_faults(
    document: Document, labelled: Mapping[str, Sequence[str]], schemas: Sequence[Schema]
) -> Iterator[Fault]:
    fields = {schema.task: {spec.name for spec in schema.fields} for schema in schemas}
    for task, names in labelled.items():
        unknown = [name for name in names if name not in fields.get(task, ())]
        if unknown or task not in fields:
            message = f"there is no task {task!r} with fields {', '.join(names)}"
            yield document.fault(("labelled", task), message)


def _read_usable(reader: _Reader, schemas: Sequence[Schema]) -> Fixture | None:
    """Read the fixture of a document that holds keys; None when its head cannot be read."""
    document, tasks = reader.document, {schema.task for schema in schemas}
    head = {key: value for key, value in document.value.items() if key not in tasks}
    header = reader.parse(_Header, head)
    if header is None:
        return None
    content = header.model_dump(exclude={"labelled"})
    article = Article(source=str(document.path), **content)
    reader.faults.extend(_article_faults(document, article))
    reader.faults.extend(_label_faults(document, header.labelled, schemas))
    gold = {
        schema.task: reader.gold(schema, article, header.labelled.get(schema.task))
        for schema in schemas
        if schema.task in document.value
    }
    return Fixture(article, gold, document.path)


def _read(path: Path, schemas: Sequence[Schema]) -> tuple[Fixture | None, list[Fault]]:
    """Read a file and name its faults; with an error among them the fixture is not to be used."""
    document = read_document(path)
    if document.faults:
        return None, list(document.faults)
    if not isinstance(document.value, Mapping):
        return None, [document.fault((), "holds no keys: see the labelling guide")]
    reader = _Reader(document, [])
    return _read_usable(reader, schemas), reader.faults


def check_fixture(path: Path, schemas: Sequence[Schema]) -> list[Fault]:
    """Name every error and warning of a fixture file, by line; [] when all is well."""
    return sorted(_read(path, schemas)[1], key=lambda fault: fault.line)


def load_fixture(path: Path, schemas: Sequence[Schema]) -> Fixture:
    """Read a fixture file. Raises: WorkspaceError, with all its errors in one message."""
    fixture, faults = _read(path, schemas)
    errors = [str(fault) for fault in faults if fault.severity == "error"]
    if fixture is None or errors:
        raise WorkspaceError("\n".join(errors), path=path)
    return fixture


def load_suite(folder: Path, schemas: Sequence[Schema]) -> tuple[Fixture, ...]:
    """Read the fixtures of a folder, sorted by file name.

    Raises: WorkspaceError, with the errors of all files, or when there is no fixture.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise WorkspaceError(f"{folder} holds no fixture (*.yaml).", path=folder)
    fixtures, errors = [], []
    for path in paths:
        try:
            fixtures.append(load_fixture(path, schemas))
        except WorkspaceError as error:
            errors.append(str(error))
    if errors:
        raise WorkspaceError("\n".join(errors), path=folder)
    return tuple(fixtures)


def suite_sha256(fixtures: Iterable[Fixture]) -> str:
    """Hash the articles and gold of a suite, in whatever order, as 64 hex digits."""
    hashes = sorted(fixture.sha256 for fixture in fixtures)
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()
