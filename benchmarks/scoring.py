"""Score 1,000 articles of 12 + 12 items, with intervals and a comparison; print the time.

    python benchmarks/scoring.py [ARTICLES]

Exits 1 when scoring takes more than 10 s of processor time per 1,000 articles: on a
shared machine the clock shows what others do.
"""

import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extractor.evaluation.alignment import Record, align_all
from extractor.evaluation.comparison import compare
from extractor.evaluation.counting import Tally, tally
from extractor.evaluation.fixtures import Fixture
from extractor.evaluation.gold import locate
from extractor.evaluation.report import report
from extractor.records import Article, Located, Span
from extractor.schema import Schema
from extractor.schema_files import load_schema

BOUND_S_PER_1000 = 10.0
ITEMS = 12
FOUND, CHANGED = 0.9, 0.2
"""Share of items predicted, and of their fields and borders that are changed."""
SCHEMAS = Path(__file__).parents[1] / "schemas"


def text_of(article: int) -> str:
    """Write an article of 24 different sentences, about 400 words."""
    sentences = [
        f"Name{article} Sur{at} said{at} that matter{at} of part{at} would{at} come to"
        f" town{at} on day{at}, with some{at} more words{at} to follow{at}."
        for at in range(2 * ITEMS)
    ]
    return "\n\n".join(" ".join(sentences[at : at + 3]) for at in range(0, 2 * ITEMS, 3))


def said(article: int, at: int) -> dict[str, Any]:
    """Label the quote of a sentence."""
    return {
        "content": f"matter{at} of part{at} would{at} come to town{at}",
        "kind": "indirect",
        "cue": f"said{at}",
        "source": f"Sur{at}",
        "speaker": f"Name{article} Sur{at}",
    }


def done(article: int, at: int) -> dict[str, Any]:
    """Label the event of a sentence."""
    return {
        "trigger": f"come to town{at}",
        "type": ("PROTEST", "DEAL", "TRIAL")[at % 3],
        "actors": [f"Name{article} Sur{at}"],
        "targets": [],
        "place": f"town{at}",
        "time": f"day{at}",
        "date": "2026-03-01",
        "end_date": "2026-03-02",
        "status": "planned",
    }


def make_fixture(number: int, schemas: Sequence[Schema]) -> Fixture:
    """Make a labelled article."""
    article = Article(id=f"a{number:05}", text=text_of(number))
    places = range(0, 2 * ITEMS, 2), range(1, 2 * ITEMS, 2)
    gold = {
        schema.task: locate([label(number, at) for at in where], schema, article)
        for schema, label, where in zip(schemas, (said, done), places, strict=True)
    }
    return Fixture(article, gold, Path(f"{article.id}.yaml"))


def blurred(item: Located, chance: random.Random) -> dict[str, Any]:
    """Write an item as a record has it, with a field or a border changed now and then."""
    values = dict(item.values)
    for field in ("speaker", "place", "cue"):
        if field in values and chance.random() < CHANGED:
            values[field] = None
    spans = {
        name: [one.model_dump() for one in span]
        if isinstance(span, tuple)
        else span and {"start": span.start + (chance.random() < CHANGED) * 8, "end": span.end}
        for name, span in item.spans.items()
        if span is None or isinstance(span, Span | tuple)
    }
    return {**values, "spans": spans}


def predict(fixture: Fixture, chance: random.Random) -> Record:
    """Make an imperfect record of a fixture: nine of ten items, in any order."""
    article = {"id": fixture.article.id, "sha256": fixture.article.sha256}
    items = {
        task: [
            blurred(item, chance)
            for item in chance.sample(gold, len(gold))
            if chance.random() < FOUND
        ]
        for task, gold in fixture.gold.items()
    }
    return {"status": "ok", "article": article, **items}


def score(fixtures: Sequence[Fixture], records: Sequence[Record], schema: Schema) -> Tally:
    """Match and count one task."""
    return tally(align_all(fixtures, records, schema), schema)


def main(articles: int) -> int:
    """Time the scoring of two runs, their reports and the comparison."""
    schemas = [load_schema(SCHEMAS / f"{task}.py") for task in ("quotes", "events")]
    fixtures = [make_fixture(number, schemas) for number in range(articles)]
    runs = [[predict(one, random.Random(seed)) for one in fixtures] for seed in (1, 2)]
    start, start_cpu = time.perf_counter(), time.process_time()
    first = [score(fixtures, runs[0], schema) for schema in schemas]
    reports = [report([one]) for one in first]
    scored_s, cpu_s = time.perf_counter() - start, time.process_time() - start_cpu
    second = [score(fixtures, runs[1], schema) for schema in schemas]
    start = time.perf_counter()
    for one, other in zip(first, second, strict=True):
        compare([one], [other])
    compared_s = time.perf_counter() - start
    bound_s = BOUND_S_PER_1000 * articles / 1000
    figures = {
        "articles": articles,
        "items": sum(int(made.rows[0].support) for made in reports),
        "scored_s": round(scored_s, 2),
        "scored_cpu_s": round(cpu_s, 2),
        "compared_s": round(compared_s, 2),
        "bound_s": bound_s,
        "ratio": round(cpu_s / bound_s, 3),
    }
    print(json.dumps(figures))
    return int(cpu_s > bound_s)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
