"""`extract prompts`, the way a user calls it."""

import sys

import pytest

from extractor.cli import main
from extractor.prompt_lock import lock_path, read_lock
from extractor.workspace import open_workspace
from tests.evaluation.small import Scripted, edit, good, half, make, whole


@pytest.fixture
def root(tmp_path):
    return make(tmp_path / "mine")


@pytest.fixture
def call(root, monkeypatch, capsys):
    """Run a command on the workspace; return exit code, stdout and stderr."""

    def run(*arguments):
        command = ["extract", "prompts", *map(str, arguments), "--workspace", str(root)]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return run


def locked(root, call, version, replies):
    whole(root, version, Scripted(replies), prompts={"sayings": version})
    return call("lock", version)


def rows(text):
    return [line.split() for line in text.splitlines() if line.strip()]


def test_the_list_says_what_is_active_frozen_and_measured(root, call):
    locked(root, call, "a1", half)
    _, first, second = rows(call("list")[1])
    assert first[:5] == ["sayings@a1", "scripted/*,", "*", "frozen", "dev,"]
    assert " ".join(first[-5:]) == "words.overlap 0.667 · words.exact 0.667"
    assert second == ["sayings@a2", "–", "draft", "–"]


def test_the_list_tells_a_frozen_version_that_was_edited(root, call):
    locked(root, call, "a1", half)
    edit(root / "prompts" / "sayings" / "a1.md", "Answer", "Reply")
    code, out, _ = call("list")
    assert code == 0
    assert "frozen, but EDITED" in out


def test_a_version_is_shown_as_it_is_sent(call):
    code, out, _ = call("show", "sayings@a2")
    assert code == 0
    assert out.startswith("--- system ---\nAnswer as a2.\n--- user ---\n")
    assert call("show", "sayings@a9")[0] == 2


def test_two_versions_are_told_apart_line_by_line(call):
    code, out, _ = call("diff", "sayings@a1", "sayings@a2")
    assert code == 0
    assert "-Answer as a1.\n+Answer as a2.\n" in out


def test_a_new_version_is_a_draft_until_it_is_measured(root, call):
    code, out, _ = call("new", "sayings@a3", "--from", "sayings@a1")
    assert code == 0
    assert out.strip() == str(root / "prompts" / "sayings" / "a3.md")
    assert ["sayings@a3", "–", "draft", "–"] in rows(call("list")[1])


def test_locking_tells_what_is_frozen(root, call):
    code, out, _ = locked(root, call, "a1", good)
    assert (code, out) == (
        0,
        "sayings@a1 is frozen: its baseline is that of scripted/one on dev.\n",
    )


def test_locking_an_incomplete_run_exits_4(root, call):
    path = whole(root).folder / "records.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    assert call("lock", "r")[0] == 4


def test_locking_after_an_edited_fixture_is_refused(root, call):
    whole(root)
    edit(root / "evals" / "fixtures" / "dev" / "town00.yaml", "who: Ann Lee", "who: null")
    code, _, err = call("lock", "r")
    assert code == 2
    assert "the labels of dev changed since" in err


def test_activating_an_edited_version_exits_3(root, call):
    locked(root, call, "a1", good)
    edit(root / "prompts" / "sayings" / "a1.md", "Answer", "Reply")
    assert call("activate", "sayings@a1")[0] == 3


def test_activating_without_a_baseline_exits_1(call):
    code, _, err = call("activate", "sayings@a2")
    assert code == 1
    assert "has no baseline" in err


def test_activating_a_better_version_prints_the_comparison(root, call):
    locked(root, call, "a1", half)
    locked(root, call, "a2", good)
    code, out, _ = call("activate", "sayings@a2")
    assert code == 0
    assert "dev, scripted/one: A is sayings@a1" in out
    assert "better" in out
    assert out.endswith("sayings@a2 is active for scripted/*.\n")


def test_activating_a_worse_version_exits_1_unless_told_why(root, call):
    locked(root, call, "a1", good)
    locked(root, call, "a2", half)
    code, _, err = call("activate", "sayings@a2")
    assert code == 1
    assert "--allow-regression" in err
    assert open_workspace(root).active("sayings", "scripted/one") == "a1"
    assert call("activate", "sayings@a2", "--allow-regression", "cheaper")[0] == 0
    assert open_workspace(root).active("sayings", "scripted/one") == "a2"
    (allowed,) = read_lock(lock_path(open_workspace(root))).allowances
    assert allowed.reason == "cheaper"


def test_the_whole_way_of_a_prompt_change(root, call):
    locked(root, call, "a1", half)
    call("new", "sayings@a3", "--from", "sayings@a1")
    edit(root / "prompts" / "sayings" / "a3.md", "Answer as a1.", "Find everything.")
    assert call("activate", "sayings@a3")[0] == 1
    locked(root, call, "a3", good)
    assert call("activate", "sayings@a3")[0] == 0
    assert (root / "prompts" / "active.toml").read_text().startswith("# Which version")
