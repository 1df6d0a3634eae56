"""What the model is shown: the messages of a chunk as at run time, and the answer to them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from extractor.chunking import chunk
from extractor.errors import UsageError
from extractor.evaluation.fixtures import Fixture
from extractor.grounding import FoldedText, ground
from extractor.plan import Plan
from extractor.prompts import Prompt, render
from extractor.records import Chunk, Located, Message, Span
from extractor.rows import written
from extractor.schema import FieldSpec, Schema
from training.variation import Version

LONG_WORDS = 9
"""A statement of so many words or more is given by its first and last words."""
SIDE_WORDS = 4
"""Words on each side of the gap; more at the start where four do not tell it from another."""


@dataclass(frozen=True)
class Example:
    """One request about one chunk, and its answer."""

    article: str
    chunk: int
    """Position of the chunk in its article, from 0."""
    task: str
    messages: tuple[Message, ...]
    answer: str
    """Compact JSON, `{task: [item, ...]}` in the schema's order."""


@dataclass(frozen=True)
class Answer:
    """The gold of one chunk for one task, and how it is written down."""

    text: FoldedText
    piece: Chunk
    schema: Schema
    prompt: Prompt

    def found(self, gold: Iterable[Located]) -> list[Located]:
        """Pick the items whose anchor is in the chunk as a whole, in the order of the text."""
        anchored = [(self._anchor(item), item) for item in gold]
        inside = [pair for pair in anchored if pair[0].overlap(self.piece.span) == _length(pair[0])]
        return [item for _, item in sorted(inside, key=lambda pair: pair[0].start)]

    def written(self, gold: Iterable[Located]) -> str:
        """Write the answer as the model is to give it."""
        specs = [self.schema.spec(name) for name in self.prompt.asked]
        items = [{spec.name: self._value(spec, item) for spec in specs} for item in gold]
        return written(self._model().model_validate({self.schema.task: items}))

    def returned(self, answer: str, gold: Iterable[Located]) -> int:
        """Count the items of the answer that grounding brings back to their gold place."""
        items = self._model().model_validate_json(answer).model_dump(mode="json")[self.schema.task]
        grounding = ground(items, self.schema, self.text, self.piece.span)
        places = {self._anchor(item) for item in grounding.located}
        return sum(self._anchor(item) in places for item in gold)

    def _model(self) -> type[BaseModel]:
        return self.schema.answer_model(self.prompt.fields, rows=self.prompt.parameters.rows)

    def _anchor(self, item: Located) -> Span:
        span = item.spans[self.schema.anchor]
        assert isinstance(span, Span)
        return span

    def _value(self, spec: FieldSpec, item: Located) -> Any:
        """Read a field off the text where it has a place, off the label where it has none."""
        if spec.name not in item.spans:
            return item.values[spec.name]
        span = item.spans[spec.name]
        if isinstance(span, tuple):
            return [self._words(one) for one in span]
        if spec.name == self.schema.anchor and spec.role == "statement":
            return self.shortened(self._anchor(item))
        return None if span is None else self._words(span)

    def _words(self, span: Span) -> str:
        return self.text.raw[span.start : span.end]

    def shortened(self, statement: Span) -> str:
        """Give a long statement by its first and last words, if they bring it back exactly."""
        whole = self._words(statement)
        words = whole.split()
        if len(words) < LONG_WORDS:
            return whole
        tail = " ".join(words[-SIDE_WORDS:])
        heads = (" ".join(words[:count]) for count in range(SIDE_WORDS, len(words) - SIDE_WORDS))
        forms = (f"{head} … {tail}" for head in heads)
        return next((form for form in forms if self._expands(form, statement)), whole)

    def _expands(self, form: str, statement: Span) -> bool:
        items = [{self.schema.anchor: form}]
        located = ground(items, self.schema, self.text, self.piece.span).located
        return bool(located) and self._anchor(located[0]) == statement


def _length(span: Span) -> int:
    return span.end - span.start


@dataclass(frozen=True)
class Shown:
    """An example, with what became of the gold of its chunk."""

    example: Example
    items: int
    returned: int
    """Items of the answer that grounding brings back to their gold place."""


def show(version: Version, plan: Plan) -> Iterator[Shown]:
    """Yield the examples of an article: chunk by chunk, and for each chunk task by task."""
    fixture = version.fixture
    text = FoldedText(fixture.article.text)
    for position, piece in enumerate(chunk(fixture.article, version.budget_tokens)):
        for task in plan.tasks:
            answer = Answer(text, piece, plan.schemas[task], plan.prompts[task])
            yield _shown(fixture, position, answer)


def _shown(fixture: Fixture, position: int, answer: Answer) -> Shown:
    task = answer.schema.task
    gold = answer.found(fixture.gold.get(task, ()))
    written = answer.written(gold)
    messages = render(answer.prompt, fixture.article, answer.piece)
    example = Example(fixture.article.id, position, task, messages, written)
    return Shown(example, len(gold), answer.returned(written, gold))


def write_examples(path: Path, examples: Iterable[Example]) -> None:
    """Write one JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        for example in examples:
            file.write(json.dumps(_plain(example), ensure_ascii=False) + "\n")


def _plain(example: Example) -> Mapping[str, Any]:
    messages = [message._asdict() for message in example.messages]
    return {**vars(example), "messages": messages}


def read_examples(path: Path) -> Iterator[Example]:
    """Yield the examples of a file. Raises: UsageError, when it is not there."""
    if not path.is_file():
        raise UsageError(f"There is no {path}: run `python -m training.build` first.")
    with path.open(encoding="utf-8") as file:
        for line in file:
            plain = json.loads(line)
            messages = tuple(Message(**message) for message in plain.pop("messages"))
            yield Example(messages=messages, **plain)
