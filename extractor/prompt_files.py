"""Prompt files: YAML front matter, then a Jinja body with a `system` and a `user` block.

A file `prompts/<task>/<version>.md` is read, checked against its schema and turned into a `Prompt`;
all that is wrong with it is told at once, before anything is asked of a model.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jinja2 import TemplateError, TemplateSyntaxError, meta, nodes
from pydantic import BaseModel, ValidationError

from extractor.errors import PromptError
from extractor.grounding import FoldedText, ground
from extractor.prompts import (
    ENVIRONMENT,
    VARIABLES,
    Example,
    Parameters,
    Prompt,
    Question,
    compiled,
    fill,
)
from extractor.records import Article, Chunk, Frozen, Message, Span
from extractor.rows import written
from extractor.schema import Schema

_FILE = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)(.*)\Z", re.DOTALL | re.MULTILINE)
_PROBES = (
    (
        Article(id="probe", text="Text.", title="Title", published=dt.date(2026, 3, 11)),
        Chunk(text="Text.", start=0, before="Before.", names=("Jane Doe",)),
    ),
    (Article(id="bare probe", text=""), Chunk(text="", start=0)),
)


class FrontMatter(Frozen):
    """What stands above the body."""

    task: str
    version: str
    description: str
    fields: tuple[str, ...] | None = None
    parameters: Parameters = Parameters()
    examples: tuple[Example, ...] = ()


class Examined(NamedTuple):
    """What became of a prompt file: the prompt, or every fault of it."""

    prompt: Prompt | None
    faults: tuple[str, ...]


def load_prompt(path: Path, schema: Schema) -> Prompt:
    """Load a prompt file that goes with `schema`.

    Raises: PromptError, with every fault of the file in one message.
    """
    prompt, faults = examine(path, schema)
    if prompt is None:
        raise PromptError(f"{path}: " + "; ".join(faults) + ".", path=path)
    return prompt


def examine(path: Path, schema: Schema) -> Examined:
    """Load a prompt file, or tell all that is wrong with it; raises nothing."""
    try:
        raw = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        return Examined(None, (f"it cannot be read ({error.strerror}); check its permissions",))
    except UnicodeDecodeError as error:
        return Examined(None, (f"byte {error.start} is not UTF-8; save the file as UTF-8",))
    found = _FILE.match(raw)
    if found is None:
        fault = "front matter is missing; begin the file with a line `---`, YAML, a line `---`"
        return Examined(None, (fault,))
    front, faults = _read_front(found[1])
    body = found[2].strip("\n")
    first_line = raw.count("\n", 0, len(raw) - len(found[2].lstrip("\n"))) + 1
    faults += tuple(_body_faults(body, first_line))
    if front is not None:
        faults += tuple(_field_faults(front, path, schema))
    if front is None or faults:
        return Examined(None, faults)
    faults = tuple(_example_faults(front, schema)) + tuple(_render_faults(front, body))
    return Examined(None, faults) if faults else Examined(_build(front, body, path, schema), ())


def _read_front(text: str) -> tuple[FrontMatter | None, tuple[str, ...]]:
    try:
        return FrontMatter.model_validate(yaml.safe_load(text)), ()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        return None, (f"line {line}: {error.problem}; correct the front matter",)
    except ValidationError as error:
        return None, tuple(_say(error))
    except (yaml.YAMLError, ValueError) as error:  # a control character, a day such as 2025-02-30
        return None, (f"front matter: {error}; correct it",)


def _say(error: ValidationError, prefix: tuple[str, ...] = ()) -> Iterator[str]:
    """Say each fault with its field as a dotted path."""
    for fault in error.errors():
        where = ".".join((*prefix, *map(str, fault["loc"])))
        yield f"{where or 'front matter'}: {fault['msg'].removeprefix('Value error, ')}"


def _field_faults(front: FrontMatter, path: Path, schema: Schema) -> Iterator[str]:
    """Check the front matter against the place of the file and its schema."""
    if front.task != schema.task:
        yield f"task: {front.task!r} must be {schema.task!r}, the name of the folder"
    if front.version != path.stem:
        yield f"version: {front.version!r} must be {path.stem!r}, the name of the file"
    if front.fields is None:
        return
    known = {spec.name for spec in schema.asked}
    for name in front.fields:
        if name not in known:
            yield f"fields: {name!r} is no field that is asked for; known: {', '.join(known)}"
    for spec in schema.asked:
        if not spec.optional and spec.name not in front.fields:
            yield f"fields: {spec.name!r} may not be left out"


def _body_faults(body: str, first_line: int) -> Iterator[str]:
    try:
        tree = ENVIRONMENT.parse(body)
        template = compiled(body)
    except TemplateSyntaxError as error:
        yield f"line {first_line + error.lineno - 1}: {error.message}; correct the body"
        return
    for block in ("system", "user"):
        if block not in template.blocks:
            yield f"the body lacks {{% block {block} %}} … {{% endblock %}}"
    for node in tree.body:
        if not isinstance(node, nodes.Block) and not _is_blank(node):
            yield f"line {first_line + node.lineno - 1}: this stands outside the blocks: never sent"
    for name in sorted(meta.find_undeclared_variables(tree) - set(VARIABLES)):
        yield f"the body uses {name!r}, which is no variable; there are {', '.join(VARIABLES)}"


def _is_blank(node: nodes.Node) -> bool:
    if not isinstance(node, nodes.Output):
        return False
    return all(isinstance(part, nodes.TemplateData) and part.data.isspace() for part in node.nodes)


def _render_faults(front: FrontMatter, body: str) -> Iterator[str]:
    """Fill both blocks for an article where all is known and for one where nothing is."""
    for article, chunk in _PROBES:
        for block in ("system", "user"):
            question = Question(front.task, front.fields or (), article, chunk)
            try:
                fill(body, block, question)
            except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
                yield f"the block {block!r} cannot be rendered for a {article.id}: {error}"


def _example_faults(front: FrontMatter, schema: Schema) -> Iterator[str]:
    answer = schema.answer_model(front.fields, rows=front.parameters.rows)
    for number, example in enumerate(front.examples, start=1):
        try:
            items = answer.model_validate(example.answer).model_dump()[schema.task]
        except ValidationError as error:
            yield from _say(error, ("examples", str(number), "answer"))
            continue
        for fault in _unlocated(items, example, schema):
            yield f"examples.{number}.answer: {fault}"


def _unlocated(items: list[dict[str, Any]], example: Example, schema: Schema) -> Iterator[str]:
    """Say what of an example's answer does not stand in its text.

    Names may also stand in `before` or `names`, which at run time are parts of the article.
    """
    head = "\n\n".join((*example.names, example.before, ""))
    window = Span(start=len(head), end=len(head) + len(example.text))
    found = ground(items, schema, FoldedText(head + example.text), window)
    for rejection in found.rejected:
        given = rejection.item.get(rejection.field)
        yield f"{rejection.field} {given!r}: {rejection.reason}"


def _build(front: FrontMatter, body: str, path: Path, schema: Schema) -> Prompt:
    asked = tuple(
        spec.name for spec in schema.asked if front.fields is None or spec.name in front.fields
    )
    answer = schema.answer_model(front.fields, rows=front.parameters.rows)
    turns = tuple(
        turn for example in front.examples for turn in _turns(example, asked, answer, body)
    )
    return Prompt(
        task=front.task,
        version=front.version,
        description=front.description,
        fields=front.fields,
        parameters=front.parameters,
        examples=front.examples,
        body=body,
        asked=asked,
        turns=turns,
        sha256=_fingerprint(front, body),
        path=path,
    )


def _turns(
    example: Example, asked: tuple[str, ...], answer: type[BaseModel], body: str
) -> tuple[Message, Message]:
    """Render an example as it would be asked and answered: compact JSON in the schema's order."""
    (task,) = answer.model_fields
    asks = fill(body, "user", Question(task, asked, example.article, example.chunk))
    says = written(answer.model_validate(example.answer))
    return Message("user", asks), Message("assistant", says)


def _fingerprint(front: FrontMatter, body: str) -> str:
    """Hash what was parsed, so that a changed line end or YAML style is no new prompt."""
    parsed = front.model_dump(mode="json", exclude_defaults=True)
    text = json.dumps([parsed, body], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
