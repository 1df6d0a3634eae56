"""Asks a model about the articles of a suite, and keeps every answer and record in a run folder.

Kill it and start it again: records that are written stay, answers that were given are not asked
for again.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from extractor.errors import ReplayMissError, TransportError, UsageError
from extractor.evaluation.recordings import Playback, Recording
from extractor.evaluation.runs import Manifest, Responses, Run, start_run
from extractor.evaluation.suites import Suite, slug
from extractor.llm.catalogue import read_catalogue
from extractor.llm.replay import Entry, Recorded, Replay
from extractor.llm.request import Model, Reply, Request
from extractor.pipeline import Extractor
from extractor.plan import Plan, make_plan
from extractor.results import TOOL, PromptUsed, Result
from extractor.workspace import Workspace


@dataclass(frozen=True)
class Order:
    """What a run is to ask."""

    suite: Suite
    tasks: Sequence[str] | None = None
    """None for all that the suite is labelled for."""
    prompts: Mapping[str, str] = field(default_factory=dict)
    """Version per task, where it is not the active one."""
    repeats: int = 1
    limit: int | None = None
    """The first articles of the suite only."""


Source: TypeAlias = Model | Recording
"""Who answers: a live model, or a recording and nobody else."""


@dataclass(frozen=True)
class _Resumed:
    """A model that is asked only what was not answered before the run was cut off."""

    fresh: Recorded
    given: Replay

    @property
    def name(self) -> str:
        return self.fresh.name

    @property
    def budget_tokens(self) -> int:
        return self.fresh.budget_tokens

    @property
    def concurrency(self) -> int | None:
        return self.fresh.concurrency

    async def ask(self, request: Request) -> Reply:
        try:
            return await self.given.ask(request)
        except ReplayMissError:
            return await self.fresh.ask(request)

    async def aclose(self) -> None:
        await self.fresh.aclose()


def _open(source: Source, run: Run, suite: Suite, repeat: int) -> Model:
    """Return the model for one repeat; its answers go to the run's file."""
    own = Responses(run.responses(repeat))
    given = Replay(source.name, _answered(own), source.budget_tokens)
    if not isinstance(source, Recording):
        return _Resumed(Recorded(source, own), given)
    prompts = {task: used.id for task, used in run.manifest.prompts.items()}
    return _Resumed(Recorded(playback(source, repeat, suite, prompts), own), given)


def _answered(responses: Mapping[str, Entry]) -> dict[str, Entry]:
    """Leave out requests that the service did not answer: they are asked again."""
    lost = TransportError.__name__
    return {k: e for k, e in responses.items() if e.get("error", {}).get("kind") != lost}


def playback(
    recording: Recording,
    repeat: int,
    suite: Suite,
    prompts: Mapping[str, str],
    budget_tokens: int | None = None,
) -> Playback:
    """Open a recording as a model; `prompts` are the ids per task, for what it says of a miss.

    `budget_tokens` is that of the recording, unless given.
    """
    articles = tuple(fixture.article for fixture in suite.fixtures)
    answers = recording.answers(repeat)
    budget = budget_tokens or recording.budget_tokens
    return Playback(Replay(recording.name, answers, budget), articles, prompts)


def choose(workspace: Workspace, order: Order, model: str) -> Plan:
    """Choose schemas and prompt versions, and hold the frozen ones to their lock.

    Raises: UsageError for a task the suite is not labelled for; LockError for an edited prompt.
    """
    tasks = tuple(order.tasks or order.suite.tasks)
    unlabelled = [task for task in (*tasks, *order.prompts) if task not in order.suite.tasks]
    if unlabelled:
        have = ", ".join(order.suite.tasks) or "no task"
        message = f"The suite {order.suite.name} is labelled for {have}, not for {unlabelled[0]!r}."
        raise UsageError(message)
    prompts = {task: version for task, version in order.prompts.items() if task in tasks}
    return make_plan(workspace, model, tasks, prompts)


def known_model(name: str) -> tuple[str, int | None]:
    """Return a model's full name and, of an embedded one, the article text of a chunk in tokens.

    Raises: UnknownModelError for an embedded one that is not in the catalogue.
    """
    provider, _, model = name.partition("/")
    if provider != "local":
        return name, None
    entry = read_catalogue().entry(model)
    return f"local/{entry.name}", entry.budget_tokens


def default_name(order: Order, model: str) -> str:
    """Name a run by the time, the suite and the model."""
    return f"{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}-{slug(order.suite.name)}-{slug(model)}"


def begin(workspace: Workspace, folder: Path, order: Order, source: Source) -> Run:
    """Make the run of an order, or take up the one in `folder`.

    Raises: UsageError, when the folder holds a run of something else; LockError.
    """
    chosen = choose(workspace, order, source.name)
    prompts = {task: PromptUsed(id=p.id, sha256=p.sha256) for task, p in chosen.prompts.items()}
    manifest = Manifest(
        suite=order.suite.name,
        fixtures_sha256=order.suite.sha256,
        model=source.name,
        budget_tokens=source.budget_tokens,
        prompts=prompts,
        schemas={task: schema.sha256 for task, schema in chosen.schemas.items()},
        tool=TOOL,
        articles=order.suite.ids[: order.limit],
        repeats=order.repeats,
        replayed=source.where if isinstance(source, Recording) else None,
        started=dt.datetime.now(dt.UTC).replace(microsecond=0),
    )
    return start_run(folder, manifest)


def finish(
    workspace: Workspace, run: Run, suite: Suite, source: Source
) -> Iterator[tuple[int, Result]]:
    """Ask for every record the run still lacks; yield each with its repeat once it is written.

    Raises: ModelError when the model cannot be used, ReplayMissError when a recording lacks an
        answer. What is written by then stays.
    """
    records, told = run.records(), run.manifest
    began = time.monotonic()
    try:
        for repeat in range(1, told.repeats + 1):
            done = records.get(repeat, {})
            left = suite.only([a for a in told.articles if a not in done])
            if left.fixtures:
                model = _open(source, run, left, repeat)
                for result in _ask(workspace, run, left, model):
                    run.add(repeat, result.to_dict())
                    yield repeat, result
    finally:
        run.spent(time.monotonic() - began)


def _ask(workspace: Workspace, run: Run, left: Suite, model: Model) -> Iterator[Result]:
    told = run.manifest
    versions = {task: used.id.partition("@")[2] for task, used in told.prompts.items()}
    articles = [fixture.article for fixture in left.fixtures]
    with Extractor(
        model, tasks=tuple(told.prompts), prompts=versions, workspace=workspace.root
    ) as extractor:
        yield from extractor.extract_many(articles)
