"""`extract eval check`, `draft` and `import`: the loop of labelling."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli.eval_group import Root
from extractor.errors import InputError, OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extractor.evaluation.foreign import Foreign, Imported, Rules
    from extractor.records import Article
    from extractor.schema import Schema
    from extractor.workspace import Workspace

FAULTY = 2
NOTES_SHOWN = 10


def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Fixtures or folders of them. [default: all suites]"),
    ] = None,
    workspace: Root = None,
) -> None:
    """Name every fault and doubt of fixtures by file and line; exit code 2 if there is a fault."""
    from extractor.evaluation.fixtures import check_fixture
    from extractor.evaluation.suites import suite_folders
    from extractor.workspace import open_workspace

    opened = open_workspace(workspace)
    schemas = opened.schemas()
    files = list(_fixture_files(paths or list(suite_folders(opened).values())))
    faults = [fault for file in files for fault in check_fixture(file, schemas)]
    for fault in faults:
        typer.echo(fault)
    errors = sum(fault.severity == "error" for fault in faults)
    summary = f"{len(files)} fixtures, {errors} faults, {len(faults) - errors} warnings"
    typer.echo(f"extract: {summary}", err=True)
    if errors:
        raise typer.Exit(FAULTY)


def _fixture_files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        found = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
        if not found:
            raise UsageError(f"{path} holds no fixture (*.yaml).")
        yield from found


def draft(
    article: Annotated[str, typer.Argument(help="An article file, or - for stdin.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here; the name is the id.")
    ] = None,
    model: Annotated[
        str, typer.Option(help="As for `extract run`.", envvar="EXTRACT_MODEL")
    ] = "local/default",
    force: Annotated[bool, typer.Option("--force", help="Overwrite --output.")] = False,
    workspace: Root = None,
) -> None:
    """Write a fixture that a model has filled in, for a person to correct."""
    from extractor.evaluation.drafts import draft as write
    from extractor.pipeline import Extractor

    if output is not None and output.exists() and not force:
        raise OutputError(f"{output} is there already; give --force to overwrite it.", path=output)
    found = _one_article(article)
    with Extractor(model, workspace=workspace) as extractor:
        result = extractor.extract(found)
        text = write(result, extractor.schemas, None if output is None else output.stem)
    if result.error:
        typer.echo(f"extract: {result.error}", err=True)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}."
        raise OutputError(message, path=output) from error


def _one_article(path: str) -> Article:
    """Read the one article of a file. Raises: InputError, UsageError for more than one."""
    from extractor.articles import ReadOptions, Unreadable, read_articles

    found = list(read_articles([path], ReadOptions()))
    if len(found) != 1:
        raise UsageError(f"{path} holds {len(found)} articles; a draft is made of one.")
    if isinstance(found[0], Unreadable):
        raise found[0].error
    return found[0]


def import_(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="Folder, or .jsonl file.")],
    form: Annotated[str, typer.Option("--from", help="brat or jsonl.")],
    name: Annotated[str | None, typer.Option(help="Name of the suite. [default: DIR's]")] = None,
    task: Annotated[
        str | None, typer.Option(help="The schema the items are of. [default: the mapping's]")
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option(help="A file of evals/imports, by name or path: what is which field."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the suite of that name.")] = False,
    workspace: Root = None,
) -> None:
    """Turn gold annotated elsewhere into a suite in evals/imported, which git ignores.

    JSON lines hold `id`, `text`, and a list of items under the task's name (or the fields of one
    item in the row; rows of one text are one article). Words of an anchor that stand in the text
    with others between them are taken for the shortest stretch that holds them.
    """
    from extractor.evaluation.foreign import import_articles
    from extractor.evaluation.suites import slug, writable
    from extractor.workspace import open_workspace

    opened = open_workspace(workspace)
    rules = _rules(opened, form, task, mapping)
    schema = opened.schema(task or rules.task)
    if not source.exists():
        raise InputError(f"There is no {source}.", path=source)
    folder = writable(opened, "evals") / "imported" / slug(name or source.resolve().stem)
    _clear(folder, force=force)
    articles = _articles(source, rules, schema)
    _tell(import_articles(articles, schema, rules, folder), folder)


def _rules(workspace: Workspace, form: str, task: str | None, mapping: str | None) -> Rules:
    """Read the mapping that was named; else the only one for brat, none for JSON lines."""
    from extractor.evaluation.foreign import FORMATS, Rules, read_rules

    if form not in FORMATS:
        raise UsageError(f"--from {form} is not known; use {' or '.join(FORMATS)}.")
    folder = workspace.folder("evals") / "imports"
    if mapping is not None:
        path = Path(mapping) if Path(mapping).is_file() else folder / f"{mapping}.toml"
        rules = read_rules(path)
    elif form == "brat":
        known = [read_rules(path) for path in sorted(folder.glob("*.toml"))]
        fitting = [r for r in known if r.format == form and task in (None, r.task)]
        if len(fitting) != 1:
            raise UsageError(f"Say --mapping: {folder} holds {len(fitting)} for {form}.")
        rules = fitting[0]
    elif task is None:
        raise UsageError("Say --task: the schema the items are of.")
    else:
        rules = Rules(format="jsonl", task=task)
    if rules.format != form or task not in (None, rules.task):
        raise UsageError(f"That mapping is for {rules.format} and the task {rules.task!r}.")
    return rules


def _articles(source: Path, rules: Rules, schema: Schema) -> Iterator[Foreign]:
    from extractor.evaluation.brat import read_brat
    from extractor.evaluation.tabular import read_jsonl

    read = read_brat if rules.format == "brat" else read_jsonl
    return read(source, rules, schema)


def _clear(folder: Path, *, force: bool) -> None:
    """Make room for a suite. Raises: OutputError, if there is one and `force` is not given."""
    old = sorted(folder.glob("*.yaml"))
    if old and not force:
        raise OutputError(f"{folder} is there already; give --force to replace it.", path=folder)
    for path in old:
        path.unlink()


def _tell(done: Imported, folder: Path) -> None:
    for note in done.notes[:NOTES_SHOWN]:
        typer.echo(f"extract: {note}", err=True)
    if len(done.notes) > NOTES_SHOWN:
        typer.echo(f"extract: … and {len(done.notes) - NOTES_SHOWN} more such notes", err=True)
    typer.echo(f"{folder}: {len(done.paths)} articles, {done.items} items")
