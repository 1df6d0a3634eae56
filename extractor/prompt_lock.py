"""The lock of prompt versions: drafts until their first recorded baseline, then frozen.

`prompts/prompts.lock` keeps, per version, hashes of all that a model is sent: the parsed prompt,
the JSON schema of the answer and the messages rendered for a fixed probe article. A lock that
cannot be read is an error and never an empty lock.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from extractor.errors import LockError, WorkspaceError
from extractor.prompts import Prompt, render
from extractor.records import Article, Chunk, Frozen, Message
from extractor.schema import Schema
from extractor.workspace import Workspace

NAME = "prompts.lock"

_PROBE = Article(
    id="probe",
    title="Köln: “Yes” – probe",
    text="Before it all.\n\n“We will go,” said Jane Doe on Monday; 彼は「行く」と言った。",
    published=dt.date(2026, 3, 11),
)
_PIECE = Chunk(
    text=_PROBE.text[16:],
    start=16,
    before="Before it all.",
    names=("Jane Doe", "Li Hongzhong"),
)

_SHA256 = Field(pattern="^[0-9a-f]{64}$")


class Baseline(Frozen):
    """The scores of one eval of a version."""

    suite: str
    model: str
    fixtures_sha256: str = _SHA256
    """Hash of the labelled articles that were scored."""
    recorded: dt.date
    scores: dict[str, float]
    """Score in [0, 1] per metric."""


class Entry(Frozen):
    """What a version was when it was locked."""

    prompt_sha256: str = _SHA256
    schema_sha256: str = _SHA256
    messages_sha256: str = _SHA256
    baselines: tuple[Baseline, ...] = ()

    @property
    def frozen(self) -> bool:
        """Whether the version may change no more."""
        return bool(self.baselines)

    def differences(self, other: Entry) -> tuple[str, ...]:
        """Name what is sent differently: `prompt`, `schema`, `messages`; () if nothing is."""
        parts = ("prompt", "schema", "messages")
        return tuple(
            part
            for part in parts
            if getattr(self, f"{part}_sha256") != getattr(other, f"{part}_sha256")
        )


class Allowance(Frozen):
    """A version that was made active although its scores are lower, and why."""

    prompt: str
    replaced: str
    """The prompt id that was active before."""
    suite: str
    model: str
    recorded: dt.date
    reason: str = Field(min_length=1)
    changes: dict[str, float]
    """Change of score, new − old, per metric that was held against it."""


class Lock(Frozen):
    """The whole lock: an entry per prompt id, `task@version`."""

    prompts: dict[str, Entry]
    allowances: tuple[Allowance, ...] = ()


def lock_path(workspace: Workspace) -> Path:
    """Return where the lock of a workspace is."""
    return workspace.folder("prompts") / NAME


def read_lock(path: Path) -> Lock:
    """Read a lock; one that is not there locks nothing.

    Raises: LockError, if the file is there and cannot be read as a lock.
    """
    try:
        return Lock.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Lock(prompts={})
    except (OSError, ValidationError) as error:
        message = f"{path} cannot be read as a lock; restore it from version control. {error}"
        raise LockError(message, path=path) from error


def write_lock(path: Path, lock: Lock) -> None:
    """Write a lock in place of the old one, sorted, so that versions of it compare line by line.

    Raises: LockError, if it cannot be written.
    """
    entries = lock.model_dump(mode="json")
    text = json.dumps(entries, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise LockError(f"{path} cannot be written: {error.strerror}.", path=path) from error


def fingerprint(prompt: Prompt, schema: Schema) -> Entry:
    """Hash what `prompt` sends, as a draft without baselines."""
    answer = schema.answer_model(prompt.fields, rows=prompt.parameters.rows).model_json_schema()
    return Entry(
        prompt_sha256=prompt.sha256,
        schema_sha256=_hash(answer),
        messages_sha256=_hash(probe(prompt)),
    )


def record(lock: Lock, prompt: Prompt, schema: Schema, baseline: Baseline) -> Lock:
    """Add a baseline, which freezes the version if it is the first.

    Raises: LockError, if the version is frozen and is no more what it was.
    """
    now = fingerprint(prompt, schema)
    old = lock.prompts.get(prompt.id)
    if old is not None and old.frozen and old.differences(now):
        raise LockError(_changed(prompt, old.differences(now)), path=prompt.path)
    known = old.baselines if old is not None and old.frozen else ()
    entry = now.model_copy(update={"baselines": (*known, baseline)})
    return lock.model_copy(update={"prompts": {**lock.prompts, prompt.id: entry}})


def probe(prompt: Prompt) -> tuple[Message, ...]:
    """Render a prompt on the fixed probe article that the lock hashes."""
    return render(prompt, _PROBE, _PIECE)


def verify_prompt(prompt: Prompt, schema: Schema, lock: Lock) -> None:
    """Hold a prompt that is to be used to its lock.

    Raises: LockError, naming its file, if it is frozen and no more what it was.
    """
    entry = lock.prompts.get(prompt.id)
    if entry is None or not entry.frozen:
        return
    changed = entry.differences(fingerprint(prompt, schema))
    if changed:
        raise LockError(_changed(prompt, changed), path=prompt.path)


def verify_plan(
    workspace: Workspace, prompts: Mapping[str, Prompt], schemas: Mapping[str, Schema]
) -> None:
    """Hold the prompts of a run, by task, to the workspace's lock. Raises: LockError."""
    lock = read_lock(lock_path(workspace))
    for task, prompt in prompts.items():
        verify_prompt(prompt, schemas[task], lock)


def verify(workspace: Workspace) -> list[str]:
    """Tell every frozen version that is no more what it was, with its file; [] if all are.

    Raises: LockError, if the lock cannot be read.
    """
    lock = read_lock(lock_path(workspace))
    frozen = {name: entry for name, entry in lock.prompts.items() if entry.frozen}
    return [fault for name in sorted(frozen) for fault in _faults(workspace, name, frozen[name])]


def _faults(workspace: Workspace, name: str, entry: Entry) -> Iterator[str]:
    task, _, version = name.partition("@")
    try:
        prompt = workspace.prompt(task, version)
    except WorkspaceError as error:
        yield f"The frozen prompt {name} cannot be loaded: {error}"
        return
    changed = entry.differences(fingerprint(prompt, workspace.schema(task)))
    if changed:
        yield _changed(prompt, changed)


def _changed(prompt: Prompt, changed: tuple[str, ...]) -> str:
    return (
        f"{prompt.path}: {prompt.id} is frozen by its baselines and its {', '.join(changed)} "
        "changed; undo that, or make it a new version."
    )


def _hash(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
