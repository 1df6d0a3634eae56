"""The content folders: where schemas, prompts and evals are, and which prompt goes to which model.

A workspace is a directory with some of the folders `schemas/`, `prompts/` and `evals/`; one it does
not have is taken, as a whole, from the content that comes with the package. A task is a file in
`schemas/`: nothing else has to be registered.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from extractor.errors import OutputError, PromptError, SchemaError, WorkspaceError
from extractor.prompt_files import examine, load_prompt
from extractor.prompts import Prompt
from extractor.schema import Schema
from extractor.schema_files import load_schema

FOLDERS = ("schemas", "prompts", "evals")
VARIABLE = "EXTRACT_WORKSPACE"
"""Environment variable that names the workspace when no option does."""

_NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "runs", "imported")
_PACKAGE = Path(__file__).resolve().parent


class Rule(BaseModel):
    """One `[[models]]` entry of active.toml: further keys are `task = "version"`."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, str] = Field(init=False)

    match: str
    """Pattern for the name of a model, with `*` and `?`."""

    @property
    def versions(self) -> Mapping[str, str]:
        """Version per task."""
        return self.__pydantic_extra__


class Active(BaseModel):
    """active.toml: rules in order; for each task the first that matches and names it counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: tuple[Rule, ...]

    def version(self, task: str, model_name: str) -> str | None:
        """Return the version of `task` for a model, or None when no rule says."""
        for rule in self.models:
            if fnmatchcase(model_name, rule.match) and task in rule.versions:
                return rule.versions[task]
        return None


@dataclass(frozen=True)
class Workspace:
    """The content in use; each file is loaded once, when it is first asked for."""

    root: Path | None = None
    """Directory whose folders come before the built-in ones; None uses those alone."""
    _loaded: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def folder(self, name: str) -> Path:
        """Return the folder `schemas`, `prompts` or `evals` that is in use."""
        own = None if self.root is None else self.root / name
        return own if own is not None and own.is_dir() else builtin() / name

    @property
    def tasks(self) -> tuple[str, ...]:
        """Every task there is a schema for, sorted."""
        return tuple(sorted(_stems(self.folder("schemas"), ".py")))

    def schema(self, task: str) -> Schema:
        """Load the schema of a task. Raises: SchemaError."""
        path = self.folder("schemas") / f"{task}.py"
        if not path.is_file():
            known = ", ".join(self.tasks) or "none"
            raise SchemaError(f"There is no task {task!r} ({path}); tasks: {known}.", path=path)
        if path not in self._loaded:
            self._loaded[path] = load_schema(path)
        schema: Schema = self._loaded[path]
        return schema

    def schemas(self) -> tuple[Schema, ...]:
        """Load the schema of every task, sorted by task. Raises: SchemaError."""
        return tuple(self.schema(task) for task in self.tasks)

    def versions(self, task: str) -> tuple[str, ...]:
        """Name the prompt versions of a task, sorted."""
        return tuple(sorted(_stems(self.folder("prompts") / task, ".md")))

    def prompt(self, task: str, version: str) -> Prompt:
        """Load a prompt version. Raises: SchemaError, PromptError."""
        path = self.folder("prompts") / task / f"{version}.md"
        schema = self.schema(task)
        if not path.is_file():
            known = ", ".join(self.versions(task)) or "none"
            message = f"There is no prompt {task}@{version} ({path}); versions: {known}."
            raise PromptError(message, path=path)
        if path not in self._loaded:
            self._loaded[path] = load_prompt(path, schema)
        prompt: Prompt = self._loaded[path]
        return prompt

    def active(self, task: str, model_name: str) -> str:
        """Name the prompt version of a task for a model. Raises: PromptError."""
        path = self.folder("prompts") / "active.toml"
        if path not in self._loaded:
            self._loaded[path] = read_active(path)
        version = self._loaded[path].version(task, model_name)
        if version is None:
            message = f"{path} names no version of {task!r} for {model_name!r}; add a rule."
            raise PromptError(message, path=path)
        assert isinstance(version, str)
        return version


def builtin() -> Path:
    """Return the directory of the content that comes with the package, or the checkout's."""
    packed = _PACKAGE / "_builtin"
    return packed if packed.is_dir() else _PACKAGE.parent


def open_workspace(root: Path | None = None) -> Workspace:
    """Open the workspace at `root`, else what `EXTRACT_WORKSPACE` names, else the current folder.

    The current folder counts only if it has `schemas/` and `prompts/active.toml`, since schema
    files are run. Raises: WorkspaceError, if a directory that was named has none of the folders.
    """
    named = root or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if named is not None:
        if not any((named / name).is_dir() for name in FOLDERS):
            message = f"{named} is no workspace: make one with `extract init {named}`."
            raise WorkspaceError(message, path=named)
        return Workspace(named)
    here = Path.cwd()
    marked = (here / "schemas").is_dir() and (here / "prompts" / "active.toml").is_file()
    return Workspace(here if marked else None)


def init(directory: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Copy the built-in content into `directory` and return the folders made.

    Raises: OutputError, if the directory is not empty and `force` is not given: with it files of
    the same name are overwritten and all others kept.
    """
    try:
        if not force and directory.exists() and any(directory.iterdir()):
            message = f"{directory} is not empty; choose another directory or give --force."
            raise OutputError(message, path=directory)
        return tuple(_copy(name, directory) for name in FOLDERS if (builtin() / name).is_dir())
    except (OSError, shutil.Error) as error:
        message = f"{directory} cannot be made a workspace: {error}."
        raise OutputError(message, path=directory) from error


def check(root: Path | None = None) -> list[str]:
    """Tell every fault of every schema, prompt and active.toml, each with its file; [] if none.

    Raises: WorkspaceError, if `root` is no workspace at all.
    """
    workspace = open_workspace(root)
    schemas, faults = _examine_schemas(workspace)
    faults += _examine_prompts(workspace, schemas)
    return faults + list(_examine_active(workspace))


def read_active(path: Path) -> Active:
    """Read active.toml. Raises: PromptError, with every fault of the file in one message."""
    try:
        return Active.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}); it must map models to versions."
        raise PromptError(message, path=path) from error
    except ValidationError as error:
        said = "; ".join(f"{_dotted(fault['loc'])}: {fault['msg']}" for fault in error.errors())
        raise PromptError(f"{path}: {said}.", path=path) from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise PromptError(f"{path}: {error}; correct the file.", path=path) from error


def _stems(folder: Path, suffix: str) -> Iterator[str]:
    for path in folder.glob(f"*{suffix}"):
        if path.is_file() and not path.name.startswith(("_", ".")):
            yield path.stem


def _dotted(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location))


def _copy(name: str, directory: Path) -> Path:
    target = directory / name
    shutil.copytree(builtin() / name, target, ignore=_NOT_COPIED, dirs_exist_ok=True)
    return target


def _examine_schemas(workspace: Workspace) -> tuple[dict[str, Schema], list[str]]:
    schemas, faults = {}, []
    for task in workspace.tasks:
        try:
            schemas[task] = workspace.schema(task)
        except SchemaError as error:
            faults.append(str(error))
    if not workspace.tasks:
        faults.append(f"{workspace.folder('schemas')}: there is no schema file in it")
    return schemas, faults


def _examine_prompts(workspace: Workspace, schemas: Mapping[str, Schema]) -> list[str]:
    """Examine the prompts of every task whose schema loads, and look for folders of no task."""
    folder, faults = workspace.folder("prompts"), []
    for task, schema in schemas.items():
        paths = [folder / task / f"{version}.md" for version in workspace.versions(task)]
        faults += [f"{path}: {fault}" for path in paths for fault in examine(path, schema).faults]
        if not paths:
            faults.append(f"{folder / task}: the task has no prompt; add {task}/v1.md")
    for stray in sorted(
        path for path in folder.glob("[!._]*/") if path.name not in workspace.tasks
    ):
        faults.append(f"{stray}: there is no schema {stray.name}.py for these prompts")
    return faults


def _examine_active(workspace: Workspace) -> Iterator[str]:
    """Check that every version named is there and that every model gets one of every task."""
    path = workspace.folder("prompts") / "active.toml"
    try:
        active = read_active(path)
    except PromptError as error:
        yield str(error)
        return
    for number, rule in enumerate(active.models, start=1):
        for task, version in rule.versions.items():
            if task not in workspace.tasks:
                yield f"{path}: models.{number}.{task}: there is no such task"
            elif version not in workspace.versions(task):
                yield f"{path}: models.{number}.{task}: there is no prompt {task}@{version}"
    everything = [rule.versions for rule in active.models if rule.match == "*"]
    for task in workspace.tasks:
        if not any(task in versions for versions in everything):
            yield f'{path}: no rule with match = "*" names a version of {task!r}'
