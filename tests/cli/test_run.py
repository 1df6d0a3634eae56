"""`extract run`, the way a user calls it, against a scripted server."""

import csv
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.scripted import ScriptedServer, answer, error, hang
from tests.test_pipeline import TEXT, assert_spans_hold, good, text_of

EXTRACT = [sys.executable, "-m", "extractor.cli"]
ENVIRONMENT = {
    **{k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")},
    "EXTRACT_API_KEY": "sk-secret-0123456789",
    "PYTHONWARNINGS": "error",
}


def extract(*arguments, stdin="", cwd=None):
    return subprocess.run(
        [*EXTRACT, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=ENVIRONMENT,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def server():
    with ScriptedServer(good) as running:
        yield running


@pytest.fixture
def model(server):
    return ("--model", f"{server.url}#any")


@pytest.fixture
def article(tmp_path):
    path = tmp_path / "2026-03-11-rain.txt"
    path.write_text(TEXT, "utf-8")
    return path


def records(text):
    return [json.loads(line) for line in text.splitlines()]


def one_sentence(done, code):
    """Check the exit code and that stderr has no traceback."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_in_a_pipe_the_output_is_pure_json_lines(article, model):
    done = extract("run", article, *model)
    (record,) = records(done.stdout)
    assert done.returncode == 0
    assert record["quotes"][0]["content"] == "We will go"
    assert_spans_hold(record)


def test_a_jsonl_file_a_glob_and_stdin_can_be_mixed(tmp_path, article, model):
    assert article.parent == tmp_path
    rows = tmp_path / "rows.jsonl.gz"
    with gzip.open(rows, "wt") as file:
        file.writelines(json.dumps({"id": n, "text": TEXT}) + "\n" for n in range(3))
    done = extract("run", rows, tmp_path / "*.txt", "-", *model, stdin=TEXT)
    assert len(records(done.stdout)) == 5


def test_csv_output_has_one_row_per_item(tmp_path, article, model):
    out = tmp_path / "out.csv"
    assert extract("run", article, "-o", out, *model).returncode == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert [row["task"] for row in rows] == ["events", "quotes"]


def test_one_task_and_a_prompt_version_can_be_chosen(article, model):
    done = extract("run", article, *model, "--tasks", "quotes", "--prompt", "quotes@c0")
    (record,) = records(done.stdout)
    assert "events" not in record
    assert record["run"]["prompts"]["quotes"]["id"] == "quotes@c0"


def test_published_overrides_and_its_lack_is_a_warning(tmp_path, model):
    path = tmp_path / "a.txt"
    path.write_text(TEXT, "utf-8")
    (plain,) = records(extract("run", path, *model).stdout)
    (dated,) = records(extract("run", path, *model, "--published", "2026-03-11").stdout)
    assert plain["events"][0]["date"] is None
    assert any("--published" in warning for warning in plain["warnings"])
    assert dated["events"][0]["date"] == "2026-03-09"


def test_the_view_names_who_said_what(article, model):
    done = extract("run", article, *model, "--format", "view")
    assert "Ana Costa: “We will go”" in done.stdout
    assert "2026-03-09" in done.stdout


def test_the_key_is_nowhere_in_the_output(article, model):
    done = extract("run", article, *model)
    assert "sk-secret" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.txt", None, "missing.txt"),
        ("empty.txt", b"", "empty"),
        ("binary.txt", b"\x00\x01\x02\xff" * 500, "binary"),
        ("large.txt", b"A sentence of no use. " * 2_400_000, "MB"),
        ("encoding.txt", bytes(range(128, 256)) * 40, "encoding.txt"),
        ("column.csv", b"headline,when\na,b\n", "headline"),
        ("object.json", b'{"headline": "x"}', "text"),
        ("broken.json", b'{"text": ', "JSON"),
        ("damaged.txt.gz", b"\x1f\x8bnot gzip", "damaged.txt.gz"),
    ],
)
def test_a_bad_input_is_one_sentence_and_the_others_are_processed(
    tmp_path, article, model, name, content, says
):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    done = extract("run", path, article, *model)
    assert says in one_sentence(done, 3)
    statuses = [record["status"] for record in records(done.stdout)]
    assert sorted(statuses) == ["failed", "ok"]


def test_the_last_line_on_stderr_counts_what_is_not_complete(tmp_path, article, model):
    done = extract("run", tmp_path / "missing.txt", article, *model)
    assert done.stderr.splitlines()[-1].startswith("extract: 2 articles (1 not complete) · ")


def test_a_malformed_line_of_a_jsonl_file_costs_that_line_only(tmp_path, model):
    lines = [json.dumps({"text": TEXT})] * 5
    lines[2] = '{"text": '
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(lines))
    done = extract("run", path, *model)
    assert "line 3" in one_sentence(done, 3) or ":3" in done.stderr
    statuses = [record["status"] for record in records(done.stdout)]
    assert sorted(statuses) == ["failed", "ok", "ok", "ok", "ok"]


def test_an_unknown_option_value_is_a_usage_error(article, model):
    assert "--format" in one_sentence(extract("run", article, *model, "--format", "xml"), 2)
    assert "quotes@v1" in one_sentence(extract("run", article, *model, "--prompt", "v1"), 2)
    assert "claims" in one_sentence(extract("run", article, *model, "--tasks", "claims"), 2)


def test_an_unknown_model_is_refused_before_anything_is_read(article):
    assert "local/default" in one_sentence(extract("run", article, "--model", "nonsense"), 5)
    assert "'none'" in one_sentence(extract("run", article, "--model", "local/none"), 5)


def test_an_existing_output_needs_force(tmp_path, article, model):
    out = tmp_path / "out.jsonl"
    out.write_text("mine")
    assert "--force" in one_sentence(extract("run", article, "-o", out, *model), 6)
    assert out.read_text() == "mine"
    assert extract("run", article, "-o", out, "--force", *model).returncode == 0


def test_a_full_disk_is_one_sentence(article, model):
    done = extract("run", article, "-o", "/dev/full", "--force", *model)
    assert "No space" in one_sentence(done, 6)


def test_a_faulty_workspace_is_named_by_file_and_line(tmp_path, article, model):
    mine = tmp_path / "mine"
    assert extract("init", mine).returncode == 0
    (mine / "schemas" / "quotes.py").write_text("class Quote(:\n")
    done = extract("run", article, "--workspace", mine, *model)
    assert "quotes.py, line 1" in one_sentence(done, 4)


def test_an_unreadable_prompt_is_named(tmp_path, article, model):
    mine = tmp_path / "mine"
    assert extract("init", mine).returncode == 0
    (mine / "prompts" / "quotes" / "v1.md").write_text("no front matter")
    done = extract("run", article, "--workspace", mine, *model)
    assert "v1.md" in one_sentence(done, 4)


def test_a_wrong_key_stops_with_one_sentence(article):
    with ScriptedServer([error(401, "bad key sk-secret-0123456789")]) as server:
        done = extract("run", article, "--model", f"{server.url}#any")
    assert "sk-secret" not in one_sentence(done, 5)


def test_an_article_without_an_answer_gives_a_record_and_exit_code_1(article):
    with ScriptedServer([answer("no JSON")]) as server:
        done = extract("run", article, "--model", f"{server.url}#any")
    one_sentence(done, 1)
    assert records(done.stdout)[0]["status"] == "failed"


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_keeps_what_is_finished(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"{name}. {TEXT}", "utf-8")
    out = tmp_path / "out.jsonl"

    def script(body):
        return hang(30) if text_of(body).startswith("b.") else good(body)

    with ScriptedServer(script) as server:
        arguments = ["run", tmp_path, "-o", out, "--model", f"{server.url}#any"]
        process = subprocess.Popen(
            [*EXTRACT, *map(str, arguments)],
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
        deadline = time.monotonic() + 60
        while not (out.exists() and out.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in told
    assert [record["article"]["id"] for record in records(out.read_text())] == ["a"]


def test_a_reader_that_leaves_the_pipe_is_no_error(tmp_path, model):
    rows = tmp_path / "rows.jsonl"
    rows.write_text((json.dumps({"text": TEXT}) + "\n") * 40)
    command = " ".join([*EXTRACT, "run", str(rows), *(f"'{part}'" for part in model)])
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -n 1"],
        capture_output=True, text=True, env=ENVIRONMENT, timeout=120, check=True,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_the_version_is_printed():
    assert extract("--version").stdout.startswith("extract ")


def test_the_help_lists_the_exit_codes():
    assert "130 interrupted" in " ".join(extract("run", "--help").stdout.split())


def test_help_imports_neither_the_client_nor_the_pipeline():
    code = (
        "import sys, extractor.cli\n"
        "heavy = {'openai', 'instructor', 'pydantic', 'scipy', 'trafilatura'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
