"""Prompt versions as files: a copy of one, two side by side, and which one is active."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from difflib import unified_diff
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path

from extractor.errors import OutputError, PromptError, UsageError
from extractor.workspace import Active, Rule, Workspace

_VERSION_LINE = re.compile(r"^(version:[ \t]*).*$", re.MULTILINE)
_VERSION = re.compile(r"[A-Za-z0-9][\w.-]*")
_BLOCK = re.compile(r"^[ \t]*\[\[[ \t]*models[ \t]*\]\]", re.MULTILINE)


def split_id(prompt: str) -> tuple[str, str]:
    """Split `task@version`. Raises: UsageError."""
    task, _, version = prompt.partition("@")
    if not task or not version:
        raise UsageError(f"{prompt!r} is no prompt version: write TASK@VERSION.")
    return task, version


def version_path(workspace: Workspace, prompt: str) -> Path:
    """Return the file of a version. Raises: UsageError when there is none."""
    task, version = split_id(prompt)
    path = workspace.folder("prompts") / task / f"{version}.md"
    if not path.is_file():
        known = ", ".join(f"{t}@{v}" for t in workspace.tasks for v in workspace.versions(t))
        raise UsageError(f"There is no prompt {prompt} ({path}); there are {known or 'none'}.")
    return path


def copy_version(workspace: Workspace, prompt: str, old: str) -> Path:
    """Make a version as a copy of another one of its task; return its file.

    Raises: UsageError, when it is there already, is of another task or has no file name.
    """
    task, version = split_id(prompt)
    source = version_path(workspace, old)
    if split_id(old)[0] != task:
        raise UsageError(f"{prompt} cannot be a copy of {old}: that is of another task.")
    if not _VERSION.fullmatch(version):
        raise UsageError(f"{version!r} cannot be a version: use letters, digits, - and _.")
    path = source.with_name(f"{version}.md")
    text = source.read_text("utf-8-sig")
    renamed = _VERSION_LINE.sub(lambda found: found[1] + version, text, count=1)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(renamed)
    except FileExistsError:
        raise UsageError(f"{path} is there already; choose another version.") from None
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.", path=path) from error
    return path


def diff_versions(workspace: Workspace, old: str, new: str) -> Iterator[str]:
    """Yield the lines of a unified diff of two versions' files, with their line ends."""
    sides = [version_path(workspace, prompt) for prompt in (old, new)]
    texts = [path.read_text("utf-8-sig").splitlines(keepends=True) for path in sides]
    yield from unified_diff(texts[0], texts[1], old, new)


def deciding_rule(active: Active, task: str, model: str) -> Rule | None:
    """Return the rule that says which version of a task a model gets, or None."""
    fitting = (rule for rule in active.models if fnmatchcase(model, rule.match))
    return next((rule for rule in fitting if task in rule.versions), None)


def with_active(text: str, prompt: str, match: str) -> tuple[str, Active]:
    """Set a version in the text of `active.toml` for a pattern; comments and order stay.

    A pattern without a rule gets one, above all others.

    Raises: PromptError, when the file is written in a way this cannot change.
    """
    task, version = split_id(prompt)
    blocks = [found.start() for found in _BLOCK.finditer(text)]
    edited = None
    for start, end in pairwise([*blocks, len(text)]):
        if tomllib.loads(text[start:end])["models"][0].get("match") == match:
            edited = text[:start] + _with_version(text[start:end], task, version) + text[end:]
            break
    if edited is None:
        top = blocks[0] if blocks else len(text)
        rule = f'[[models]]\nmatch = "{match}"\n{task} = "{version}"\n\n'
        edited = text[:top] + rule + text[top:]
    return edited, _parsed(edited, prompt, match)


def _parsed(text: str, prompt: str, match: str) -> Active:
    """Read back what was edited. Raises: PromptError, unless it says what it should."""
    task, version = split_id(prompt)
    try:
        active = Active.model_validate(tomllib.loads(text))
    except ValueError:  # not TOML, or not rules
        active = Active(models=())
    if not any(r.match == match and r.versions.get(task) == version for r in active.models):
        message = f'active.toml cannot be changed by this command: set {task} = "{version}" there.'
        raise PromptError(message)
    return active


def _with_version(block: str, task: str, version: str) -> str:
    """Set a version in the text of one rule; what follows on its line stays."""
    key = rf"""["']?{re.escape(task)}["']?"""
    line = re.compile(rf"""^([ \t]*{key}[ \t]*=[ \t]*)(?:"[^"]*"|'[^']*')""", re.MULTILINE)
    if line.search(block):
        return line.sub(lambda found: f'{found[1]}"{version}"', block, count=1)
    body = block.rstrip()
    return f'{body}\n{task} = "{version}"' + (block[len(body) :] or "\n")
