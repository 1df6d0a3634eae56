"""Whether a gold and a predicted item say the same in one field."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import regex

from extractor.evaluation.gold import interval_end
from extractor.evaluation.matching import THRESHOLDS
from extractor.evaluation.overlap import similarity
from extractor.fold import fold
from extractor.records import Located, Span
from extractor.schema import Schema

_POSSESSIVE = regex.compile(r"(?<=\w)'s$|(?<=s)'$")
_ARTICLES = "the|a|an"
_ADDRESS = "mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|lord|lady|rev|reverend|fr|judge|justice"
_RANKS = (
    "gen|general|lt|lieutenant|col|colonel|maj|major|capt|captain|sgt|sergeant|adm|admiral"
    "|cmdr|commander|brig|brigadier|sen|senator|rep|gov"
)
_LEADING = regex.compile(rf"(?:{_ARTICLES}|(?:{_ADDRESS}|{_RANKS})\.?)")
"""What is no part of a name at its front."""


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """Apply the declared typographic fold and ignore case; nothing else."""
    return fold(text).casefold()


@lru_cache(maxsize=65536)
def normal_name(name: str) -> str:
    """Fold a name and drop its leading article, titles and ranks, and its possessive ending.

    A name of nothing else keeps its last word.
    """
    words = _POSSESSIVE.sub("", folded(name)).split()
    while len(words) > 1 and _LEADING.fullmatch(words[0]):
        words = words[1:]
    return " ".join(words)


def normal_names(names: list[str] | None) -> frozenset[str]:
    """Normalise a list of names to a set: their order and repetitions do not count."""
    return frozenset(normal_name(name) for name in names or ())


def _label(item: Located, field: str, schema: Schema) -> Any:
    """Return a label; of an interval of days both, where one day is its own end."""
    end, value = interval_end(field, schema), item.values.get(field)
    return value if end is None or value is None else (value, item.values.get(end) or value)


def _same_place(gold: Located, predicted: Located, field: str, schema: Schema, text: str) -> bool:
    one, other = gold.spans.get(field), predicted.spans.get(field)
    if not isinstance(one, Span) or not isinstance(other, Span):
        return one is None and other is None
    threshold = THRESHOLDS.get(schema.spec(field).role, THRESHOLDS["verbatim"])
    return bool(similarity(text, [one], [other])[0, 0] >= threshold)


def agrees(gold: Located, predicted: Located, field: str, schema: Schema, text: str) -> bool:
    """Tell whether two items agree in a field, as the schema's `compare` says.

    Two that both say there is none agree. `text` is equality after `folded`, `name` and `names`
    (as sets) after `normal_name`, `label` equality (of both days for an interval), `span` overlap.
    """
    how = schema.item.compare[field]
    one, other = gold.values.get(field), predicted.values.get(field)
    if how == "span":
        return _same_place(gold, predicted, field, schema, text)
    if how == "label":
        return bool(_label(gold, field, schema) == _label(predicted, field, schema))
    if how == "names":
        return normal_names(one) == normal_names(other)
    if one is None or other is None:
        return one is other
    return folded(one) == folded(other) if how == "text" else normal_name(one) == normal_name(other)
