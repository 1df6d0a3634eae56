"""Versions of an article that say the same: other chunk borders, quotation marks and names."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

from extractor.evaluation.fixtures import Fixture
from extractor.records import Article
from training.config import Variation
from training.naming import with_other_surnames

_CURLY = "“”‘’"
_STRAIGHT = str.maketrans(_CURLY, "\"\"''")
_OPENERS = frozenset("([{—–-")


class Split(NamedTuple):
    """The articles tuned on, and those held back."""

    tuned: tuple[Fixture, ...]
    held_back: tuple[Fixture, ...]


@dataclass(frozen=True)
class Version:
    """An article as one epoch has it."""

    fixture: Fixture
    budget_tokens: int
    """Article text in a chunk."""


def split(fixtures: Sequence[Fixture], share: float) -> Split:
    """Hold back about `share` of the articles, by the hash of their ids: no other one matters."""
    held = {f.article.id for f in fixtures if _fraction(f.article.id) < share}
    return Split(
        tuple(f for f in fixtures if f.article.id not in held),
        tuple(f for f in fixtures if f.article.id in held),
    )


def _fraction(article: str) -> float:
    """Map an id to a number from 0 up to 1, evenly."""
    return int.from_bytes(hashlib.sha256(article.encode()).digest()[:6]) / (1 << 48)


def vary(
    fixture: Fixture, epoch: int, seed: int, how: Variation, pool: Sequence[str] = ()
) -> Version:
    """Return an article's version for an epoch; the first one has it as it is at run time.

    `pool` are the surnames that are exchanged for its own.
    """
    if epoch == 0:
        return Version(fixture, how.first_tokens)
    draw = Random(f"{seed}/{epoch}/{fixture.article.id}")
    budget_tokens = draw.randint(how.least_tokens, how.most_tokens)
    if draw.random() < how.swapped_marks:
        fixture = with_other_marks(fixture)
    if draw.random() < how.swapped_names:
        fixture = with_other_surnames(fixture, pool, draw)
    return Version(fixture, budget_tokens)


def with_other_marks(fixture: Fixture) -> Fixture:
    """Write straight quotation marks for curly ones or curly for straight; no offset moves.

    The gold keeps its spans, which alone say where its words are; its values are the old ones.
    """
    article = fixture.article
    text = swap_marks(article.text)
    return replace(fixture, article=Article(**{**article.model_dump(), "text": text}))


def swap_marks(text: str) -> str:
    """Return the text in the other kind of marks than most of its marks are; as long as before."""
    curly = sum(text.count(mark) for mark in _CURLY)
    straight = text.count('"') + text.count("'")
    return text.translate(_STRAIGHT) if curly >= straight else _curled(text)


def _curled(text: str) -> str:
    curled: list[str] = []
    for at, mark in enumerate(text):
        if mark == '"':
            curled.append("“" if _opens(text, at, curled) else "”")
        elif mark == "'":
            curled.append("‘" if _opens(text, at, curled) else "’")
        else:
            curled.append(mark)
    return "".join(curled)


def _opens(text: str, at: int, curled: Sequence[str]) -> bool:
    """Tell whether the mark at `at` opens, by what stands before it; `'90s` has an apostrophe."""
    if text[at] == "'" and text[at + 1 : at + 2].isdigit():
        return False
    before = text[at - 1 : at]
    return not before or before.isspace() or before in _OPENERS or curled[-1] in ("“", "‘")
