"""Answers that were recorded, and a model that only repeats them.

A recording is what stays of a run for the gate: `evals/recordings/<suite>/<model>/` with
`recording.json` and `responses.jsonl`, gzipped when it is long. The same run gives the same bytes.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from extractor.chunking import chunk
from extractor.errors import ReplayMissError, UsageError, WorkspaceError
from extractor.evaluation.lines import line, replace
from extractor.evaluation.runs import MANIFEST, Run, find_run, read_responses
from extractor.evaluation.suites import slug, writable
from extractor.llm.replay import Entry, Replay
from extractor.llm.request import Reply, Request
from extractor.records import Article, Frozen
from extractor.workspace import Workspace

NAME = "recording.json"
RESPONSES = "responses.jsonl"
LONG = 1_000_000
"""Bytes from which on the answers are gzipped."""


class Head(Frozen):
    """What the answers are of."""

    suite: str
    model: str
    budget_tokens: int


@dataclass(frozen=True)
class Recording:
    """Where the answers to one suite are, a file per repeat."""

    where: str
    head: Head
    files: tuple[Path, ...]

    @property
    def name(self) -> str:
        """The recorded model's name."""
        return self.head.model

    @property
    def budget_tokens(self) -> int:
        """The article text of a chunk."""
        return self.head.budget_tokens

    def answers(self, repeat: int) -> dict[str, Entry]:
        """Read the answers of a repeat, counted from 1. Raises: UsageError, WorkspaceError."""
        if repeat > len(self.files):
            message = (
                f"{self.where} holds {len(self.files)} repeats; ask for no more with --repeat."
            )
            raise UsageError(message)
        return dict(read_responses(self.files[repeat - 1]))


@dataclass(frozen=True)
class Playback:
    """Repeats recorded answers; a request without one is an error that names its article."""

    replay: Replay
    articles: tuple[Article, ...]
    prompts: Mapping[str, str]
    """Prompt id per task."""

    @property
    def name(self) -> str:
        """The recorded model's name."""
        return self.replay.name

    @property
    def budget_tokens(self) -> int:
        """The article text of a chunk."""
        return self.replay.budget_tokens

    @property
    def concurrency(self) -> int | None:
        """No cap."""
        return self.replay.concurrency

    async def ask(self, request: Request) -> Reply:
        """Return the recorded reply. Raises: ReplayMissError, naming prompt, article and chunk."""
        try:
            return await self.replay.ask(request)
        except ReplayMissError as error:
            asked = f"{self.prompts.get(request.task, request.task)} on {self._whose(request)}"
            raise ReplayMissError(f"No recorded answer for {asked}. {error}") from error

    def _whose(self, request: Request) -> str:
        """Say which piece of which article a request is about."""
        question = request.messages[-1].content
        for article in self.articles:
            for piece in chunk(article, self.budget_tokens):
                if piece.text in question:
                    return f"{article.id}, characters {piece.start} to {piece.end}"
        return f"a part of an article: {question[:80]!r}"

    async def aclose(self) -> None:
        """Do nothing: there is no connection."""


def recording_folder(evals: Path, suite: str, model: str) -> Path:
    """Return where the recording of a suite by a model is."""
    return evals / "recordings" / slug(suite) / slug(model)


def read_recording(folder: Path) -> Recording:
    """Open a recording. Raises: UsageError when there is none; WorkspaceError for a broken one."""
    path = folder / NAME
    if not path.is_file():
        raise UsageError(f"There is no recording in {folder}.")
    try:
        head = Head.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise WorkspaceError(f"{path} cannot be read as a recording: {error}", path=path) from error
    whole, packed = folder / RESPONSES, folder / f"{RESPONSES}.gz"
    return Recording(str(folder), head, (packed if packed.is_file() else whole,))


def of_run(run: Run) -> Recording:
    """Take the answers of a run as a recording."""
    told = run.manifest
    files = tuple(run.responses(repeat) for repeat in range(1, told.repeats + 1))
    head = Head(suite=told.suite, model=told.model, budget_tokens=told.budget_tokens)
    return Recording(run.name, head, files)


def find_recording(workspace: Workspace, named: str) -> Recording:
    """Open a recording by its folder or `<suite>/<model>`, or the answers of a run.

    Raises: UsageError when there is neither.
    """
    for folder in (Path(named), workspace.folder("evals") / "recordings" / named):
        if (folder / NAME).is_file() and not (folder / MANIFEST).is_file():
            return read_recording(folder)
    return of_run(find_run(workspace, named))


def record(workspace: Workspace, run: Run, *, add: bool = False) -> Path:
    """Keep the answers of a run as the recording of its suite and model; return the folder.

    `add` keeps answers recorded earlier, so that several prompt versions can be replayed.

    Raises: UsageError for a run that is not complete or has repeats.
    """
    told = run.manifest
    if told.repeats > 1 or run.missing():
        raise UsageError(f"{run.name} has repeats or lacks articles: record a whole run of one.")
    folder = recording_folder(writable(workspace, "evals"), told.suite, told.model)
    head = of_run(run).head
    answers = dict(read_responses(run.responses(1)))
    if add and (folder / NAME).is_file():
        answers = {**read_recording(folder).answers(1), **answers}
    replace(folder / NAME, (head.model_dump_json(indent=2) + "\n").encode())
    _write_answers(folder, answers)
    return folder


def _write_answers(folder: Path, answers: Mapping[str, Entry]) -> None:
    content = b"".join(line({"key": key, "entry": answers[key]}) for key in sorted(answers))
    whole, packed = folder / RESPONSES, folder / f"{RESPONSES}.gz"
    if len(content) > LONG:
        replace(packed, gzip.compress(content, mtime=0))
        whole.unlink(missing_ok=True)
    else:
        replace(whole, content)
        packed.unlink(missing_ok=True)
