"""Run folders: every answer kept, nothing asked twice, scored again without a model."""

import json

import pytest

from extractor.errors import LockError, ReplayMissError, TransportError, UsageError, WorkspaceError
from extractor.evaluation.lines import append_line, read_lines
from extractor.evaluation.recordings import find_recording, record
from extractor.evaluation.running import default_name, finish, known_model
from extractor.evaluation.runs import Responses, find_run, read_manifest
from extractor.evaluation.scores import article_rows, as_json, require_complete, spent
from extractor.evaluation.suites import open_suite, slug, suite_folders
from extractor.prompt_lock import Lock, fingerprint, lock_path, write_lock
from extractor.workspace import open_workspace
from tests.evaluation.small import (
    MODEL,
    Scripted,
    edit,
    good,
    half,
    make,
    names,
    order,
    scored,
    start,
    whole,
)


@pytest.fixture
def root(tmp_path):
    return make(tmp_path / "mine", count=4)


def test_a_run_holds_manifest_records_and_answers(root):
    run = whole(root)
    told = read_manifest(run.folder)
    assert (told.suite, told.model, told.articles) == ("dev", MODEL, tuple(names(4)))
    assert told.prompts["sayings"].id == "sayings@a1"
    assert sorted(run.records()[1]) == names(4)
    assert len(list(read_lines(run.responses(1)))) == 4


def test_a_whole_run_of_gold_answers_scores_1(root):
    report = scored(root, whole(root)).reports["sayings"]
    assert {row.score for row in report.rows if row.support} == {1.0}


def test_scoring_again_gives_the_same_bytes(root):
    run = whole(root, source=Scripted(half))
    first, again = (json.dumps(as_json(scored(root, run), articles=True)) for _ in range(2))
    assert first == again


def test_what_was_killed_is_asked_for_the_rest_only(root):
    model = Scripted()
    workspace, run, wanted = start(root, "r", model)
    working = finish(workspace, run, wanted.suite, model)
    next(working)
    working.close()
    asked = len(model.asked)
    later = Scripted()
    whole(root, "r", later)
    assert sorted(model.asked + later.asked) == names(4)
    assert 1 <= asked < 4
    assert find_run(workspace, "r").missing() == ()


def test_an_answer_without_its_record_is_not_asked_for_again(root):
    run = whole(root)
    (run.folder / "records.jsonl").unlink()
    later = Scripted()
    assert whole(root, "r", later).missing() == ()
    assert later.asked == []


def test_a_request_the_service_did_not_answer_is_asked_again(root):
    def lost(_name):
        raise TransportError("no service")

    run = whole(root, source=Scripted(lost))
    (run.folder / "records.jsonl").unlink()
    later = Scripted()
    whole(root, "r", later)
    assert sorted(later.asked) == names(4)
    assert scored(root, run).reports["sayings"].failed == ()


def test_a_torn_last_line_is_cut_off_and_asked_for_again(root):
    run = whole(root)
    for path in (run.folder / "records.jsonl", run.responses(1)):
        raw = path.read_bytes()
        path.write_bytes(raw[: raw.rindex(b"\n", 0, -1) + 20])
    later = Scripted()
    assert whole(root, "r", later).missing() == ()
    assert len(later.asked) == 1
    assert len(list(read_lines(run.responses(1)))) == 4


def test_a_broken_line_in_the_middle_is_an_error_that_names_it(root):
    path = whole(root).folder / "records.jsonl"
    path.write_bytes(path.read_bytes().replace(b"\n", b"x\n", 1))
    with pytest.raises(WorkspaceError, match=r"records\.jsonl, line 1: not JSON"):
        find_run(open_workspace(root), "r").records()


def test_a_run_of_something_else_under_the_same_name_is_refused(root):
    whole(root)
    with pytest.raises(UsageError, match="choose another --name"):
        whole(root, prompts={"sayings": "a2"})
    edit(root / "evals" / "fixtures" / "dev" / "town00.yaml", "who: Ann Lee", "who: null")
    with pytest.raises(UsageError, match="choose another --name"):
        whole(root)


def test_repeats_are_asked_anew_and_averaged(root):
    model = Scripted(lambda name: good(name) if len(model.asked) <= 4 else half(name))
    run = whole(root, source=model, repeats=2)
    report = scored(root, run).reports["sayings"]
    assert len(model.asked) == 8
    assert report.repeats == 2
    assert next(row.recall for row in report.rows if row.metric.name == "words.overlap") == 0.75


def test_a_limited_run_is_of_the_first_articles_and_complete(root):
    run = whole(root, limit=2)
    assert run.manifest.articles == ("town00", "town01")
    require_complete(run)
    assert scored(root, run).reports["sayings"].articles == 2


def test_a_lost_article_is_all_missed_and_named(root):
    def lost(name):
        if name == "town01":
            raise TransportError("no service")
        return good(name)

    report = scored(root, whole(root, source=Scripted(lost))).reports["sayings"]
    assert report.failed == ("town01",)
    assert next(row.recall for row in report.rows if row.metric.name == "words.overlap") == 0.75


def test_an_incomplete_run_names_what_it_lacks(root):
    model = Scripted()
    workspace, run, wanted = start(root, "r", model)
    working = finish(workspace, run, wanted.suite, model)
    next(working)
    working.close()
    with pytest.raises(WorkspaceError, match=r"articles lack a record: .*town03"):
        require_complete(run)
    assert "town03" in scored(root, run).reports["sayings"].missing


def test_a_replay_asks_no_model_and_gives_the_same_scores(root):
    first = whole(root, source=Scripted(half))
    again = whole(root, "again", find_recording(open_workspace(root), "r"))
    assert again.manifest.replayed == "r"
    assert scored(root, again).reports == scored(root, first).reports


def test_a_replay_miss_is_an_error_that_names_prompt_article_and_place(root):
    whole(root)
    recording = find_recording(open_workspace(root), "r")
    with pytest.raises(ReplayMissError, match=r"sayings@a2 on town0\d, characters 0 to \d+"):
        whole(root, "again", recording, prompts={"sayings": "a2"})


def test_a_replay_after_an_edited_text_is_a_miss(root):
    whole(root)
    edit(root / "evals" / "fixtures" / "dev" / "town02.yaml", "Lee. ", "Lee, twice. ")
    with pytest.raises(ReplayMissError, match="town02"):
        whole(root, "again", find_recording(open_workspace(root), "r"))


def test_more_repeats_than_recorded_are_refused(root):
    whole(root)
    with pytest.raises(UsageError, match="holds 1 repeats"):
        whole(root, "again", find_recording(open_workspace(root), "r"), repeats=2)


def test_a_recording_has_the_same_bytes_for_the_same_answers(root):
    workspace = open_workspace(root)
    folder = record(workspace, whole(root))
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    record(workspace, whole(root, "again", find_recording(workspace, "r")))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    assert set(first) == {"recording.json", "responses.jsonl"}


def test_a_long_recording_is_gzipped_and_replayed(root, monkeypatch):
    monkeypatch.setattr("extractor.evaluation.recordings.LONG", 100)
    workspace = open_workspace(root)
    folder = record(workspace, whole(root))
    first = (folder / "responses.jsonl.gz").read_bytes()
    record(workspace, whole(root, "again", find_recording(workspace, f"dev/{slug(MODEL)}")))
    assert (folder / "responses.jsonl.gz").read_bytes() == first


def test_answers_of_several_versions_can_be_in_one_recording(root):
    workspace = open_workspace(root)
    record(workspace, whole(root))
    folder = record(workspace, whole(root, "two", prompts={"sayings": "a2"}), add=True)
    recording = find_recording(workspace, str(folder))
    assert len(recording.answers(1)) == 8
    assert whole(root, "three", recording).missing() == ()
    assert whole(root, "four", recording, prompts={"sayings": "a2"}).missing() == ()


def test_a_run_with_repeats_is_not_recorded(root):
    with pytest.raises(UsageError, match="record a whole run of one"):
        record(open_workspace(root), whole(root, repeats=2))


def test_an_answer_that_was_given_stays(tmp_path):
    responses = Responses(tmp_path / "a.jsonl")
    responses["k"] = {"text": "\ud800\u2028"}
    assert dict(Responses(tmp_path / "a.jsonl")) == {"k": {"text": "\ud800\u2028"}}
    with pytest.raises(TypeError):
        del responses["k"]


def test_the_bill_of_a_run_counts_every_request(root):
    took = spent(whole(root, repeats=2))
    assert (took.usage.requests, took.usage.prompt_tokens, took.cost_usd) == (8, 80, None)


def test_articles_are_listed_with_the_worst_first(root):
    run = whole(root, source=Scripted(lambda name: half(name) if name == "town02" else good(name)))
    made = scored(root, run)
    first, second, *_ = article_rows(made.tallies["sayings"], made.schemas["sayings"])
    assert (first.id, first.precision, first.recall) == ("town02", 1, 0.5)
    assert second.overlap == 1


def test_corrected_labels_are_scored_and_told(root):
    run = whole(root)
    edit(root / "evals" / "fixtures" / "dev" / "town00.yaml", "who: Ann Lee", "who: null")
    made = scored(root, run)
    assert made.relabelled
    names_given = {row.metric.name: row.score for row in made.reports["sayings"].rows}
    assert names_given["who.given_match"] == 7 / 8


def test_a_text_that_changed_is_not_scored(root):
    run = whole(root)
    edit(root / "evals" / "fixtures" / "dev" / "town00.yaml", "Lee. ", "Lee, twice. ")
    with pytest.raises(WorkspaceError, match="text of town00 is not that of the run"):
        scored(root, run)


def test_an_article_that_is_gone_is_told(root):
    run = whole(root)
    (root / "evals" / "fixtures" / "dev" / "town00.yaml").unlink()
    with pytest.raises(UsageError, match="no article town00 any more"):
        scored(root, run)


def test_an_edited_frozen_prompt_stops_a_run(root):
    workspace = open_workspace(root)
    prompt, schema = workspace.prompt("sayings", "a1"), workspace.schema("sayings")
    entry = fingerprint(prompt, schema).model_dump(mode="json")
    baseline = {
        "suite": "dev",
        "model": MODEL,
        "fixtures_sha256": "0" * 64,
        "recorded": "2026-03-11",
        "scores": {},
    }
    lock = Lock.model_validate({"prompts": {"sayings@a1": {**entry, "baselines": [baseline]}}})
    write_lock(lock_path(workspace), lock)
    edit(root / "prompts" / "sayings" / "a1.md", "Answer", "Reply")
    with pytest.raises(LockError, match=r"a1\.md: sayings@a1 is frozen"):
        whole(root)


def test_a_task_without_labels_is_refused(root):
    with pytest.raises(UsageError, match="labelled for sayings, not for 'songs'"):
        whole(root, tasks=["songs"])


def test_suites_and_runs_that_are_not_there_are_named_with_those_that_are(root):
    workspace = open_workspace(root)
    with pytest.raises(UsageError, match="suites: dev"):
        open_suite(workspace, "hard")
    whole(root)
    with pytest.raises(UsageError, match="the latest are: r"):
        find_run(workspace, "s")


def test_a_damaged_manifest_is_an_error(root):
    run = whole(root)
    (run.folder / "run.json").write_text("{}")
    with pytest.raises(WorkspaceError, match="cannot be read as a run"):
        find_run(open_workspace(root), "r")


def test_imported_suites_are_found_too(root):
    folder = root / "evals" / "imported" / "other"
    folder.mkdir(parents=True)
    (root / "evals" / "fixtures" / "dev" / "town00.yaml").rename(folder / "town00.yaml")
    assert list(suite_folders(open_workspace(root))) == ["dev", "other"]


def test_names_of_models_become_file_names():
    assert slug("http://127.0.0.1:80/v1#m") == "http-127.0.0.1-80-v1-m"
    assert slug("../..") == "unnamed"


def test_the_usual_name_of_a_run_says_suite_and_model(root):
    assert default_name(order(root), "local/a").endswith("-dev-local-a")


def test_the_embedded_default_has_a_name_of_its_own():
    name, budget = known_model("local/default")
    assert name.startswith("local/")
    assert name != "local/default"
    assert budget
    assert known_model("openai/x") == ("openai/x", None)


def test_lines_are_written_one_by_one(tmp_path):
    path = tmp_path / "a.jsonl"
    append_line(path, {"b": 1, "a": 2})
    assert path.read_bytes() == b'{"a": 2, "b": 1}\n'
    path.write_bytes(b"[]\n")
    with pytest.raises(WorkspaceError, match="not a JSON object"):
        list(read_lines(path))
