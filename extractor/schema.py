"""The vocabulary of schema files: what the engine has to know of a field is in its annotation.

A schema file holds one pydantic model, the item. `Verbatim`, `Statement`, `Name` and `TimeText` are
strings that must stand in the article; `Computed` marks what is never asked of a model. Class
variables name the anchor field, the fields compared in evals and the key under which two items
are one. See the files in `schemas/`.
"""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.fields import FieldInfo

from extractor.records import Article, Located, Span
from extractor.rows import Asked, Row

Role = Literal["verbatim", "statement", "name", "time", "computed", "label", "free"]


@dataclass(frozen=True)
class Mark:
    """Annotation metadata that gives a field its role."""

    role: Role


Verbatim = Annotated[str, Mark("verbatim")]
"""Stands in the article word for word."""
Statement = Annotated[str, Mark("statement")]
"""Verbatim; may be given as `first words … last words`, and never loses a negation at its edges."""
Name = Annotated[str, Mark("name")]
"""Occurs in the article; a surname is expanded to the one full name that ends in it."""
TimeText = Annotated[str, Mark("time")]
"""A verbatim time expression."""
Computed = Mark("computed")
"""Filled in by the schema's `complete`, never asked of a model."""

Comparison = Literal["span", "text", "name", "names", "label"]
"""How evals compare a field: span overlap, folded text, one name, a set of names, equality."""


class Item(BaseModel):
    """What an item of a schema file derives from."""

    model_config = ConfigDict(extra="forbid")

    anchor: typing.ClassVar[str]
    """The field that says where in the text the item is."""
    same: typing.ClassVar[tuple[str, ...]] = ()
    """Fields that, when all equal, make two items one; empty: only overlapping anchors do."""
    compare: typing.ClassVar[Mapping[str, Comparison]] = {}
    """Fields scored in evals, given a matched anchor."""

    @classmethod
    def certain(cls, article: Article) -> tuple[Span, ...]:
        """Find anchors that code is sure of.

        One that a model leaves out is asked about again, where its prompt version is `bounded`.
        """
        del article
        return ()

    @classmethod
    def adjust(cls, found: Located, article: Article) -> Located:
        """Mend what code mostly knows more surely than a small model, before `correct`.

        It is called where the prompt version is `bounded`; a large model knows better.
        """
        del article
        return found

    @classmethod
    def correct(cls, found: Located, article: Article) -> Located | str:
        """Mend what code knows more surely than a model, or say why the item is none.

        What it returns is located as well: every field holds the text of its span.
        """
        del article
        return found

    @classmethod
    def remarks(cls, items: Sequence[Located], article: Article) -> tuple[str, ...]:
        """Say what a reader should know of all items of an article, such as what they lack."""
        del items, article
        return ()

    @classmethod
    def complete(cls, found: Located, article: Article) -> Located:
        """Add the computed fields; the default adds none."""
        del article
        return found

    def line(self) -> str:
        """Say the item in one line of the readable view."""
        return str(getattr(self, self.anchor))


@dataclass(frozen=True)
class FieldSpec:
    """One field of an item, as the engine sees it."""

    name: str
    role: Role
    many: bool
    """Whether the field is a list."""
    optional: bool
    """Whether a prompt version may leave the field out."""
    annotation: Any
    info: FieldInfo

    @property
    def asked(self) -> bool:
        """Whether a model is asked for it."""
        return self.role != "computed"


@dataclass(frozen=True)
class Schema:
    """A loaded schema file; `task` is the file's stem and the key of the list in an answer."""

    task: str
    item: type[Item]
    fields: tuple[FieldSpec, ...]
    path: Path | None = None

    @property
    def anchor(self) -> str:
        """The field that says where in the text an item is."""
        return self.item.anchor

    @property
    def asked(self) -> tuple[FieldSpec, ...]:
        """The fields a model is asked for, in the order models follow."""
        return tuple(spec for spec in self.fields if spec.asked)

    def spec(self, name: str) -> FieldSpec:
        """Return the field called `name`. Raises: KeyError."""
        return {spec.name: spec for spec in self.fields}[name]

    def answer_model(
        self,
        fields: Iterable[str] | None = None,
        *,
        least_items: int = 0,
        max_items: int | None = None,
        rows: bool = False,
        patterns: Mapping[str, str] | None = None,
    ) -> type[BaseModel]:
        """Build the model of a whole answer, `{task: [item, ...]}`, with the given asked fields.

        With `rows` an item is the list of its values; `patterns` bound fields; see `rows.py`.
        """
        wanted = None if fields is None else set(fields)
        picked: dict[str, Any] = {
            spec.name: (spec.annotation, spec.info)
            for spec in self.asked
            if wanted is None or spec.name in wanted
        }
        item = create_model(self.item.__name__, __base__=Row if rows else Asked, **picked)
        item.patterns = {} if patterns is None else patterns
        item.__doc__ = self.item.__doc__
        listed = Field(min_length=least_items or None, max_length=max_items)
        answer: dict[str, Any] = {self.task: (types.GenericAlias(list, (item,)), listed)}
        return create_model(self.task.capitalize(), __base__=Asked, **answer)

    @cached_property
    def sha256(self) -> str:
        """Hash of the JSON schema of a whole answer, as 64 hex digits."""
        text = json.dumps(self.answer_model().model_json_schema(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def record(self) -> type[Item]:
        """The item as it is returned: all fields, then `spans`."""
        spans: Any = (dict[str, Span | list[Span] | None], Field(default_factory=dict))
        return create_model(self.item.__name__, __base__=self.item, spans=spans)

    def build(self, found: Located) -> Item:
        """Make the typed item of a located one."""
        return self.record.model_validate({**found.values, "spans": dict(found.spans)})


def _walk(annotation: Any) -> Iterable[Any]:
    """Yield the annotation and everything inside it, outermost first."""
    yield annotation
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
    for inner in get_args(annotation):
        if not isinstance(inner, str):
            yield from _walk(inner)


def _role(info: FieldInfo) -> Role:
    marks = [m for m in info.metadata if isinstance(m, Mark)]
    marks += [m for m in _walk(info.annotation) if isinstance(m, Mark)]
    if marks:
        return marks[0].role
    holds_label = any(get_origin(part) is Literal for part in _walk(info.annotation))
    return "label" if holds_label else "free"


def _is_list(annotation: Any) -> bool:
    union = get_origin(annotation) in (Union, types.UnionType)
    inner = get_args(annotation) if union else (annotation,)
    return any(get_origin(part) is list for part in inner)


def describe(item: type[Item]) -> tuple[FieldSpec, ...]:
    """Read the field specifications off an item class, in the order of its fields."""
    return tuple(
        FieldSpec(
            name=name,
            role=_role(info),
            many=_is_list(info.annotation),
            optional=not info.is_required(),
            annotation=info.annotation,
            info=info,
        )
        for name, info in item.model_fields.items()
    )
