"""From an article to its result: chunks, prompts, answers, grounding, completion, merging.

`Extractor` is the door for scripts and notebooks. All work runs on one private event loop, so the
same object serves plain scripts, several threads and a notebook whose own loop is running.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add
from pathlib import Path
from typing import Self, TypeVar

from extractor.chunking import chunk, halves
from extractor.errors import AnswerError, ExtractError, TruncatedError, UsageError
from extractor.grounding import FoldedText, ground
from extractor.jobs import Job
from extractor.llm.prices import cost_usd
from extractor.llm.providers import open_model
from extractor.llm.request import Attempt, Model, ModelSettings
from extractor.loop import LoopThread, together
from extractor.merging import merge
from extractor.plan import Plan, make_plan
from extractor.records import (
    Article,
    Chunk,
    Located,
    Rejection,
    Span,
    Status,
    Usage,
)
from extractor.results import PromptUsed, Result, RunInfo
from extractor.schema import Item, Schema
from extractor.workspace import open_workspace

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """What one chunk gave for one task."""

    located: tuple[Located, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    asked: int = 1
    failures: tuple[str, ...] = ()

    def __add__(self, other: Outcome) -> Outcome:
        """Join the outcomes of two chunks."""
        return Outcome(
            self.located + other.located,
            self.rejected + other.rejected,
            self.attempts + other.attempts,
            self.asked + other.asked,
            self.failures + other.failures,
        )


class Extractor:
    """Extract located items from articles.

    `model` is a name or anything that answers requests; the embedded one needs no key. `tasks`
    defaults to all of the workspace; `prompts` maps a task to a version where the active one is
    not wanted.

    Raises: ModelError when the model cannot be used, WorkspaceError for a faulty file.
    """

    def __init__(
        self,
        model: str | Model = "local/default",
        *,
        tasks: Sequence[str] | None = None,
        prompts: Mapping[str, str] | None = None,
        workspace: Path | str | None = None,
        concurrency: int = 8,
        settings: ModelSettings | None = None,
    ) -> None:
        if concurrency < 1:
            raise UsageError("The concurrency must be at least 1.")
        opened = open_workspace(None if workspace is None else Path(workspace))
        name = model if isinstance(model, str) else model.name
        self.plan = make_plan(opened, name, tasks, prompts)
        self._model = open_model(model, settings) if isinstance(model, str) else model
        self.concurrency = min(concurrency, self._model.concurrency or concurrency)
        self._loop = LoopThread()
        self._slots = asyncio.Semaphore(self.concurrency)

    def extract(self, article: str | Article) -> Result:
        """Extract from one article or plain text; waits for the result."""
        return self._loop.submit(self._extract(as_article(article))).result()

    async def aextract(self, article: str | Article) -> Result:
        """Extract from one article inside a running event loop."""
        return await asyncio.wrap_future(self._loop.submit(self._extract(as_article(article))))

    def extract_many(self, articles: Iterable[str | Article]) -> Iterator[Result]:
        """Yield one result per article, as they finish; reads `articles` only as fast as needed."""
        source = iter(articles)
        running: set[Future[Result]] = set()
        try:
            while True:
                while len(running) < self.concurrency and (new := next(source, None)) is not None:
                    running.add(self._loop.submit(self._survive(as_article(new))))
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            for future in running:
                future.cancel()

    def close(self) -> None:
        """Close connections; the extractor cannot be used afterwards."""
        self._loop.submit(self._model.aclose()).result()
        self._loop.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def provenance(self) -> RunInfo:
        """Model, prompt versions and schema hashes of every result, before any usage."""
        prompts = self.plan.prompts.items()
        return RunInfo(
            model=self._model.name,
            prompts={task: PromptUsed(id=p.id, sha256=p.sha256) for task, p in prompts},
            schemas={task: schema.sha256 for task, schema in self.plan.schemas.items()},
        )

    @property
    def schemas(self) -> Mapping[str, Schema]:
        """The schemas of the tasks asked for."""
        return self.plan.schemas

    def failure(self, article: Article, error: Exception) -> Result:
        """Record an article that could not be read or processed at all."""
        nothing: dict[str, tuple[Item, ...]] = dict.fromkeys(self.plan.tasks, ())
        run = self.provenance.model_copy(update={"cost_usd": 0.0})
        return Result("failed", str(error), article, nothing, (), (), run)

    async def _survive(self, article: Article) -> Result:
        """Turn what only this article breaks on into its record: it never costs the others."""
        try:
            return await self._extract(article)
        except ExtractError:
            raise
        except Exception as error:  # noqa: BLE001 - any bug counts
            told = ExtractError(
                f"Internal error, please report it: {type(error).__name__}: {error}"
            )
            return self.failure(article, told)

    async def _extract(self, article: Article) -> Result:
        started = time.monotonic()
        outcomes = await self._outcomes(article)
        usage = reduce(add, (a.usage for o in outcomes.values() for a in o.attempts), Usage())
        run = self.provenance.model_copy(
            update={
                "usage": usage,
                "cost_usd": cost_usd(self._model.name, usage),
                "seconds": round(time.monotonic() - started, 3),
            }
        )
        return assemble(article, self.plan, outcomes, run)

    async def _outcomes(self, article: Article) -> dict[str, Outcome]:
        """Ask every task for every chunk; the tasks of a chunk share what the server has cached."""
        pieces = chunk(article, self._model.budget_tokens)
        text = FoldedText(article.text)
        jobs = [
            Job(article, text, self.plan.schemas[task], self.plan.prompts[task])
            for task in self.plan.tasks
        ]
        by_piece = await together(self._ask_all(jobs, piece) for piece in pieces)
        none = Outcome(asked=0)
        return {
            job.schema.task: reduce(add, (outcomes[i] for outcomes in by_piece), none)
            for i, job in enumerate(jobs)
        }

    async def _ask_all(self, jobs: Sequence[Job], piece: Chunk) -> list[Outcome]:
        """Ask all tasks for a chunk: in one slot of a server that keeps the prompt it has read."""
        if self._model.concurrency is None:
            each = await together(self._ask_in_slot([job], piece) for job in jobs)
            return [outcome for outcomes in each for outcome in outcomes]
        return await self._ask_in_slot(jobs, piece)

    async def _ask_in_slot(self, jobs: Sequence[Job], piece: Chunk) -> list[Outcome]:
        async with self._slots:
            return [await self._ask(job, piece) for job in jobs]

    async def _ask(self, job: Job, piece: Chunk) -> Outcome:
        """Ask for one chunk; one that does not fit is asked for in halves."""
        try:
            reply = await self._model.ask(job.request(piece))
        except TruncatedError as error:
            parts = halves(piece, job.article)
            if not parts:
                return Outcome(attempts=error.attempts, failures=(str(error),))
            smaller = [await self._ask(job, part) for part in parts]
            return reduce(add, smaller, Outcome(attempts=error.attempts, asked=0))
        except AnswerError as error:
            return Outcome(attempts=error.attempts, failures=(str(error),))
        found = ground(reply.items, job.schema, job.text, piece.span)
        outcome = Outcome(job.adjusted(found.located), found.rejected, reply.attempts)
        for anchor in job.left_out(piece, found.located):
            outcome += await self._ask_about(job, piece, anchor)
        return outcome

    async def _ask_about(self, job: Job, piece: Chunk, anchor: Span) -> Outcome:
        """Ask for an item that was left out; without an answer it stays left out."""
        try:
            reply = await self._model.ask(job.request_about(piece, anchor))
        except AnswerError as error:
            return Outcome(attempts=error.attempts, asked=0)
        found = ground(reply.items, job.schema, job.text, piece.span)
        return Outcome(job.adjusted(found.located), found.rejected, reply.attempts, asked=0)


def as_article(article: str | Article) -> Article:
    """Make an article of plain text; its id is the start of the text's hash."""
    if isinstance(article, Article):
        return article
    digest = hashlib.sha256(article.encode("utf-8", "surrogatepass")).hexdigest()
    return Article(id=digest[:12], text=article)


def finish(
    schema: Schema, located: Sequence[Located], article: Article
) -> tuple[tuple[Located, ...], tuple[Rejection, ...]]:
    """Correct, merge and complete what all chunks gave for one task."""
    kept: list[Located] = []
    refused: list[Rejection] = []
    for found in located:
        mended = schema.item.correct(found, article)
        if isinstance(mended, str):
            item = dict(found.values)
            refused.append(
                Rejection(task=schema.task, item=item, field=schema.anchor, reason=mended)
            )
        else:
            kept.append(mended)
    merged = merge(kept, schema, article.text)
    return tuple(schema.item.complete(found, article) for found in merged), tuple(refused)


def assemble(
    article: Article, asked: Plan, outcomes: Mapping[str, Outcome], run: RunInfo
) -> Result:
    """Type what the chunks gave, and say how well it went."""
    items: dict[str, tuple[Item, ...]] = {}
    rejected: list[Rejection] = []
    warnings = [*article.warnings]
    for task, schema in asked.schemas.items():
        found, refused = finish(schema, outcomes[task].located, article)
        items[task] = tuple(schema.build(item) for item in found)
        rejected += [*outcomes[task].rejected, *refused]
        warnings += schema.item.remarks(found, article)
    everything = reduce(add, outcomes.values(), Outcome(asked=0))
    failures = everything.failures
    status: Status = (
        "ok" if not failures else "failed" if len(failures) >= everything.asked else "partial"
    )
    error = None
    if failures:
        error = f"{len(failures)} of {everything.asked} requests got no answer: {failures[0]}"
    return Result(status, error, article, items, tuple(rejected), tuple(warnings), run)
