"""Score an adapter on a suite: `python -m training.evaluate ADAPTER.gguf --suite dev`.

The run is kept under `evals/runs/` by the suite's name and the adapter's hash; called again, it is
taken up where it was left. `extract eval` scores, shows and compares it like any other.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from extractor.errors import ExtractError
from extractor.evaluation.running import Order, begin, finish
from extractor.evaluation.runs import Run, runs_folder
from extractor.evaluation.scores import score_run
from extractor.evaluation.suites import Suite, open_suite
from extractor.evaluation.table import score_table
from extractor.llm.catalogue import Adapter, Entry, read_catalogue
from extractor.llm.providers import open_embedded
from extractor.workspace import Workspace
from training.config import CONFIG, Config, read_config


def with_adapter(entry: Entry, path: Path) -> Entry:
    """Return the embedded model with another adapter, under a name that tells them apart."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    adapter = Adapter(file=str(path.resolve()), sha256=digest)
    name = f"{entry.name}-{digest[:8]}"
    return entry.model_copy(update={"name": name, "adapter": adapter})


def evaluate(config: Config, adapter: Path, suite: Suite, limit: int | None) -> Run:
    """Ask about every article of a suite, or go on with it; print a line on each."""
    workspace = Workspace()
    entry = with_adapter(read_catalogue().entry(config.model), adapter)
    order = Order(suite, tuple(config.prompts), config.prompts, limit=limit)
    model = open_embedded(entry)
    whole = "" if limit is None else f"-first-{limit}"
    folder = runs_folder(workspace) / f"{suite.name}-{entry.name}{whole}"
    run = begin(workspace, folder, order, model)
    for _, result in finish(workspace, run, suite, model):
        print(f"{result.article.id}: {result.status}, {result.run.seconds:.1f} s", flush=True)
    return run


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, run and print the scores."""
    parser = argparse.ArgumentParser(prog="training.evaluate", description=__doc__)
    parser.add_argument("adapter", type=Path, metavar="ADAPTER.gguf")
    parser.add_argument("--suite", default="dev")
    parser.add_argument("--limit", type=int, help="the first articles only")
    parser.add_argument("--config", type=Path, default=CONFIG)
    given = parser.parse_args(arguments)
    try:
        suite = open_suite(Workspace(), given.suite)
        run = evaluate(read_config(given.config), given.adapter, suite, given.limit)
        scored = score_run(Workspace(), run, suite)
    except ExtractError as error:
        parser.exit(error.exit_code, f"training.evaluate: {error}\n")
    for report in scored.reports.values():
        Console().print(score_table(report))


if __name__ == "__main__":
    main()
