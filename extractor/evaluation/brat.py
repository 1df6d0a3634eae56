"""Reads brat stand-off annotations: mentions, linked to items by events.

A quotation that another mention of its item interrupts (“A,” she said, “B”) is an item for each
part, as `evals/LABELLING.md` has it.

Source: Stenetorp et al. 2012, "brat: a web-based tool for NLP-assisted text annotation".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from extractor.errors import InputError, WorkspaceError
from extractor.evaluation.foreign import Foreign, ForeignItem, Rules
from extractor.marks import MARKS
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

    Raises: InputError, when there is none, or an annotation does not fit its text; WorkspaceError,
    when the mapping leaves out the anchor.
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
    """Make items of the anchors of every event of a wanted type."""
    fields = rules.fields or {spec.name: spec.name for spec in schema.asked}
    if schema.anchor not in fields:
        raise WorkspaceError(f"The mapping names no role for {schema.anchor}; add it to [fields].")
    for kind, roles in standoff.events:
        if rules.events and kind not in rules.events:
            continue
        linked = {name: _linked(standoff, roles, role) for name, role in fields.items()}
        anchors = linked.pop(schema.anchor)
        others = [span for mentions in linked.values() for mention in mentions for span in mention]
        for anchor in anchors:
            for part in _parts(anchor, others, text):
                yield _item(text, schema, {**linked, schema.anchor: [part]})


def _linked(standoff: _Standoff, roles: Mapping[str, Sequence[str]], role: str) -> list[Fragments]:
    """Find the mentions an event has in a role."""
    found = (standoff.mentions.get(one, ()) for one in roles.get(role, ()))
    return [mention for mention in found if mention]


def _parts(anchor: Fragments, others: Sequence[Span], text: str) -> Iterator[Fragments]:
    """Part an anchor where another field of its item stands between two passages in marks."""
    begun = 0
    for at in range(1, len(anchor)):
        before, behind = anchor[at - 1].end, anchor[at].start
        between = any(before <= one.start and one.end <= behind for one in others)
        if between and _has_mark(text, before) and _has_mark(text, behind):
            yield anchor[begun:at]
            begun = at
    yield anchor[begun:]


def _has_mark(text: str, at: int) -> bool:
    """Tell whether a quotation mark stands right before or behind a place."""
    return any(char in MARKS for char in text[max(0, at - 1) : at + 1])


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
