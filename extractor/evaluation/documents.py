"""YAML documents that remember the line of every value, so that a fault can name it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

Place = tuple[str | int, ...]
"""Where a value stands in a document: keys and list positions from the top."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a file, and where; a warning does not make the file unusable."""

    path: Path
    line: int
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        note = "" if self.severity == "error" else "warning: "
        return f"{self.path}:{self.line}: {note}{self.message}"


@dataclass(frozen=True)
class Document:
    """A parsed file. Scalars are strings, or None for `null`, `~` and nothing."""

    path: Path
    value: Any
    lines: Mapping[Place, int]
    """The line of every value, counted from 1."""
    faults: tuple[Fault, ...] = ()

    def line(self, place: Place) -> int:
        """Return the line of the value at `place`, or of the nearest one that holds it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def fault(
        self, place: Place, message: str, severity: Literal["error", "warning"] = "error"
    ) -> Fault:
        """Make a fault at a place of this document."""
        return Fault(self.path, self.line(place), message, severity)


class _PlainLoader(yaml.CSafeLoader):
    """Reads `No`, `12:30` and `2026-02-30` as words; the schema says what they mean."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the shape the base class gives it
        first: [("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"))]
        for first in ("~", "n", "N", "")
    }


def _places(node: yaml.Node, place: Place = ()) -> Iterator[tuple[Place, yaml.Node, int]]:
    """Yield place, node and line of the node and of all inside it."""
    yield place, node, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _, *inner = _places(value, (*place, str(key.value)))
            yield (*place, str(key.value)), value, key.start_mark.line + 1
            yield from inner
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield from _places(value, (*place, position))


def _parse(text: str) -> tuple[Any, yaml.Node | None]:
    loader = _PlainLoader(text)
    try:
        node = loader.get_single_node()
        return (None if node is None else loader.construct_document(node)), node
    finally:
        loader.dispose()


def read_document(path: Path) -> Document:
    """Read a YAML file; one that cannot be parsed gives a document without value and one fault."""
    try:
        value, node = _parse(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = 1 if mark is None else mark.line + 1
        return Document(path, None, {}, (Fault(path, line, f"not YAML: {error.problem}"),))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        return Document(path, None, {}, (Fault(path, 1, f"cannot be read: {error}"),))
    lines: dict[Place, int] = {}
    faults = []
    for place, _, line in _places(node) if node is not None else ():
        if place in lines:
            faults.append(Fault(path, line, f"{place[-1]!r} stands twice"))
        lines.setdefault(place, line)
    return Document(path, value, lines, tuple(faults))
