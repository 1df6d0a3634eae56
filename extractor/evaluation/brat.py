"""Reads brat stand-off annotations: mentions, linked to items by events.

Source: Stenetorp et al. 2012, "brat: a web-based tool for NLP-assisted text annotation".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractor.errors import InputError
from extractor.evaluation.foreign import Foreign, ForeignItem, Rules
from extractor.records import Span
from extractor.schema import Schema

_NUMBER = re.compile(r"\d+$")
"""What brat adds to a role that an event has more than once."""


@dataclass
class _Standoff:
    """The annotations of one file."""

    mentions: dict[str, Span] = field(default_factory=dict)
    """By id, from the first to the last character of all fragments."""
    events: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    """Type of the event, and the ids of its mentions by role."""


def read_brat(folder: Path, rules: Rules, schema: Schema) -> Iterator[Foreign]:
    """Read every `.ann` file under a folder, sorted, with the `.txt` file of its name.

    Raises: InputError, when there is none, or an annotation does not fit its text.
    """
    texts = {path.stem: path for path in sorted(folder.rglob("*.txt"), reverse=True)}
    found = sorted(path for path in folder.rglob("*.ann") if path.stem in texts)
    if not found:
        raise InputError(f"{folder} holds no .ann file with a .txt file of its name.", path=folder)
    for path in found:
        with texts[path.stem].open(encoding="utf-8", newline="") as file:
            text = file.read()
        items = _items(_read_standoff(path, text), text, rules, schema)
        yield Foreign(path.stem, text, tuple(items))


def _read_standoff(path: Path, text: str) -> _Standoff:
    standoff = _Standoff()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        parts = line.split("\t")
        if line.startswith("T"):
            standoff.mentions[parts[0]] = _mention(parts, text, f"{path}, line {number}")
        elif line.startswith("E"):
            standoff.events.append(_event(parts[1]))
    return standoff


def _mention(parts: Sequence[str], text: str, where: str) -> Span:
    try:
        pieces = [piece.split() for piece in parts[1].split(" ", 1)[1].split(";")]
        fragments = [(int(start), int(end)) for start, end in pieces]
        said = parts[2]
    except (ValueError, IndexError) as error:
        raise InputError(f"{where}: not a brat mention: {error}") from error
    stands = " ".join(text[start:end] for start, end in fragments)
    if stands.split() != said.split():
        raise InputError(f"{where}: the text holds {stands!r} there, not {said!r}.")
    return _trimmed(text, fragments[0][0], fragments[-1][1])


def _trimmed(text: str, start: int, end: int) -> Span:
    """Leave out white space at both ends."""
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    return Span(start=start, end=start + len(words.strip()))


def _event(told: str) -> tuple[str, dict[str, list[str]]]:
    (kind, _, _), *arguments = (argument.partition(":") for argument in told.split())
    roles: dict[str, list[str]] = defaultdict(list)
    for role, _, mention in arguments:
        roles[_NUMBER.sub("", role)].append(mention)
    return kind, roles


def _items(standoff: _Standoff, text: str, rules: Rules, schema: Schema) -> Iterator[ForeignItem]:
    """Make an item of every event of the wanted type whose anchor is some words of the text."""
    for kind, roles in standoff.events:
        if rules.events and kind not in rules.events:
            continue
        item = _item(standoff.mentions, roles, text, rules, schema)
        if item.values[schema.anchor] is not None:
            yield item


def _item(
    mentions: Mapping[str, Span],
    roles: Mapping[str, Sequence[str]],
    text: str,
    rules: Rules,
    schema: Schema,
) -> ForeignItem:
    values: dict[str, Any] = {}
    spans: dict[str, Span | tuple[Span, ...]] = {}
    for name, role in rules.fields.items():
        linked = [mentions[one] for one in roles.get(role, ()) if one in mentions]
        found = [span for span in linked if span.start < span.end]
        said = [text[span.start : span.end] for span in found]
        many = schema.spec(name).many
        values[name] = said if many else next(iter(said), None)
        if found:
            spans[name] = tuple(found) if many else found[0]
    return ForeignItem(values, spans)
