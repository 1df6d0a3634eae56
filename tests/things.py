"""A schema file that tests write and load."""

from __future__ import annotations

from pathlib import Path

HEAD = """
from __future__ import annotations
import datetime as dt
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from pydantic import Field
from extractor.schema import Computed, Item, Name, Statement, TimeText, Verbatim
"""
THING = (
    HEAD
    + '''
Kind = Literal["good", "bad"]

class Thing(Item):
    """A thing."""
    said: Annotated[Statement, Field(description="all of it")]
    cue: Verbatim | None
    who: list[Name]
    when: TimeText | None
    kind: Kind
    note: str | None = None
    day: Annotated[dt.date | None, Computed] = None
    anchor: ClassVar[str] = "said"
    same: ClassVar[tuple[str, ...]] = ("said", "who")
    compare: ClassVar[Mapping[str, str]] = {"kind": "label"}
'''
)
ITEM = {"said": "a", "cue": None, "who": ["B"], "when": None, "kind": "good", "note": None}


def written(folder: Path, text: str, name: str = "things.py") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
