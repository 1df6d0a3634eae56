"""Scores by label and by length of the article, and which labels are taken for which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from extractor.evaluation.alignment import Alignment, confusion
from extractor.evaluation.checks import label_values
from extractor.evaluation.counting import Tally, scored_fields
from extractor.evaluation.overlap import words
from extractor.evaluation.report import Report, ScoreRow, report
from extractor.evaluation.scoring import f1, precision, recall
from extractor.schema import Schema

PARTS = 3
SHADES = 4

Confusion = Counter[tuple[str | None, str | None]]


@dataclass(frozen=True)
class LabelRow:
    """How the items of one label fared, end to end: place and label both right."""

    label: str
    gold: int
    predicted: int
    f1: float
    precision: float
    recall: float
    located: ScoreRow | None
    """Share of the gold items that were matched, whatever their label; None without any."""


@dataclass(frozen=True)
class MatrixRow:
    """The items of one gold label, or those without gold, by predicted label."""

    label: str | None
    cells: tuple[int, ...]
    shades: tuple[int, ...]
    """Per cell its share of the row, in steps from 0 (none) to `SHADES`."""


@dataclass(frozen=True)
class LabelField:
    """A field of labels."""

    name: str
    rows: tuple[LabelRow, ...]
    columns: tuple[str | None, ...]
    """Predicted labels; None, the first, for gold items that were missed."""
    matrix: tuple[MatrixRow, ...]


@dataclass(frozen=True)
class LengthRow:
    """The articles of one third by length."""

    shortest_words: int
    longest_words: int
    report: Report
    """Its rows: the anchors, by overlap and exact."""


def label_fields(
    alignments: Sequence[Sequence[Alignment]], schema: Schema, scored: Report
) -> tuple[LabelField, ...]:
    """Break a run down by each compared field that has labels; counts add up over repeats."""
    every = [alignment for repeat in alignments for alignment in repeat]
    named = {row.metric.name: row for row in scored.rows}
    return tuple(
        _label_field(name, confusion(every, name), schema, named)
        for name in scored_fields(every, schema)
        if schema.item.compare[name] == "label" and label_values(schema.spec(name))
    )


def _label_field(
    name: str, counted: Confusion, schema: Schema, named: dict[str, ScoreRow]
) -> LabelField:
    gold, predicted = Counter[str | None](), Counter[str | None]()
    for (one, other), count in counted.items():
        gold[one] += count
        predicted[other] += count
    used = (gold.keys() | predicted.keys()) - {None}
    labels = sorted((label for label in used if label), key=lambda label: (-gold[label], label))
    rows = tuple(
        _label_row(
            label,
            (counted[label, label], predicted[label], gold[label]),
            named.get(f"{schema.anchor}.recall[{name}={label}]"),
        )
        for label in labels
    )
    matrix = tuple(_matrix(counted, (*labels, None), (None, *labels)))
    return LabelField(name, rows, (None, *labels), matrix)


def _label_row(label: str, counts: tuple[int, int, int], located: ScoreRow | None) -> LabelRow:
    whole = np.array(counts, dtype=np.float64)
    return LabelRow(
        label=label,
        gold=counts[2],
        predicted=counts[1],
        f1=float(f1(whole)),
        precision=float(precision(whole)),
        recall=float(recall(whole)),
        located=located,
    )


def _matrix(
    counted: Confusion, known: Sequence[str | None], columns: Sequence[str | None]
) -> Iterator[MatrixRow]:
    """Yield a row per gold label that occurs, in the order of `known`."""
    for gold in known:
        cells = tuple(counted[gold, predicted] for predicted in columns)
        if any(cells):
            whole = sum(cells)
            yield MatrixRow(gold, cells, tuple(-(-SHADES * cell // whole) for cell in cells))


def length_rows(alignments: Sequence[Alignment], tallies: Sequence[Tally]) -> tuple[LengthRow, ...]:
    """Score the thirds of the articles by their words, shortest first; no article gives no row."""
    sizes = {one.article_id: len(words(one.text).starts) for one in alignments}
    ordered = sorted(sizes, key=lambda article: (sizes[article], article))
    thirds = [part.tolist() for part in np.array_split(np.array(ordered, dtype=object), PARTS)]
    return tuple(
        LengthRow(sizes[third[0]], sizes[third[-1]], _part(tallies, set(third)))
        for third in thirds
        if third
    )


def _part(tallies: Sequence[Tally], articles: set[str]) -> Report:
    """Score some of the articles by the first two metrics, those of the anchors."""
    return report(
        [
            tally.model_copy(
                update={
                    "metrics": tally.metrics[:2],
                    "articles": tuple(one for one in tally.articles if one.id in articles),
                }
            )
            for tally in tallies
        ]
    )
