import csv
import datetime as dt
import io
import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from extractor.errors import OutputError, UsageError
from extractor.export import Destination, append, cell, columns, open_writer
from extractor.records import Article, Located, Span
from extractor.results import Result, RunInfo
from extractor.workspace import open_workspace

TEXT = 'Kim said: "Yes." The strike began Monday.'
WORKSPACE = open_workspace(None)
SCHEMAS = {task: WORKSPACE.schema(task) for task in ("quotes", "events")}


def located(task, anchor, **values):
    schema = SCHEMAS[task]
    start = TEXT.index(values[anchor])
    spans = {anchor: Span(start=start, end=start + len(values[anchor]))}
    article = Article(id="a", text=TEXT, published=dt.date(2026, 3, 11))
    return schema.build(schema.item.complete(Located(values, spans), article))


@pytest.fixture
def result():
    quote = located("quotes", "content", content="Yes", cue="said", source="Kim", speaker="Kim")
    event = located(
        "events",
        "trigger",
        trigger="strike began",
        type="PROTEST",
        actors=["=dockers", "others"],
        targets=[],
        place=None,
        time="Monday",
        status="occurred",
    )
    article = Article(id="a", text=TEXT, title="=1+1", published=dt.date(2026, 3, 11))
    run = RunInfo(model="m", prompts={}, schemas={})
    items = {"quotes": (quote,), "events": (event,)}
    return Result("ok", None, article, items, (), (), run)


def failure(result):
    nothing = {"quotes": (), "events": ()}
    return Result("failed", "no answer", result.article, nothing, (), (), result.run)


def write(path, form, *results, force=False):
    with open_writer(Destination(path, form, force=force), SCHEMAS) as writer:
        for one in results:
            writer.write(one)


def test_json_lines_hold_one_record_per_article(tmp_path, result):
    path = tmp_path / "out.jsonl"
    write(path, "jsonl", result, failure(result))
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [record["status"] for record in records] == ["ok", "failed"]


def test_a_record_has_the_promised_shape(result):
    record = result.to_dict()
    assert list(record) == [
        "status", "error", "article", "quotes", "events", "rejected", "warnings", "run",
    ]  # fmt: skip
    assert list(record["article"]) == ["id", "title", "published", "source", "sha256", "text"]
    assert list(record["quotes"][0]) == ["content", "cue", "source", "speaker", "kind", "spans"]
    assert list(record["events"][0]) == [
        "trigger", "type", "actors", "targets", "place", "time", "status", "summary", "date",
        "end_date", "evidence", "quad", "spans",
    ]  # fmt: skip
    assert record["events"][0]["date"] == "2026-03-09"


def test_csv_holds_one_row_per_item_and_one_for_a_failed_article(tmp_path, result):
    path = tmp_path / "out.csv"
    write(path, "csv", result, failure(result))
    table = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert [row["task"] for row in table] == ["quotes", "events", ""]
    assert table[2]["error"] == "no answer"


def test_csv_cells_cannot_start_a_formula(tmp_path, result):
    path = tmp_path / "out.csv"
    write(path, "csv", result)
    for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))):
        assert not any(value.startswith(("=", "+", "-", "@")) for value in row.values())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_every_start_of_a_formula_is_made_text(start):
    assert cell(start + "1") == "'" + start + "1"


def test_csv_starts_with_a_byte_order_mark_for_spreadsheets(tmp_path, result):
    path = tmp_path / "out.csv"
    write(path, "csv", result)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_parquet_keeps_types(tmp_path, result):
    path = tmp_path / "out.parquet"
    write(path, "parquet", result, failure(result))
    table = pq.read_table(path)
    assert table.num_rows == 3
    assert table["actors"].to_pylist()[1] == ["=dockers", "others"]
    assert table["date"].to_pylist()[1] == dt.date(2026, 3, 9)
    assert table["start"].to_pylist()[0] == TEXT.index("Yes")


def test_the_columns_are_those_of_all_tasks():
    names = list(columns(SCHEMAS))
    assert names[0] == "article_id"
    assert {"content", "trigger", "date"} <= set(names)
    assert "spans" not in names


def test_an_existing_output_is_kept_unless_forced(tmp_path, result):
    path = tmp_path / "out.jsonl"
    path.write_text("mine")
    with pytest.raises(OutputError, match="--force"):
        write(path, "jsonl", result)
    assert path.read_text() == "mine"
    write(path, "jsonl", result, force=True)
    assert path.read_text() != "mine"


def test_a_missing_folder_is_said_in_one_sentence(tmp_path, result):
    with pytest.raises(OutputError, match="cannot be written: No such file"):
        write(tmp_path / "none" / "out.jsonl", "jsonl", result)


def test_a_full_disk_is_said_in_one_sentence(result):
    with pytest.raises(OutputError, match="No space is left"):
        write(Path("/dev/full"), "jsonl", result, force=True)


def test_a_record_the_disk_had_no_room_for_is_taken_back(tmp_path):
    class Full(io.FileIO):
        room = 8

        def write(self, data):
            if not self.room:
                raise OSError(28, os.strerror(28))
            written = super().write(data[: self.room])
            self.room -= written
            return written

    with Full(tmp_path / "out", "w") as file:
        append(file, "first\n")
        with pytest.raises(OSError, match="No space"):
            append(file, "second\n")
    assert (tmp_path / "out").read_text() == "first\n"


def test_parquet_needs_a_file(result):
    with pytest.raises(UsageError, match="--output"):
        write(None, "parquet", result)
