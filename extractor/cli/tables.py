"""Tables of the `eval` and `prompts` commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extractor.errors import UsageError

if TYPE_CHECKING:
    from extractor.evaluation.alignment import Alignment
    from extractor.evaluation.scores import ArticleRow, Scored
    from extractor.records import Located
    from extractor.schema import Schema

PIPE_WIDTH = 140
"""Columns when stdout is no terminal: the same bytes whatever the environment says."""


def print_table(table: Table) -> None:
    """Print a table and an empty line after it."""
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    console = Console(width=width, highlight=False)
    console.print(table)
    console.print()


def plain_table(title: str, *columns: str) -> Table:
    """Make a table without lines, all columns to the left."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def article_table(title: str, rows: Sequence[ArticleRow]) -> Table:
    """Lay out the articles of a run for one task, a row each."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("article")
    table.add_column("outcome")
    for column in ("overlap F1", "exact F1", "precision", "recall", "gold", "predicted"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        figures = (row.overlap, row.exact, row.precision, row.recall)
        counts = (row.gold, row.predicted)
        table.add_row(
            escape(row.id),
            row.outcome,
            *(f"{figure:.3f}" for figure in figures),
            *(f"{count:g}" for count in counts),
        )
    return table


def pair_tables(scored: Scored, article: str) -> Iterator[Table]:
    """Lay out gold beside predicted of one article, first repeat, in text order, task by task.

    Raises: UsageError, when the run does not hold the article.
    """
    if article not in scored.run.manifest.articles:
        raise UsageError(f"{scored.run.name} is not of an article {article!r}.")
    for task, repeats in scored.alignments.items():
        for alignment in repeats[0]:
            if alignment.article_id == article:
                yield _pair_table(f"{task} of {article}", alignment, scored.schemas[task])


def _pair_table(title: str, alignment: Alignment, schema: Schema) -> Table:
    table = plain_table(f"{title} ({alignment.outcome})", "", "gold", "predicted")
    gold, predicted = alignment.gold, alignment.predicted
    matched = dict(alignment.pairs)
    for i, item in enumerate(gold):
        other = predicted[matched[i]] if i in matched else None
        wrong = _wrong(item, other, alignment, schema)
        table.add_row(_sign(other is not None, wrong), *_sides(item, other, wrong, schema))
    spurious = set(range(len(predicted))) - set(matched.values())
    for j in sorted(spurious):
        table.add_row("+", "", escape(_told(predicted[j], schema.anchor, ())))
    return table


def _wrong(
    gold: Located, predicted: Located | None, alignment: Alignment, schema: Schema
) -> list[str]:
    """Name the compared fields in which a matched pair does not agree."""
    from extractor.evaluation.agreement import agrees

    if predicted is None:
        return []
    return [
        field
        for field in schema.item.compare
        if field in gold.values and not agrees(gold, predicted, field, schema, alignment.text)
    ]


def _sign(matched: object, wrong: Sequence[str]) -> str:
    """Mark a row: `=` agrees, `~` matched but for some fields, `-` missed; `+` is spurious."""
    if not matched:
        return "-"
    return "~" if wrong else "="


def _sides(
    gold: Located, predicted: Located | None, wrong: Sequence[str], schema: Schema
) -> tuple[str, str]:
    other = "" if predicted is None else _told(predicted, schema.anchor, wrong)
    return escape(_told(gold, schema.anchor, wrong)), escape(other)


def _told(item: Located, anchor: str, fields: Sequence[str]) -> str:
    """Write an item: its anchor, then these of its fields."""
    values: Any = item.values
    return "; ".join([str(values[anchor]), *(f"{f}: {values.get(f)}" for f in fields)])
