"""A small workspace of its own task, and models that answer it by a script."""

import asyncio
from pathlib import Path

from extractor.evaluation.running import Order, begin, finish
from extractor.evaluation.runs import Run, read_manifest, runs_folder
from extractor.evaluation.scores import score_run
from extractor.evaluation.suites import open_suite
from extractor.llm.request import Attempt, Reply
from extractor.records import Usage
from extractor.workspace import open_workspace

MODEL = "scripted/one"
COUNT = 12

SCHEMA = """\
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from extractor.schema import Comparison, Item, Name, Statement, Verbatim


class Saying(Item):
    words: Annotated[Statement, Field(description="what was said")]
    verb: Annotated[Verbatim | None, Field(description="the verb")]
    who: Annotated[Name | None, Field(description="who said it")]

    anchor: ClassVar[str] = "words"
    compare: ClassVar[Mapping[str, Comparison]] = {"verb": "text", "who": "name"}
"""
PROMPT = """\
---
task: sayings
version: {version}
description: A version.
parameters:
  reasks: 0
---
{{% block system %}}
{system}
{{% endblock %}}
{{% block user %}}
{{{{ text }}}}
{{% endblock %}}
"""
ACTIVE = """\
# Which version goes to which model.

[[models]]
match = "scripted/*"
sayings = "a1" # the first

[[models]]
match = "*"
sayings = "a1"
"""
FIXTURE = """\
id: {id}
title: Article {id}
published: 2026-03-11
text: |-
  "Go to {id}!" said Ann Lee. "Stay in {id}," Bob Ray wrote.
sayings:
- words: Go to {id}
  verb: said
  who: Ann Lee
- words: Stay in {id}
  verb: wrote
  who: Bob Ray
"""
GOLD = [
    {"words": "Go to {id}", "verb": "said", "who": "Ann Lee"},
    {"words": "Stay in {id}", "verb": "wrote", "who": "Bob Ray"},
]


def make(folder: Path, count: int = COUNT) -> Path:
    """Make the workspace with suite dev and two prompt versions, a1 active and a2."""
    fixtures = folder / "evals" / "fixtures" / "dev"
    fixtures.mkdir(parents=True)
    (folder / "schemas").mkdir()
    (folder / "prompts" / "sayings").mkdir(parents=True)
    (folder / "schemas" / "sayings.py").write_text(SCHEMA)
    (folder / "prompts" / "active.toml").write_text(ACTIVE)
    for version in ("a1", "a2"):
        text = PROMPT.format(version=version, system=f"Answer as {version}.")
        (folder / "prompts" / "sayings" / f"{version}.md").write_text(text)
    for name in names(count):
        (fixtures / f"{name}.yaml").write_text(FIXTURE.format(id=name))
    return folder


def names(count: int = COUNT) -> list[str]:
    return [f"town{at:02}" for at in range(count)]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def good(name):
    return [{k: v.format(id=name) for k, v in item.items()} for item in GOLD]


def half(name):
    return good(name)[:1]


class Scripted:
    """Answers by article name; raises what the answer raises; counts what it is asked."""

    budget_tokens = 1000

    def __init__(self, answer=good, *, name=MODEL, concurrency=1):
        self.answer, self.name, self.concurrency = answer, name, concurrency
        self.asked = []

    async def ask(self, request):
        await asyncio.sleep(0)
        text = request.messages[-1].content
        name = next(name for name in names(99) if name in text)
        self.asked.append(name)
        items = self.answer(name)
        usage = Usage(requests=1, prompt_tokens=10, completion_tokens=5)
        return Reply(items, (Attempt("ok", usage, 0.1),), "text")

    async def aclose(self):
        pass


def order(root, suite="dev", **options):
    return Order(open_suite(open_workspace(root), suite), **options)


def start(root, name, source=None, **options):
    """Begin a run; return it with its workspace and order."""
    workspace, wanted = open_workspace(root), order(root, **options)
    source = source or Scripted()
    return workspace, begin(workspace, runs_folder(workspace) / name, wanted, source), wanted


def whole(root, name="r", source=None, **options) -> Run:
    """Make a run and finish it."""
    source = source or Scripted()
    workspace, run, wanted = start(root, name, source, **options)
    list(finish(workspace, run, wanted.suite, source))
    return Run(run.folder, read_manifest(run.folder))


def scored(root, run):
    workspace = open_workspace(root)
    return score_run(workspace, run, open_suite(workspace, run.manifest.suite))
