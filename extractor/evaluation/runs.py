"""Runs over a suite: a folder with what was asked, every record and every answer.

run.json                 the manifest
records.jsonl            {"repeat": 1, "record": {...}} per article and repeat, as they finish
responses-<repeat>.jsonl {"key": "...", "entry": {...}} per answer, as it comes
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from pydantic import Field, ValidationError

from extractor.errors import UsageError, WorkspaceError
from extractor.evaluation.alignment import Record
from extractor.evaluation.lines import append_line, mend, read_lines, replace
from extractor.evaluation.suites import writable
from extractor.llm.replay import Entry
from extractor.records import Frozen
from extractor.results import PromptUsed
from extractor.workspace import Workspace

MANIFEST = "run.json"
RECORDS = "records.jsonl"


class Manifest(Frozen):
    """What a run asks, of what and of whom."""

    suite: str
    fixtures_sha256: str
    """Hash of the whole suite as it was when the run began."""
    model: str
    budget_tokens: int
    prompts: dict[str, PromptUsed]
    schemas: dict[str, str]
    tool: str
    articles: tuple[str, ...]
    """Ids of the articles asked for: all of the suite unless limited."""
    repeats: int = Field(ge=1)
    replayed: str | None = None
    """Where the answers come from, when no model is asked."""
    started: dt.datetime
    seconds: float = 0.0
    """Time spent asking; that of a session that was killed is not in it."""

    def asks_as(self, other: Manifest) -> bool:
        """Tell whether both ask the same, whenever that was."""
        when = {"started", "seconds"}
        return self.model_dump(exclude=when) == other.model_dump(exclude=when)


class Responses(MutableMapping[str, Entry]):
    """The answers in a file by the keys of their requests; a new one is appended at once."""

    def __init__(self, path: Path) -> None:
        mend(path)
        self._path = path
        self._entries = dict(read_responses(path)) if path.is_file() else {}

    def __getitem__(self, key: str) -> Entry:
        return self._entries[key]

    def __setitem__(self, key: str, entry: Entry) -> None:
        append_line(self._path, {"key": key, "entry": entry})
        self._entries[key] = entry

    def __delitem__(self, key: str) -> NoReturn:
        raise TypeError(f"an answer that was given stays: {key}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def read_responses(path: Path) -> Iterator[tuple[str, Entry]]:
    """Yield the keys and answers of a file, gzipped or not. Raises: WorkspaceError."""
    for line in read_lines(path):
        try:
            yield line["key"], line["entry"]
        except KeyError as error:
            raise WorkspaceError(f"{path} is no file of answers.", path=path) from error


@dataclass(frozen=True)
class Run:
    """A run folder and its manifest."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.folder.name

    def responses(self, repeat: int) -> Path:
        """Return the file of the answers of a repeat, counted from 1."""
        return self.folder / f"responses-{repeat}.jsonl"

    def records(self) -> Mapping[int, Mapping[str, Record]]:
        """Read the records by repeat and article id. Raises: WorkspaceError."""
        found: dict[int, dict[str, Record]] = defaultdict(dict)
        path = self.folder / RECORDS
        for line in read_lines(path) if path.is_file() else ():
            found[line["repeat"]][line["record"]["article"]["id"]] = line["record"]
        return found

    def missing(self) -> tuple[str, ...]:
        """Name the articles without a record in some repeat, in the order of the manifest."""
        records = self.records()
        repeats = range(1, self.manifest.repeats + 1)
        wanted = self.manifest.articles
        return tuple(a for a in wanted if any(a not in records.get(r, {}) for r in repeats))

    def add(self, repeat: int, record: Mapping[str, Any]) -> None:
        """Append a record. Raises: OutputError."""
        append_line(self.folder / RECORDS, {"repeat": repeat, "record": record})

    def spent(self, seconds: float) -> Run:
        """Add to the time spent, and write it down."""
        whole = round(self.manifest.seconds + seconds, 1)
        run = Run(self.folder, self.manifest.model_copy(update={"seconds": whole}))
        write_manifest(run)
        return run


def write_manifest(run: Run) -> None:
    """Write `run.json`. Raises: OutputError."""
    text = run.manifest.model_dump_json(indent=2) + "\n"
    replace(run.folder / MANIFEST, text.encode())


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a run. Raises: WorkspaceError."""
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        message = f"{path} cannot be read as a run: {error}"
        raise WorkspaceError(message, path=path) from error


def runs_folder(workspace: Workspace) -> Path:
    """Return the folder of the runs. Raises: UsageError when it is not to be written to."""
    return writable(workspace, "evals") / "runs"


def find_run(workspace: Workspace, named: str) -> Run:
    """Open a run by its folder or its name. Raises: UsageError when there is none."""
    for folder in (Path(named), workspace.folder("evals") / "runs" / named):
        if (folder / MANIFEST).is_file():
            return Run(folder, read_manifest(folder))
    known = sorted(path.parent.name for path in runs_of(workspace))
    listed = ", ".join(known[-5:]) or "none"
    raise UsageError(f"There is no run {named!r}; the latest are: {listed}.")


def runs_of(workspace: Workspace) -> Iterator[Path]:
    """Yield the manifests of the workspace's runs, unsorted."""
    return (workspace.folder("evals") / "runs").glob(f"*/{MANIFEST}")


def start_run(folder: Path, manifest: Manifest) -> Run:
    """Make a run, or take up the one of that name.

    Raises: UsageError, when the folder holds a run that asks something else.
    """
    if not (folder / MANIFEST).is_file():
        run = Run(folder, manifest)
        write_manifest(run)
        return run
    old = read_manifest(folder)
    if not old.asks_as(manifest):
        raise UsageError(
            f"{folder} holds a run of other labels, prompts, schemas or options: choose another "
            "--name."
        )
    mend(folder / RECORDS)
    return Run(folder, old)
