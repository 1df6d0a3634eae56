"""The gate: recorded answers must give the recorded scores, and a live run its floors."""

import datetime as dt

import pytest

from extractor.errors import LockError, ReplayMissError, UsageError, WorkspaceError
from extractor.evaluation.baselines import lock_run
from extractor.evaluation.gate import Floors, Gate, fallen, read_floors, require_lock
from extractor.evaluation.recordings import record
from extractor.evaluation.suites import open_suite
from extractor.workspace import open_workspace
from tests.evaluation.small import MODEL, Scripted, edit, good, half, make, scored, whole

TODAY = dt.date(2026, 3, 11)


@pytest.fixture
def root(tmp_path):
    return make(tmp_path / "mine", count=4)


@pytest.fixture
def held(root):
    """Lock and record a run of the active version."""
    run = whole(root)
    lock_run(open_workspace(root), scored(root, run), TODAY)
    record(open_workspace(root), run)
    return root


def faults(root, budget=None):
    workspace = open_workspace(root)
    return list(Gate(workspace, MODEL, budget).replayed(open_suite(workspace, "dev")))


def live(root, run):
    return list(Gate(open_workspace(root), MODEL).live(scored(root, run)))


def test_what_did_not_change_holds(held):
    require_lock(open_workspace(held))
    assert faults(held) == []


def test_an_edited_frozen_prompt_breaks_the_lock(held):
    edit(held / "prompts" / "sayings" / "a1.md", "Answer", "Reply")
    with pytest.raises(LockError, match=r"a1\.md"):
        require_lock(open_workspace(held))


def test_an_active_version_without_baseline_is_told_with_what_to_do(held):
    edit(held / "prompts" / "active.toml", 'sayings = "a1" #', 'sayings = "a2" #')
    (fault,) = faults(held)
    assert fault.startswith(f"sayings@a2 has no baseline of {MODEL} on the present labels of dev")
    assert "extract prompts lock RUN" in fault


def test_a_baseline_of_other_labels_is_told(held):
    edit(held / "evals" / "fixtures" / "dev" / "town00.yaml", "who: Ann Lee", "who: null")
    assert "has no baseline" in faults(held)[0]


def test_a_suite_without_recording_is_told(root):
    run = whole(root)
    lock_run(open_workspace(root), scored(root, run), TODAY)
    (fault,) = faults(root)
    assert "There is no recording" in fault
    assert "extract eval record RUN" in fault


def test_code_that_loses_items_is_caught_with_old_and_new_score(held, monkeypatch):
    from extractor import pipeline

    merge = pipeline.merge
    monkeypatch.setattr(pipeline, "merge", lambda *arguments: merge(*arguments)[:1])
    found = faults(held)
    assert any(
        "words.overlap is 0.667; its baseline is 1.000, the least allowed 0.999" in fault
        for fault in found
    )


def test_a_request_without_recorded_answer_is_an_error(held):
    with pytest.raises(ReplayMissError, match=r"sayings@a1 on town0"):
        faults(held, budget=5)


def test_a_live_run_as_good_as_its_baseline_holds(held):
    assert live(held, whole(held, "live")) == []


def test_a_live_run_far_below_its_baseline_is_told(held):
    found = live(held, whole(held, "live", Scripted(half)))
    assert any("words.overlap is 0.667" in f and "least allowed 0.950" in f for f in found)


def test_a_live_run_of_another_version_is_told(held):
    found = live(held, whole(held, "live", prompts={"sayings": "a2"}))
    assert found == ["live was not asked with the active sayings@a1."]


def test_a_limited_live_run_is_refused(held):
    with pytest.raises(UsageError, match="is no run of"):
        live(held, whole(held, "live", limit=2))


def test_a_live_run_of_another_model_is_refused(held):
    with pytest.raises(UsageError, match="is no run of scripted/one"):
        live(held, whole(held, "live", Scripted(good, name="scripted/two")))


def test_margins_are_by_pattern_and_the_first_counts():
    floors = Floors(default=0.05, margins={"*.exact": 0.1, "words.*": 0.2})
    assert [floors.margin(name) for name in ("words.exact", "words.x", "a.b")] == [0.1, 0.2, 0.05]


def test_the_floors_of_the_package_are_read():
    floors = read_floors(open_workspace())
    assert floors.margin("spans.verbatim") == 0
    assert floors.margin("any.overlap") == floors.default


def test_a_faulty_floors_file_is_an_error(root):
    (root / "evals" / "floors.toml").write_text("default = 2\n")
    with pytest.raises(WorkspaceError, match=r"floors\.toml"):
        read_floors(open_workspace(root))


@pytest.mark.parametrize(("new", "count"), [(0.95, 0), (0.9499, 0), (0.94, 1), (None, 1)])
def test_a_score_falls_only_below_the_margin_or_away(new, count):
    now = {} if new is None else {"m": new}
    assert len(list(fallen("p", "s", {"m": 0.951}, now, 0.001 + 0.0002))) == count
