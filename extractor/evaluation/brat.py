"""Reads brat stand-off annotations: mentions, linked to items by events.

An anchor that another mention of its item interrupts (“A,” she said, “B”) is as many items as it
has parts, as `evals/LABELLING.md` has it.

Source: Stenetorp et al. 2012, "brat: a web-based tool for NLP-assisted text annotation".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from extractor.errors import InputError
from extractor.evaluation.foreign import Foreign, ForeignItem, Rules
from extractor.records import Span
from extractor.schema import Schema

Fragments: TypeAlias = tuple[Span, ...]

_NUMBER = re.compile(r"\d+$")
"""What brat adds to a role that an event has more than once."""


@dataclass
class _Standoff:
    """The annotations of one file."""

    mentions: dict[str, Fragments] = field(default_factory=dict)
    """By id, in text order, without white space at their ends."""
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


def _mention(parts: Sequence[str], text: str, where: str) -> Fragments:
    try:
        pieces = [piece.split() for piece in parts[1].split(" ", 1)[1].split(";")]
        fragments = [(int(start), int(end)) for start, end in pieces]
        said = parts[2]
    except (ValueError, IndexError) as error:
        raise InputError(f"{where}: not a brat mention: {error}") from error
    stands = " ".join(text[start:end] for start, end in fragments)
    if stands.split() != said.split():
        raise InputError(f"{where}: the text holds {stands!r} there, not {said!r}.")
    spans = [_trimmed(text, start, end) for start, end in sorted(fragments)]
    return tuple(span for span in spans if span.start < span.end)


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
    """Make an item of every part of the anchor of every event of a wanted type."""
    for kind, roles in standoff.events:
        if rules.events and kind not in rules.events:
            continue
        linked = {name: _linked(standoff, roles, role) for name, role in rules.fields.items()}
        anchors = linked.pop(schema.anchor)
        others = [mention for mentions in linked.values() for mention in mentions]
        for part in _parts(anchors[0], others) if anchors else ():
            yield _item(text, schema, {**linked, schema.anchor: [part]})


def _linked(standoff: _Standoff, roles: Mapping[str, Sequence[str]], role: str) -> list[Fragments]:
    """Find the mentions an event has in a role."""
    found = (standoff.mentions.get(one, ()) for one in roles.get(role, ()))
    return [mention for mention in found if mention]


def _parts(anchor: Fragments, others: Sequence[Fragments]) -> Iterator[Fragments]:
    """Part an anchor where another mention of its item stands between two fragments."""
    begun = 0
    for at in range(1, len(anchor)):
        before, behind = anchor[at - 1].end, anchor[at].start
        if any(before <= one[0].start and one[-1].end <= behind for one in others):
            yield anchor[begun:at]
            begun = at
    yield anchor[begun:]


def _item(text: str, schema: Schema, linked: Mapping[str, Sequence[Fragments]]) -> ForeignItem:
    """Make an item of its mentions by field, each from its first to its last fragment."""
    values: dict[str, Any] = {}
    spans: dict[str, Span | tuple[Span, ...]] = {}
    for name, mentions in linked.items():
        found = tuple(Span(start=one[0].start, end=one[-1].end) for one in mentions)
        said = [text[span.start : span.end] for span in found]
        many = schema.spec(name).many
        values[name] = said if many else next(iter(said), None)
        if found:
            spans[name] = found if many else found[0]
    return ForeignItem(values, spans)
