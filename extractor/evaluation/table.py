"""Reports and comparisons as tables for the terminal; rounding happens here only."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from extractor.evaluation.comparison import Comparison
from extractor.evaluation.report import Report


def _figure(value: float | None, form: str = ".3f") -> str:
    return "–" if value is None else format(value, form)


def _interval(low: float | None, high: float | None, form: str = ".3f") -> str:
    return "–" if low is None else f"{_figure(low, form)} … {_figure(high, form)}"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def score_table(report: Report) -> Table:
    """Lay out a report; n is the support of the row, the number of articles stands in the title."""
    runs = f", {report.repeats} repeats" if report.repeats > 1 else ""
    title = f"{report.task}: {report.articles} articles{runs}"
    table = _table(title, "metric", "score", "95% interval", "precision", "recall", "n")
    for row in report.rows:
        table.add_row(
            escape(row.metric.name),
            _figure(row.score),
            _interval(row.low, row.high),
            _figure(row.precision),
            _figure(row.recall),
            f"{row.support:g}",
        )
    return table


def comparison_table(comparison: Comparison) -> Table:
    """Lay out a comparison; the number of articles stands in the title."""
    title = f"{comparison.task}: B against A on {comparison.articles} articles"
    table = _table(title, "metric", "A", "B", "B − A", "95% interval", "p", "verdict")
    for row in comparison.rows:
        table.add_row(
            escape(row.metric.name),
            _figure(row.a),
            _figure(row.b),
            _figure(row.difference, "+.3f"),
            _interval(row.low, row.high, "+.3f"),
            _figure(row.p),
            row.verdict,
        )
    return table
