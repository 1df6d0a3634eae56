"""An article's gold beside what was predicted for it, matched one to one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

from extractor.errors import UsageError, WorkspaceError
from extractor.evaluation.agreement import agrees
from extractor.evaluation.fixtures import Fixture
from extractor.evaluation.matching import THRESHOLDS, Pair, match
from extractor.records import Located, Span, SpanValue
from extractor.schema import Schema

Record = Mapping[str, Any]
"""The output of one article, in the shape `extract run` writes it."""
Outcome = Literal["ok", "partial", "failed", "missing"]

_NOWHERE = Span(start=0, end=0)
_SPANS: TypeAdapter[dict[str, SpanValue]] = TypeAdapter(dict[str, SpanValue])


@dataclass(frozen=True)
class Alignment:
    """One article and task: gold and predicted items in text order, and which belong together."""

    article_id: str
    outcome: Outcome
    """The status of the record; `missing` when the run holds none."""
    text: str
    gold_sha256: str
    gold: tuple[Located, ...]
    predicted: tuple[Located, ...]
    pairs: tuple[Pair, ...]
    """Positions in `gold` and `predicted`, each at most once, sorted by gold."""


def read_items(record: Record, schema: Schema) -> tuple[Located, ...]:
    """Read the items of a task off a record; () for a failed one.

    Raises: UsageError, when the record does not hold the task.
    """
    if record["status"] == "failed":
        return ()
    if schema.task not in record:
        article = record["article"]["id"]
        message = f"The run holds no {schema.task} of {article}: run it with that task."
        raise UsageError(message, article_id=article)
    return tuple(
        Located(
            {name: value for name, value in item.items() if name != "spans"},
            _SPANS.validate_python(item["spans"]),
        )
        for item in record[schema.task]
    )


def anchor_span(item: Located, schema: Schema) -> Span:
    """Return where an item is; an empty span, which matches nothing, for an item without place."""
    span = item.spans.get(schema.anchor)
    return span if isinstance(span, Span) else _NOWHERE


def in_text_order(items: Iterable[Located], schema: Schema) -> tuple[Located, ...]:
    """Sort items by place, then by what they say, so that the order given does not count."""
    placed = [(anchor_span(item, schema), item) for item in items]
    crowd = Counter(span for span, _ in placed)

    def key(place: tuple[Span, Located]) -> tuple[int, int, str]:
        span, item = place
        alone = crowd[span] == 1
        said = "" if alone else json.dumps(item.values, sort_keys=True, default=str)
        return span.start, span.end, said

    return tuple(item for _, item in sorted(placed, key=key))


def align(
    fixture: Fixture, record: Record | None, schema: Schema, threshold: float | None = None
) -> Alignment:
    """Match a fixture with the record of its article; no record leaves all its gold unmatched.

    The threshold is that of the anchor's role in `matching.THRESHOLDS`, unless given.

    Raises: WorkspaceError, when the record is of another text; UsageError, when it lacks the task.
    """
    article = fixture.article
    if record is not None and record["article"]["sha256"] != article.sha256:
        message = f"The text of {article.id} is not that of the run: run it again."
        raise WorkspaceError(message, path=fixture.path, article_id=article.id)
    gold = in_text_order(fixture.gold[schema.task], schema)
    found = () if record is None else read_items(record, schema)
    predicted = in_text_order(found, schema)
    return Alignment(
        article_id=article.id,
        outcome="missing" if record is None else record["status"],
        text=article.text,
        gold_sha256=fixture.sha256,
        gold=gold,
        predicted=predicted,
        pairs=tuple(_pairs(article.text, gold, predicted, schema, threshold)),
    )


def _pairs(
    text: str,
    gold: Sequence[Located],
    predicted: Sequence[Located],
    schema: Schema,
    threshold: float | None,
) -> list[Pair]:
    """Match by anchors; among equally good pairs those that agree in most fields."""
    fields = tuple(schema.item.compare)

    def agreement(i: int, j: int) -> float:
        same = sum(agrees(gold[i], predicted[j], field, schema, text) for field in fields)
        return same / max(1, len(fields))

    least = THRESHOLDS[schema.spec(schema.anchor).role] if threshold is None else threshold
    places = [[anchor_span(item, schema) for item in items] for items in (gold, predicted)]
    return match(text, places[0], places[1], least, agreement)


def align_all(
    fixtures: Sequence[Fixture],
    records: Iterable[Record],
    schema: Schema,
    threshold: float | None = None,
) -> tuple[Alignment, ...]:
    """Match every fixture labelled for the task with its record, sorted by article id.

    Raises: UsageError, when two records are of one article or a record is of none of the fixtures;
    and as `align` does.
    """
    by_id: dict[str, Record] = {}
    for record in records:
        article = record["article"]["id"]
        if article in by_id:
            raise UsageError(f"The run holds {article} twice.", article_id=article)
        by_id[article] = record
    unknown = sorted(by_id.keys() - {fixture.article.id for fixture in fixtures})
    if unknown:
        raise UsageError(f"The run holds articles that are no fixtures: {', '.join(unknown)}.")
    labelled = [fixture for fixture in fixtures if schema.task in fixture.gold]
    return tuple(
        align(fixture, by_id.get(fixture.article.id), schema, threshold)
        for fixture in sorted(labelled, key=lambda fixture: fixture.article.id)
    )


def confusion(
    alignments: Iterable[Alignment], field: str
) -> Counter[tuple[str | None, str | None]]:
    """Count pairs of gold and predicted label; None stands for an item without a match."""
    counted: Counter[tuple[str | None, str | None]] = Counter()
    for alignment in alignments:
        gold = [str(item.values.get(field)) for item in alignment.gold]
        predicted = [str(item.values.get(field)) for item in alignment.predicted]
        counted.update((gold[i], predicted[j]) for i, j in alignment.pairs)
        matched = {i for i, _ in alignment.pairs}, {j for _, j in alignment.pairs}
        counted.update((label, None) for i, label in enumerate(gold) if i not in matched[0])
        counted.update((None, label) for j, label in enumerate(predicted) if j not in matched[1])
    return counted
