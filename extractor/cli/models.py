"""`extract models`: the embedded models on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A name of `extract models list`.")]


@app.command("list")
def list_models() -> None:
    """List the embedded models, their size and licence, and whether they are here."""
    from extractor.llm.catalogue import read_catalogue  # late, as below: --help stays quick
    from extractor.llm.weights import location

    catalogue = read_catalogue()
    for entry in catalogue.models.values():
        state = "here" if location(entry).is_file() else "not fetched"
        default = "  (default)" if entry.name == catalogue.default else ""
        row = (f"local/{entry.name}", f"{entry.size:>8}", f"{entry.licence:<12}", f"{state:<11}")
        typer.echo("  ".join((*row, entry.title)) + default)


@app.command()
def pull(name: Name = "default") -> None:
    """Fetch a model, verify it and make it ready, so that it works without a network afterwards."""
    from extractor.llm.catalogue import read_catalogue
    from extractor.llm.tuned import ensure_tuned

    typer.echo(ensure_tuned(read_catalogue().entry(name)))


@app.command()
def path(name: Name = "default") -> None:
    """Print where the file of a model is, or would be."""
    from extractor.llm.catalogue import read_catalogue
    from extractor.llm.weights import location

    typer.echo(location(read_catalogue().entry(name)))


@app.command()
def remove(name: Name = "default") -> None:
    """Delete the files of a model from the cache."""
    from extractor.llm.catalogue import read_catalogue
    from extractor.llm.tuned import remove_tuned
    from extractor.llm.weights import remove as remove_weights

    entry = read_catalogue().entry(name)
    remove_tuned(entry)
    if not remove_weights(entry):
        typer.echo(f"local/{entry.name} is not here.", err=True)
