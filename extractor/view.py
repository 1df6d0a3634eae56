"""The readable view of results on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

if TYPE_CHECKING:
    from extractor.results import Result

INDENT = (0, 0, 0, 2)


def show(results: Iterable[Result], console: Console) -> None:
    """Print every result: its title, then the items of each task, one a line."""
    for result in results:
        console.print(render(result))


def render(result: Result) -> RenderableType:
    """Lay one result out."""
    parts: list[RenderableType] = [Rule(_heading(result), align="left", style="dim")]
    for task, items in result.items.items():
        parts.append(Text(f"{task} ({len(items)})", style="bold cyan"))
        parts += [_entry(item.line()) for item in items]
    parts += [Text(note, style="yellow") for note in notes(result)]
    return Group(*parts, Text())


def notes(result: Result) -> list[str]:
    """Say what a reader of the items should know: failures, warnings, rejections."""
    found = [result.error] if result.error else []
    found += result.warnings
    if result.rejected:
        found.append(f"{len(result.rejected)} not located in the article and left out")
    return found


def _heading(result: Result) -> Text:
    article = result.article
    published = str(article.published or "date unknown")
    return Text.assemble((article.title or article.id, "bold"), (f"  {published}", "dim"))


def _entry(line: str) -> RenderableType:
    """Put one item on a line, wrapped lines set in."""
    return Padding(Text(line, overflow="fold"), INDENT)
