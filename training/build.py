"""Build the examples: `python -m training.build`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extractor.errors import ExtractError, UsageError
from extractor.evaluation.fixtures import Fixture, load_suite
from extractor.evaluation.suites import open_suite, own_suites
from extractor.plan import Plan, make_plan
from extractor.records import Article
from extractor.workspace import Workspace
from training.config import CONFIG, CORPUS, DATA, Config, read_config
from training.examples import Example, Shown, show, write_examples
from training.naming import surnames
from training.overlap import overlap
from training.variation import Version, split, vary

HELD_BACK = "held-back.jsonl"


@dataclass
class Count:
    """What was written, counted on the way."""

    labelled: int
    """Gold items of the articles, in whatever chunk."""
    examples: int = 0
    items: int = 0
    returned: int = 0
    articles: set[str] = field(default_factory=set)

    def through(self, shown: Iterable[Shown]) -> Iterator[Example]:
        """Count examples as they pass."""
        for one in shown:
            self.examples += 1
            self.items += one.items
            self.returned += one.returned
            self.articles.add(one.example.article)
            yield one.example

    def __str__(self) -> str:
        return (
            f"{len(self.articles)} articles, {self.examples} examples, {self.items} of "
            f"{self.labelled} items ({self.labelled - self.items} cross a chunk's border), "
            f"{self.returned} come back to their place when the answer is grounded"
        )


def epoch_file(data: Path, epoch: int) -> Path:
    """Return the file of an epoch, counted from 0."""
    return data / f"epoch-{epoch}.jsonl"


def measured_on(workspace: Workspace) -> list[Article]:
    """Return the articles of the project's own suites."""
    suites = (open_suite(workspace, name) for name in own_suites(workspace))
    return [fixture.article for suite in suites for fixture in suite.fixtures]


def asked_as(config: Config, workspace: Workspace) -> Plan:
    """Return the schemas and prompt versions the model is asked with."""
    return make_plan(workspace, f"local/{config.model}", tuple(config.prompts), config.prompts)


def write_versions(path: Path, versions: Sequence[Version], asked: Plan) -> Count:
    """Write the examples of some versions of articles, and count them."""
    gold = [version.fixture.gold for version in versions]
    count = Count(sum(len(items.get(task, ())) for items in gold for task in asked.tasks))
    shown = (one for version in versions for one in show(version, asked))
    write_examples(path, count.through(shown))
    return count


def build(config: Config, fixtures: Sequence[Fixture], data: Path) -> Iterator[str]:
    """Write the files of all epochs and of what is held back; yield a line on each.

    Raises: UsageError, when the articles overlap with those of the evals.
    """
    workspace = Workspace()
    shared = overlap([fixture.article for fixture in fixtures], measured_on(workspace))
    if shared:
        raise UsageError(str(shared))
    yield str(shared)
    asked, sides = asked_as(config, workspace), split(fixtures, config.held_back)
    pool = surnames(sides.tuned)
    data.mkdir(parents=True, exist_ok=True)
    for epoch in range(config.variation.epochs):
        varied = [vary(one, epoch, config.seed, config.variation, pool) for one in sides.tuned]
        path = epoch_file(data, epoch)
        yield f"{path.name}: {write_versions(path, varied, asked)}"
    plain = [vary(one, 0, config.seed, config.variation) for one in sides.held_back]
    yield f"{HELD_BACK}: {write_versions(data / HELD_BACK, plain, asked)}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and build."""
    parser = argparse.ArgumentParser(prog="training.build", description=__doc__)
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--data", type=Path, default=DATA, help="where the examples go")
    given = parser.parse_args(arguments)
    try:
        fixtures = load_suite(given.corpus, Workspace().schemas())
        for line in build(read_config(given.config), fixtures, given.data):
            print(line, flush=True)
    except ExtractError as error:
        parser.exit(error.exit_code, f"training.build: {error}\n")


if __name__ == "__main__":
    main()
