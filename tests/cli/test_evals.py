"""`extract eval`, the way a user calls it."""

import json
import re
import signal
import subprocess
import sys
import time

import pytest

from extractor.cli import main
from tests.evaluation.small import Scripted, edit, good, half, make, names, whole
from tests.scripted import ScriptedServer, answer


@pytest.fixture
def root(tmp_path):
    return make(tmp_path / "mine")


@pytest.fixture
def call(root, monkeypatch, capsys):
    """Run a command on the workspace; return exit code, stdout and stderr."""

    def run(*arguments):
        command = ["extract", *map(str, arguments), "--workspace", str(root)]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return run


def model(server):
    return ("--model", f"{server.url}#any")


def respond(body):
    """Answer a chat request with the gold of its article."""
    text = body["messages"][-1]["content"]
    name = next(name for name in names() if name in text)
    return answer(json.dumps({"sayings": good(name)}))


@pytest.fixture
def held(root, call):
    """Lock and record run `r` of the active version."""
    whole(root)
    assert call("prompts", "lock", "r")[0] == 0
    assert call("eval", "record", "r")[0] == 0
    return root


GATE = ("eval", "gate", "--model", "scripted/one")


def test_a_run_asks_every_article_once_and_prints_scores_time_tokens_and_cost(call):
    with ScriptedServer(respond) as server:
        code, out, err = call("eval", "run", "--name", "r", *model(server))
        assert len(server.requests) == 12
    assert code == 0
    assert re.search(r"words\.overlap +1\.000 +1\.000 … 1\.000 +1\.000 +1\.000 +24\n", out)
    assert re.search(r"12 articles · \d+ s · 1,320 tokens \(12 requests\) · cost unknown", out)
    assert err == "extract: run r\n"


def test_what_kill_9_left_is_finished_and_nothing_asked_twice(root, call):
    def slowly(body):
        time.sleep(0.05)
        return respond(body)

    with ScriptedServer(slowly) as server:
        command = [sys.executable, "-m", "extractor.cli", "eval", "run", "--name", "r"]
        command += [*model(server), "--workspace", str(root)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        answers = root / "evals" / "runs" / "r" / "responses-1.jsonl"
        wait_until(lambda: answers.is_file() and answers.read_bytes().count(b"\n") >= 1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept, before = answers.read_bytes().count(b"\n"), len(server.requests)
        code, _, _ = call("eval", "run", "--name", "r", *model(server))
        assert len(server.requests) - before == 12 - kept
    assert code == 0
    records = (root / "evals" / "runs" / "r" / "records.jsonl").read_text().splitlines()
    assert sorted(json.loads(line)["record"]["article"]["id"] for line in records) == names()


def wait_until(true):
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it never came true")


def test_scoring_twice_prints_the_same_bytes(root, call):
    whole(root, source=Scripted(half))
    for more in ((), ("--json",), ("--articles",), ("--json", "--articles")):
        first = call("eval", "score", "r", *more)
        assert first[0] == 0
        assert call("eval", "score", "r", *more) == first


def test_scores_as_json_are_unrounded_and_say_what_they_are_of(root, call):
    whole(root, source=Scripted(half))
    told = json.loads(call("eval", "score", "r", "--json", "--articles")[1])
    assert (told["suite"], told["prompts"]) == ("dev", {"sayings": "sayings@a1"})
    assert told["tasks"]["sayings"]["rows"][0]["score"] == 2 / 3
    assert len(told["tasks"]["sayings"]["by_article"]) == 12


def test_an_incomplete_run_exits_4_and_names_what_it_lacks(root, call):
    path = whole(root).folder / "records.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    code, out, err = call("eval", "score", "r")
    assert code == 4
    assert re.search(r"extract: r lacks 1 articles: town\d\d\.", err)
    assert "Missing, all their gold missed: town" in out
    assert call("eval", "compare", "r", "r")[0] == 4


def test_a_replay_prints_the_same_scores_and_asks_nobody(root, call):
    whole(root, source=Scripted(half))
    code, out, _ = call("eval", "run", "--replay", "r", "--name", "again")
    assert code == 0
    tables = call("eval", "score", "r")[1].partition("\n")[2]
    assert tables in out


def test_a_replay_miss_exits_4_and_names_the_prompt_and_article(root, call):
    whole(root)
    code, _, err = call("eval", "run", "--replay", "r", "--prompt", "sayings@a2")
    assert code == 4
    assert re.search(r"No recorded answer for sayings@a2 on town\d\d, characters 0 to", err)


def test_a_replay_of_another_model_is_a_usage_error(root, call):
    whole(root)
    code, _, err = call("eval", "run", "--replay", "r", "--model", "openai/x")
    assert code == 2
    assert "holds answers of scripted/one" in err


def test_a_run_with_itself_has_no_difference_and_exits_0(root, call):
    whole(root, source=Scripted(half))
    code, out, _ = call("eval", "compare", "r", "r")
    assert code == 0
    assert re.search(r"words\.overlap +0\.667 +0\.667 +\+0\.000 +\+0\.000 … \+0\.000 +1\.000", out)


def test_a_worse_run_exits_1_and_a_better_one_0(root, call):
    whole(root, "good")
    whole(root, "half", Scripted(half))
    code, out, _ = call("eval", "compare", "good", "half")
    assert code == 1
    assert "worse" in out
    assert call("eval", "compare", "half", "good")[0] == 0
    told = json.loads(call("eval", "compare", "good", "half", "--json")[1])
    assert told[0]["rows"][0]["verdict"] == "worse"


def test_versions_are_compared_by_their_baselines_alone(root, call):
    for version, replies in (("a1", half), ("a2", good)):
        run = whole(root, version, Scripted(replies), prompts={"sayings": version})
        call("prompts", "lock", version)
        for path in run.folder.iterdir():
            path.unlink()
    pair = ("--model", "scripted/one")
    assert call("eval", "compare", "sayings@a1", "sayings@a2", *pair)[0] == 0
    assert call("eval", "compare", "sayings@a2", "sayings@a1", *pair)[0] == 1


def test_a_version_without_baseline_cannot_be_compared(root, call):
    whole(root)
    code, _, err = call("eval", "compare", "sayings@a1", "r", "--model", "scripted/one")
    assert code == 2
    assert "sayings@a1 has no baseline of scripted/one" in err


@pytest.mark.usefixtures("held")
def test_the_gate_holds_when_nothing_changed(call):
    code, out, _ = call(*GATE)
    assert (code, out) == (0, "The gate holds for scripted/one on dev.\n")


def test_the_gate_exits_3_for_an_edited_frozen_prompt_and_names_its_file(held, call):
    edit(held / "prompts" / "sayings" / "a1.md", "Answer", "Reply")
    code, _, err = call(*GATE)
    assert code == 3
    assert str(held / "prompts" / "sayings" / "a1.md") in err


def test_the_gate_exits_3_for_a_broken_lock(held, call):
    (held / "prompts" / "prompts.lock").write_text("{}")
    assert call(*GATE)[0] == 3


def test_the_gate_exits_1_for_an_active_draft_and_says_what_to_do(held, call):
    edit(held / "prompts" / "active.toml", 'sayings = "a1" #', 'sayings = "a2" #')
    code, _, err = call(*GATE)
    assert code == 1
    assert "extract eval run --suite dev --model scripted/one --prompt sayings@a2" in err


@pytest.mark.usefixtures("held")
def test_the_gate_exits_1_for_a_score_that_fell(call, monkeypatch):
    from extractor import pipeline

    merge = pipeline.merge
    monkeypatch.setattr(pipeline, "merge", lambda *arguments: merge(*arguments)[:1])
    code, _, err = call(*GATE)
    assert code == 1
    assert "dev, sayings@a1: words.overlap is 0.667; its baseline is 1.000" in err


def test_the_gate_exits_4_for_a_request_nobody_recorded(held, call):
    from extractor.evaluation.recordings import recording_folder

    path = recording_folder(held / "evals", "dev", "scripted/one") / "responses.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    code, _, err = call(*GATE)
    assert code == 4
    assert "No recorded answer for sayings@a1 on town" in err


def test_the_gate_holds_a_live_run_to_its_floors(held, call):
    whole(held, "live", Scripted(half))
    assert call(*GATE, "--run", "r")[0] == 0
    code, _, err = call(*GATE, "--run", "live")
    assert code == 1
    assert "the least allowed 0.950" in err


def test_an_edited_frozen_prompt_stops_a_run_with_3(held, call):
    edit(held / "prompts" / "sayings" / "a1.md", "Answer", "Reply")
    code, _, err = call("eval", "run", "--replay", "r", "--name", "s")
    assert code == 3
    assert "a1.md: sayings@a1 is frozen" in err


def test_an_unknown_suite_or_run_is_a_usage_error(call):
    assert call("eval", "run", "--suite", "none", "--replay", "r")[0] == 2
    assert call("eval", "score", "none")[0] == 2


def test_check_names_every_fault_by_file_and_line_and_exits_2(root, call):
    path = root / "evals" / "fixtures" / "dev" / "town03.yaml"
    edit(path, "verb: said", "verb: sang")
    edit(path, "who: Bob Ray", "who: Rob Ray")
    code, out, err = call("eval", "check")
    assert code == 2
    assert f"{path}:8: verb 'sang' is not in the text" in out
    assert f"{path}:12: who 'Rob Ray' is not in the text" in out
    assert "12 fixtures, 2 faults" in err
    assert call("eval", "check", root / "evals" / "fixtures" / "dev" / "town01.yaml")[0] == 0


def test_a_draft_passes_the_check_as_it_stands(call, tmp_path):
    article = tmp_path / "news.txt"
    article.write_text('"Go to town01!" said Ann Lee. "Stay in town01," Bob Ray wrote.\n')
    path = tmp_path / "my-draft.yaml"
    with ScriptedServer(respond) as server:
        assert call("eval", "draft", article, "-o", path, *model(server))[0] == 0
        assert call("eval", "draft", article, "-o", path, *model(server))[0] == 6
        code, out, _ = call("eval", "draft", article, *model(server))
    assert code == 0
    assert call("eval", "check", path)[0] == 0
    assert out.replace("id: news", "id: my-draft") == path.read_text("utf-8")


def test_a_draft_of_nothing_readable_exits_3(call, tmp_path):
    assert (
        call("eval", "draft", tmp_path / "none.txt", "--model", "http://127.0.0.1:9/v1#m")[0] == 3
    )


def test_imported_gold_is_a_suite_to_run_on(root, call, tmp_path):
    rows = tmp_path / "gold.jsonl"
    row = {"id": "t", "text": '"Go to town01!" said Ann Lee.'}
    item = {"words": "Go to town01", "verb": "said", "who": "Ann Lee"}
    rows.write_text(json.dumps(row | {"sayings": [item]}) + "\n")
    code, out, _ = call("eval", "import", rows, "--from", "jsonl", "--task", "sayings")
    assert code == 0
    assert out.endswith("gold: 1 articles, 1 items\n")
    run = whole(root, source=Scripted(half), suite="gold")
    assert call("eval", "score", run.name)[0] == 0
    assert call("eval", "import", rows, "--from", "jsonl", "--task", "sayings")[0] == 6
    assert call("eval", "import", rows, "--from", "jsonl", "--task", "sayings", "--force")[0] == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--from", "xml"), "use brat or jsonl"),
        (("--from", "jsonl"), "Say --task"),
        (("--from", "brat"), "Say --mapping"),
    ],
)
def test_an_import_without_its_mapping_is_a_usage_error(call, tmp_path, options, says):
    code, _, err = call("eval", "import", tmp_path, *options)
    assert code == 2
    assert says in err


def test_show_prints_scores_and_the_worst_articles(root, call):
    whole(root, source=Scripted(lambda name: half(name) if name == "town05" else good(name)))
    code, out, _ = call("eval", "show", "r", "--worst", "1")
    assert code == 0
    assert re.search(r"the worst articles *\n.*\ntown05 +ok +0\.667 +0\.667 +1\.000 +0\.500", out)
    assert "town06" not in out


def test_show_puts_gold_beside_predicted(root, call):
    def wrong(name):
        first, second = good(name)
        return [first | {"who": "Bob Ray"}, second | {"words": "town"}]

    whole(root, source=Scripted(wrong))
    code, out, _ = call("eval", "show", "r", "--article", "town02")
    assert code == 0
    assert re.search(r"~ +Go to town02; who: Ann Lee +Go to town02; who: Bob Ray", out)
    assert re.search(r"- +Stay in town02", out)
    assert call("eval", "show", "r", "--article", "none")[0] == 2


def test_show_writes_a_page(root, call, tmp_path):
    whole(root)
    code, out, _ = call("eval", "show", "r", "--html", tmp_path / "r.html")
    assert code == 0
    assert out.strip() == str(tmp_path / "r.html")
    assert "town02" in (tmp_path / "r.html").read_text("utf-8")


def test_help_lists_the_exit_codes(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["extract", "eval", "--help"])
    with pytest.raises(SystemExit):
        main()
    out = " ".join(capsys.readouterr().out.split())
    assert "0 holds · 1 a regression" in out
    assert "3 a frozen prompt was edited" in out
