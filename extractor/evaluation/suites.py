"""Suites of labelled articles, and where in a workspace what is made of them is kept.

evals/fixtures/<suite>/*.yaml            labelled articles
evals/imported/<suite>/*.yaml            gold made elsewhere, ignored by git
evals/runs/<run>/                        runs, ignored by git
evals/baselines/<suite>/<model>/         counts of the recorded baselines
evals/recordings/<suite>/<model>/        answers that the gate replays
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from extractor.errors import UsageError
from extractor.evaluation.fixtures import Fixture, load_suite, suite_sha256
from extractor.workspace import Workspace

_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Suite:
    """The fixtures of a folder, sorted by file name."""

    name: str
    fixtures: tuple[Fixture, ...]

    @cached_property
    def sha256(self) -> str:
        """Hash of all articles and labels, as 64 hex digits."""
        return suite_sha256(self.fixtures)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the articles, in the order of the files."""
        return tuple(fixture.article.id for fixture in self.fixtures)

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks that some fixture is labelled for, sorted."""
        return tuple(sorted({task for fixture in self.fixtures for task in fixture.gold}))

    def only(self, ids: Sequence[str]) -> Suite:
        """Return the suite with these of its articles. Raises: UsageError for one that is gone."""
        gone = [article for article in ids if article not in self.ids]
        if gone:
            message = f"The suite {self.name} has no article {', '.join(gone)} any more: run again."
            raise UsageError(message)
        wanted = set(ids)
        return Suite(self.name, tuple(f for f in self.fixtures if f.article.id in wanted))


def suite_folders(workspace: Workspace) -> dict[str, Path]:
    """Find the folder of every suite: the project's own first, then imported ones, each sorted."""
    evals = workspace.folder("evals")
    found: dict[str, Path] = {}
    for folder in (evals / "fixtures", evals / "imported"):
        for path in sorted(folder.glob("*/")):
            if next(path.glob("*.yaml"), None) is not None:
                found.setdefault(path.name, path)
    return found


def own_suites(workspace: Workspace) -> tuple[str, ...]:
    """Name the suites that are not imported."""
    found = suite_folders(workspace).items()
    return tuple(name for name, path in found if path.parent.name == "fixtures")


def open_suite(workspace: Workspace, name: str) -> Suite:
    """Read a suite. Raises: UsageError if there is none; WorkspaceError with every fault."""
    folders = suite_folders(workspace)
    if name not in folders:
        known = ", ".join(folders) or "none"
        folder = workspace.folder("evals") / "fixtures"
        raise UsageError(f"There is no suite {name!r} in {folder}; suites: {known}.")
    return Suite(name, load_suite(folders[name], workspace.schemas()))


def slug(name: str) -> str:
    """Write a name, such as a model's, as a file name."""
    return re.sub(r"[^\w.]+", "-", name, flags=re.ASCII).strip("-.") or "unnamed"


def writable(workspace: Workspace, folder: str) -> Path:
    """Return a content folder to write to. Raises: UsageError for the package's own."""
    path = workspace.folder(folder)
    if path.resolve().is_relative_to(_PACKAGE):
        raise UsageError(
            f"The {folder} folder that comes with the package is not written to: make your own "
            "with `extract init DIR` and give --workspace DIR."
        )
    return path
