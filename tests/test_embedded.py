"""The real embedded model, end to end, on the example articles."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from extractor.articles import ReadOptions, read_articles
from tests.test_pipeline import assert_spans_hold

EXAMPLES = Path(__file__).parents[1] / "examples"
pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "out.jsonl"
    command = [sys.executable, "-m", "extractor.cli", "run", EXAMPLES / "articles", "-o", out]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_every_example_article_gives_one_record(records):
    read = list(read_articles([str(EXAMPLES / "articles")], ReadOptions()))
    assert {r["article"]["id"] for r in records} == {article.id for article in read}
    assert {r["status"] for r in records} == {"ok"}


def test_every_example_article_gives_quotes_and_events(records):
    for record in records:
        assert record["quotes"], record["article"]["id"]
        assert record["events"], record["article"]["id"]


def test_every_span_of_every_field_holds_the_field(records):
    for record in records:
        assert_spans_hold(record)


def test_the_embedded_model_costs_nothing(records):
    assert {r["run"]["cost_usd"] for r in records} == {0.0}


def test_the_notebook_runs_inside_a_running_event_loop(monkeypatch, capsys):
    monkeypatch.chdir(EXAMPLES)
    cells = json.loads((EXAMPLES / "notebook.ipynb").read_text("utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")

    async def kernel():
        exec(compile(code, "notebook", "exec"), {})

    asyncio.run(kernel())
    assert "quotes" in capsys.readouterr().out
