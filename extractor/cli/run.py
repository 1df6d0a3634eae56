"""`extract run`: articles in, results out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from extractor.errors import UsageError

if TYPE_CHECKING:
    from extractor.articles import ReadOptions
    from extractor.export import Destination, Writer
    from extractor.pipeline import Extractor
    from extractor.records import Article
    from extractor.results import Result

Form = Literal["jsonl", "csv", "parquet", "view"]
FORMS: tuple[Form, ...] = get_args(Form)
SHOWN = 20
"""How many articles the readable view holds at the end of a run."""


@dataclass
class Tally:
    """What a run has seen so far."""

    articles: int = 0
    incomplete: int = 0
    unreadable: int = 0
    tokens: int = 0
    cost_usd: float | None = 0.0
    keeps: int = 0
    shown: list[Result] = field(default_factory=list)
    """The first `keeps` results, for the view."""

    def add(self, result: Result) -> None:
        """Count one result."""
        usage = result.run.usage
        self.articles += 1
        self.incomplete += result.status != "ok"
        self.tokens += usage.prompt_tokens + usage.completion_tokens
        cost = result.run.cost_usd
        self.cost_usd = None if cost is None or self.cost_usd is None else self.cost_usd + cost
        if len(self.shown) < self.keeps:
            self.shown.append(result)

    @property
    def exit_code(self) -> int:
        """0 all well, 3 an input could not be read, 1 an article is partial or failed."""
        if self.unreadable:
            return 3
        return 1 if self.incomplete else 0

    def __str__(self) -> str:
        cost = "cost unknown" if self.cost_usd is None else f"${self.cost_usd:.4f}"
        noun = "article" if self.articles == 1 else "articles"
        lost = f" ({self.incomplete} not complete)" if self.incomplete else ""
        return f"{self.articles} {noun}{lost} · {self.tokens:,} tokens · {cost}"


def run(
    paths: Annotated[
        list[str], typer.Argument(help="Files, folders, globs, or - for stdin.", show_default=False)
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of stdout.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help="jsonl, csv, parquet or view. [default: by --output]"),
    ] = None,
    tasks: Annotated[
        str | None, typer.Option(help="Such as quotes,events. [default: all of the workspace]")
    ] = None,
    model: Annotated[
        str, typer.Option(help="provider/model, or http://host/v1#model.", envvar="EXTRACT_MODEL")
    ] = "local/default",
    prompt: Annotated[
        list[str] | None, typer.Option(help="A prompt version such as quotes@v1; repeatable.")
    ] = None,
    published: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day of publication of every article."),
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Requests under way at once.")] = 8,
    workspace: Annotated[Path | None, typer.Option(help="A folder made by `extract init`.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite --output.")] = False,
    text_field: Annotated[str | None, typer.Option(help="Column or key of the text.")] = None,
    title_field: Annotated[str | None, typer.Option(help="Column or key of the title.")] = None,
    date_field: Annotated[str | None, typer.Option(help="Column or key of the date.")] = None,
    id_field: Annotated[str | None, typer.Option(help="Column or key of the id.")] = None,
) -> None:
    """Extract from articles: one record per article, as they finish.

    On a terminal without --output the readable view is printed, in a pipe JSON lines.
    """
    from extractor.articles import ReadOptions

    options = ReadOptions(
        text_field=text_field,
        title_field=title_field,
        date_field=date_field,
        id_field=id_field,
        published=published and published.date(),
        skip=output,
    )
    target = Target.choose(output, form, force=force)
    from extractor.pipeline import Extractor

    with Extractor(
        model,
        tasks=split(tasks),
        prompts=versions(prompt or []),
        workspace=workspace,
        concurrency=concurrency,
    ) as extractor:
        tally = drain(extractor, target, paths, options)
    raise typer.Exit(tally.exit_code)


@dataclass(frozen=True)
class Target:
    """Where results go."""

    path: Path | None
    form: Form
    force: bool

    @classmethod
    def choose(cls, path: Path | None, form: str | None, *, force: bool) -> Target:
        """Pick the format from the option, the path's ending, or whether stdout is a terminal.

        Raises: UsageError.
        """
        if path is None:
            wanted = form or ("view" if sys.stdout.isatty() else "jsonl")
        else:
            ending = path.suffix.lstrip(".")
            wanted = form or (ending if ending in ("csv", "parquet") else "jsonl")
        known = next((each for each in FORMS if each == wanted), None)
        if known is None:
            raise UsageError(f"--format {form} is not known; use {', '.join(FORMS)}.")
        if known == "view" and path is not None:
            raise UsageError("--format view is for reading on a terminal; leave --output out.")
        return cls(path, known, force)

    @property
    def viewed(self) -> bool:
        """Whether the readable view is printed at the end."""
        return self.form == "view" or (self.path is not None and sys.stdout.isatty())

    @property
    def destination(self) -> Destination | None:
        """The output as the writers want it; None for the view, which writes nothing."""
        from extractor.export import Destination

        return None if self.form == "view" else Destination(self.path, self.form, force=self.force)


class Drain:
    """Carries articles from the inputs to the writer, and counts."""

    def __init__(self, extractor: Extractor, writer: Writer | None, tally: Tally) -> None:
        self._extractor, self._writer, self.tally = extractor, writer, tally

    def results(self, paths: Sequence[str], options: ReadOptions) -> Iterator[Result]:
        """Yield every result once it is written."""
        for result in self._extractor.extract_many(self._articles(paths, options)):
            self._write(result)
            yield result

    def _articles(self, paths: Sequence[str], options: ReadOptions) -> Iterator[Article]:
        """Yield what can be read; what cannot is a failed record and a sentence on stderr."""
        from extractor.articles import Unreadable, read_articles
        from extractor.records import Article

        for found in read_articles(paths, options):
            if isinstance(found, Unreadable):
                typer.echo(f"extract: {found.error}", err=True)
                self.tally.unreadable += 1
                nothing = Article(id=found.source, text="", source=found.source)
                self._write(self._extractor.failure(nothing, found.error))
            else:
                yield found

    def _write(self, result: Result) -> None:
        if self._writer is not None:
            self._writer.write(result)
        self.tally.add(result)


def drain(
    extractor: Extractor, target: Target, paths: Sequence[str], options: ReadOptions
) -> Tally:
    """Run every article; what is finished is written, whatever happens after."""
    from extractor.cli.progress import progress
    from extractor.export import open_writer

    tally = Tally(keeps=SHOWN if target.viewed else 0)
    try:
        with ExitStack() as stack:
            to = target.destination
            opened = None if to is None else open_writer(to, extractor.schemas)
            writer = None if opened is None else stack.enter_context(opened)
            bar = stack.enter_context(progress())
            for _ in Drain(extractor, writer, tally).results(paths, options):
                bar(str(tally))
    except KeyboardInterrupt:
        typer.echo(f"extract: interrupted; what is finished is written: {tally}.", err=True)
        raise typer.Exit(130) from None
    finally:
        if tally.shown:
            _show(tally)
    typer.echo(f"extract: {tally}", err=True)
    return tally


def _show(tally: Tally) -> None:
    from rich.console import Console

    from extractor.view import show

    show(tally.shown, Console())
    if tally.articles > len(tally.shown):
        typer.echo(f"… and {tally.articles - len(tally.shown)} more articles")


def split(names: str | None) -> tuple[str, ...] | None:
    """Read a comma-separated list; None stays None."""
    if names is None:
        return None
    return tuple(name.strip() for name in names.split(",") if name.strip())


def versions(prompts: Iterable[str]) -> dict[str, str]:
    """Read `task@version` options. Raises: UsageError."""
    found = {}
    for prompt in prompts:
        task, at, version = prompt.partition("@")
        if not (task and at and version):
            raise UsageError(f"--prompt {prompt} must look like quotes@v1.")
        found[task] = version
    return found
