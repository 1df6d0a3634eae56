"""Baselines freeze a version; a version becomes active only if its number holds."""

import datetime as dt
import json

import pytest

from extractor.errors import ExtractError, LockError, PromptError, UsageError, WorkspaceError
from extractor.evaluation.activation import activate, decide
from extractor.evaluation.baselines import latest, lock_run, read_counts
from extractor.evaluation.comparison import compare
from extractor.evaluation.running import finish
from extractor.evaluation.suites import open_suite
from extractor.prompt_lock import lock_path, read_lock, verify
from extractor.prompt_versions import copy_version, diff_versions, with_active
from extractor.workspace import check, open_workspace
from tests.evaluation.small import (
    ACTIVE,
    MODEL,
    Scripted,
    edit,
    good,
    half,
    make,
    scored,
    start,
    whole,
)

TODAY = dt.date(2026, 3, 11)


@pytest.fixture
def root(tmp_path):
    return make(tmp_path / "mine")


def lock(root, run):
    return lock_run(open_workspace(root), scored(root, run), TODAY)


def locked(root, version, answer, **options):
    """Run a version and record its baseline."""
    return lock(
        root, whole(root, version, Scripted(answer), prompts={"sayings": version}, **options)
    )


def suite(root):
    return open_suite(open_workspace(root), "dev")


def decided(root, prompt="sayings@a2", match=None):
    return decide(open_workspace(root), prompt, [suite(root)], match)


def active(root, model=MODEL):
    return open_workspace(root).active("sayings", model)


def test_a_locked_run_freezes_its_version_with_its_scores(root):
    assert locked(root, "a1", half) == ("sayings@a1",)
    entry = read_lock(lock_path(open_workspace(root))).prompts["sayings@a1"]
    (baseline,) = entry.baselines
    assert entry.frozen
    assert (baseline.suite, baseline.model, baseline.recorded) == ("dev", MODEL, TODAY)
    assert baseline.scores["words.overlap"] == pytest.approx(2 / 3)
    assert verify(open_workspace(root)) == []


def test_an_edited_version_is_told_by_its_file(root):
    locked(root, "a1", good)
    edit(root / "prompts" / "sayings" / "a1.md", "Answer", "Reply")
    (fault,) = verify(open_workspace(root))
    assert "a1.md: sayings@a1 is frozen" in fault


def test_counts_of_a_baseline_need_no_run_folder(root):
    run = whole(root, source=Scripted(half))
    lock(root, run)
    kept = read_counts(open_workspace(root), "sayings@a1", suite(root), MODEL)
    assert kept == scored(root, run).tallies["sayings"]
    assert all(row.difference == 0 and row.p == 1 for row in compare(kept, kept).rows)


def test_the_counts_are_the_same_bytes_for_the_same_run(root):
    run = whole(root)
    path = root / "evals" / "baselines" / "dev" / "scripted-one" / "sayings@a1.jsonl"
    lock(root, run)
    first = path.read_bytes()
    lock(root, run)
    assert path.read_bytes() == first


def test_an_incomplete_run_is_no_baseline(root):
    model = Scripted()
    workspace, run, wanted = start(root, "r", model)
    working = finish(workspace, run, wanted.suite, model)
    next(working)
    working.close()
    with pytest.raises(WorkspaceError, match="incomplete"):
        lock(root, run)


def test_a_limited_run_is_no_baseline(root):
    with pytest.raises(UsageError, match="limited to 2 articles"):
        lock(root, whole(root, limit=2))


def test_after_an_edited_fixture_a_run_is_no_baseline(root):
    run = whole(root)
    edit(root / "evals" / "fixtures" / "dev" / "town00.yaml", "who: Ann Lee", "who: null")
    with pytest.raises(UsageError, match="labels of dev changed since"):
        lock(root, run)


def test_after_an_edited_prompt_a_run_is_no_baseline(root):
    run = whole(root)
    edit(root / "prompts" / "sayings" / "a1.md", "Answer", "Reply")
    with pytest.raises(UsageError, match=r"a1\.md changed since"):
        lock(root, run)


def test_after_an_edited_schema_a_run_is_no_baseline(root):
    run = whole(root)
    edit(root / "schemas" / "sayings.py", "what was said", "all that was said")
    with pytest.raises(UsageError, match=r"sayings\.py changed since"):
        lock(root, run)


def test_a_refused_run_leaves_nothing_behind(root):
    with pytest.raises(UsageError):
        lock(root, whole(root, limit=2))
    assert not (root / "evals" / "baselines").exists()
    assert not lock_path(open_workspace(root)).exists()


def test_a_baseline_counts_on_the_present_labels_only(root):
    locked(root, "a1", good)
    edit(root / "evals" / "fixtures" / "dev" / "town00.yaml", "who: Ann Lee", "who: null")
    workspace = open_workspace(root)
    held = read_lock(lock_path(workspace))
    assert latest(held, "sayings@a1", suite(root), MODEL) is None
    with pytest.raises(UsageError, match="of other labels of dev"):
        read_counts(workspace, "sayings@a1", suite(root), MODEL)


def test_a_version_without_baseline_is_not_made_active(root):
    with pytest.raises(ExtractError, match="has no baseline"):
        decided(root)
    with pytest.raises(ExtractError, match="has no baseline"):
        activate(open_workspace(root), decided(root, match="scripted/*"), TODAY)
    assert active(root) == "a1"


def test_a_better_version_is_made_active(root):
    locked(root, "a1", half)
    locked(root, "a2", good)
    decision = decided(root)
    assert decision.match == "scripted/*"
    assert decision.objections == ()
    activate(open_workspace(root), decision, TODAY)
    assert active(root) == "a2"
    assert active(root, "other/model") == "a1"
    assert check(root) == []


def test_a_worse_version_is_refused_with_its_numbers(root):
    locked(root, "a1", good)
    locked(root, "a2", half)
    with pytest.raises(ExtractError, match=r"worse than sayings@a1: words\.overlap -0\.333"):
        activate(open_workspace(root), decided(root), TODAY)
    assert active(root) == "a1"


def test_a_worse_version_with_a_reason_is_active_and_the_reason_kept(root):
    locked(root, "a1", good)
    locked(root, "a2", half)
    activate(open_workspace(root), decided(root), TODAY, "half the price")
    (allowed,) = read_lock(lock_path(open_workspace(root))).allowances
    assert active(root) == "a2"
    assert (allowed.prompt, allowed.replaced) == ("sayings@a2", "sayings@a1")
    assert (allowed.reason, allowed.recorded) == ("half the price", TODAY)
    assert allowed.changes["words.overlap"] == pytest.approx(-1 / 3)
    assert verify(open_workspace(root)) == []


def test_a_drop_beyond_the_allowed_is_refused_even_when_inconclusive(root):
    locked(root, "a1", good)
    locked(root, "a2", lambda name: [] if name == "town03" else good(name))
    (trial,) = decided(root).trials
    assert {row.verdict for row in trial.comparison.rows} == {"inconclusive"}
    assert trial.changes == {"words.overlap": pytest.approx(44 / 46 - 1)}
    assert "worse than sayings@a1" in trial.objection


def test_a_drop_within_the_allowed_holds(root, monkeypatch):
    monkeypatch.setattr("extractor.evaluation.activation.ALLOWED_DROP", 0.03)
    locked(root, "a1", good)
    locked(root, "a2", lambda name: half(name) if name == "town03" else good(name))
    (trial,) = decided(root).trials
    drop = next(row for row in trial.comparison.rows if row.metric.name == "words.overlap")
    assert drop.difference == pytest.approx(46 / 47 - 1)
    assert trial.objection is None


def test_an_old_baseline_of_other_labels_has_to_be_recorded_again(root):
    locked(root, "a1", good)
    edit(root / "evals" / "fixtures" / "dev" / "town00.yaml", "who: Ann Lee", "who: null")
    locked(root, "a2", good)
    (objection,) = decided(root).objections
    assert objection.startswith("It replaces sayings@a1, but sayings@a1 has no baseline")


def test_a_draft_that_was_never_measured_may_be_replaced(root):
    locked(root, "a2", half)
    decision = decided(root)
    assert decision.objections == ()
    assert decision.trials[0].comparison is None


def test_an_edited_version_is_not_made_active(root):
    locked(root, "a2", good)
    edit(root / "prompts" / "sayings" / "a2.md", "Answer", "Reply")
    with pytest.raises(LockError, match="a2"):
        decided(root)


def test_a_broken_lock_is_never_an_empty_one(root):
    locked(root, "a2", good)
    lock_path(open_workspace(root)).write_text("{")
    with pytest.raises(LockError, match="cannot be read as a lock"):
        decided(root)


def test_activating_keeps_comments_and_changes_one_line():
    text, _ = with_active(ACTIVE, "sayings@a2", "scripted/*")
    changed = [
        (old, new)
        for old, new in zip(ACTIVE.splitlines(), text.splitlines(), strict=True)
        if old != new
    ]
    assert changed == [('sayings = "a1" # the first', 'sayings = "a2" # the first')]


def test_a_rule_that_does_not_name_the_task_gets_it():
    text, made = with_active('[[models]]\nmatch = "*"\nsongs = "x"\n', "sayings@a2", "*")
    assert text == '[[models]]\nmatch = "*"\nsongs = "x"\nsayings = "a2"\n'
    assert made.version("sayings", "any") == "a2"


def test_a_pattern_without_a_rule_gets_one_above_the_others():
    text, made = with_active(ACTIVE, "sayings@a2", "openai/*")
    assert text.startswith('# Which version goes to which model.\n\n[[models]]\nmatch = "openai/*"')
    assert made.version("sayings", "openai/x") == "a2"
    assert made.version("sayings", MODEL) == "a1"


def test_a_file_written_otherwise_is_not_mangled():
    with pytest.raises(PromptError, match='set sayings = "a2" there'):
        with_active('models = [{match = "*", sayings = "a1"}]\n', "sayings@a2", "*")


def test_a_new_version_is_a_copy_under_its_own_name(root):
    workspace = open_workspace(root)
    path = copy_version(workspace, "sayings@a3", "sayings@a1")
    assert open_workspace(root).prompt("sayings", "a3").version == "a3"
    lines = list(diff_versions(workspace, "sayings@a1", "sayings@a3"))
    assert [line for line in lines if line[0] in "+-"][2:] == ["-version: a1\n", "+version: a3\n"]
    with pytest.raises(UsageError, match="there already"):
        copy_version(workspace, "sayings@a3", "sayings@a1")
    assert path.name == "a3.md"


@pytest.mark.parametrize(
    ("new", "old", "says"),
    [
        ("sayings", "sayings@a1", "TASK@VERSION"),
        ("songs@a3", "sayings@a1", "another task"),
        ("sayings@../x", "sayings@a1", "cannot be a version"),
        ("sayings@a3", "sayings@a9", "there are sayings@a1, sayings@a2"),
    ],
)
def test_names_that_are_no_versions_are_refused(root, new, old, says):
    with pytest.raises(UsageError, match=says):
        copy_version(open_workspace(root), new, old)


def test_a_damaged_file_of_counts_is_an_error(root):
    locked(root, "a1", good)
    path = next((root / "evals" / "baselines").rglob("*.jsonl"))
    path.write_text(json.dumps({"prompt": "x"}) + "\n")
    with pytest.raises(WorkspaceError, match="is no baseline"):
        read_counts(open_workspace(root), "sayings@a1", suite(root), MODEL)
