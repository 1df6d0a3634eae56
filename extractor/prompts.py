"""Prompts: what a version asks for, and the messages it makes for one chunk of an article.

The article only ever fills variables of a version's template, so nothing that stands in it is run
as one. `prompt_files.py` reads the versions from their files.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment
from pydantic import Field

from extractor.records import Article, Chunk, Frozen, Message

VARIABLES = ("title", "published", "weekday", "before", "text", "names", "task", "fields")
"""What a body may use; `published` is a date or None, `weekday` (English) a string or None."""

ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined)
"""Jinja as bodies are run in it: an unknown variable is an error, Python's insides are closed."""

SPARE_ITEMS = 2
"""Items a list may hold beyond what the length of its chunk allows, for very short chunks."""

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Parameters(Frozen):
    """How a prompt version wants to be asked."""

    temperature: float = Field(default=0.0, ge=0.0, le=2.0)
    max_tokens: int | None = Field(default=None, ge=1)
    """Longest answer; None leaves it to the model."""
    reasks: int = Field(default=2, ge=0, le=5)
    """Requests after the first one when an answer is invalid or not in the article."""
    max_items_per_1000_chars: int | None = Field(default=None, ge=1)
    """Bound on the length of the list, against answers that run on; None sets none."""
    rows: bool = False
    """Whether an item is asked for as the list of its values; see `rows.py`."""
    bounded: bool = False
    """Whether a small model is asked: the server is told what the chunk allows it to write (see
    `patterns.py`), what code is sure of is asked about again, and `Item.adjust` mends the items."""

    def max_items(self, text: str) -> int | None:
        """Bound the list of items asked of a chunk's `text`; None for no bound."""
        rate = self.max_items_per_1000_chars
        return None if rate is None else math.ceil(rate * len(text) / 1000) + SPARE_ITEMS


class Example(Frozen):
    """A worked example: a chunk and the answer to it, as `{task: [item, ...]}`."""

    text: str
    title: str | None = None
    published: dt.date | None = None
    before: str = ""
    names: tuple[str, ...] = ()
    answer: dict[str, Any]

    @property
    def article(self) -> Article:
        """The article the chunk is asked as a part of."""
        return Article(id="example", text=self.text, title=self.title, published=self.published)

    @property
    def chunk(self) -> Chunk:
        """The chunk, at the start of `article`."""
        return Chunk(text=self.text, start=0, before=self.before, names=self.names)


@dataclass(frozen=True)
class Prompt:
    """One prompt version, checked, with its examples already rendered."""

    task: str
    version: str
    description: str
    fields: tuple[str, ...] | None
    """The fields asked for, or None for all."""
    parameters: Parameters
    examples: tuple[Example, ...]
    body: str
    asked: tuple[str, ...]
    """The names of the fields asked for, in the schema's order."""
    turns: tuple[Message, ...]
    """The examples as user and assistant turns."""
    sha256: str
    path: Path | None = None

    @property
    def id(self) -> str:
        """`task@version`."""
        return f"{self.task}@{self.version}"


class Question(NamedTuple):
    """What one user turn asks about."""

    task: str
    fields: tuple[str, ...]
    article: Article
    chunk: Chunk


def render(prompt: Prompt, article: Article, chunk: Chunk) -> tuple[Message, ...]:
    """Make the messages that ask for the items of one chunk: system, examples, user."""
    question = Question(prompt.task, prompt.asked, article, chunk)
    system = Message("system", fill(prompt.body, "system", question))
    return (system, *prompt.turns, Message("user", fill(prompt.body, "user", question)))


@lru_cache(maxsize=64)
def compiled(body: str) -> Template:
    """Compile a body. Raises: jinja2.TemplateSyntaxError."""
    return ENVIRONMENT.from_string(body)


def fill(body: str, block: str, question: Question) -> str:
    """Render one block, without the line breaks at its two ends."""
    task, fields, article, chunk = question
    day = article.published
    template = compiled(body)
    context = template.new_context(
        {
            "title": article.title,
            "published": day,
            "weekday": None if day is None else _WEEKDAYS[day.weekday()],
            "before": chunk.before,
            "text": chunk.text,
            "names": chunk.names,
            "task": task,
            "fields": fields,
        }
    )
    return "".join(template.blocks[block](context)).strip("\n")
