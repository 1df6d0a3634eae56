"""The lock: what was scored may not change."""

import datetime as dt

import pytest

from extractor.errors import LockError
from extractor.prompt_lock import (
    NAME,
    Baseline,
    Lock,
    fingerprint,
    lock_path,
    read_lock,
    record,
    verify,
    write_lock,
)
from extractor.workspace import init, open_workspace

BASELINE = Baseline(
    suite="dev",
    model="local/default",
    fixtures_sha256="0" * 64,
    recorded=dt.date(2026, 11, 23),
    scores={"f1": 0.5},
)


@pytest.fixture
def root(tmp_path):
    init(tmp_path / "mine")
    (tmp_path / "mine" / "prompts" / NAME).unlink()  # the built-in versions are frozen
    return tmp_path / "mine"


@pytest.fixture
def locked(root):
    """Freeze quotes@v1 in a workspace of its own."""
    freeze(root, "quotes", "v1")
    return root


def freeze(root, task, version):
    workspace = open_workspace(root)
    path = lock_path(workspace)
    prompt, schema = workspace.prompt(task, version), workspace.schema(task)
    write_lock(path, record(read_lock(path), prompt, schema, BASELINE))


def edit(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_without_a_lock_every_version_is_a_draft(root):
    assert verify(open_workspace(root)) == []


def test_an_unchanged_frozen_version_holds(locked):
    assert verify(open_workspace(locked)) == []


def test_an_edited_frozen_version_is_a_fault_that_names_the_file(locked):
    path = locked / "prompts" / "quotes" / "v1.md"
    edit(path, "leave no quote out", "leave quotes out")
    (fault,) = verify(open_workspace(locked))
    assert fault.startswith(f"{path}: quotes@v1 is frozen")
    assert "prompt, messages changed" in fault


def test_an_edited_schema_breaks_the_versions_that_ask_for_it(locked):
    edit(locked / "schemas" / "quotes.py", "the mention of the source", "a mention of the source")
    (fault,) = verify(open_workspace(locked))
    assert "schema changed" in fault


def test_a_field_that_a_version_leaves_out_may_change(root):
    freeze(root, "events", "c0")
    edit(root / "schemas" / "events.py", "the event in one sentence", "the event, in short")
    assert verify(open_workspace(root)) == []


def test_a_version_that_is_gone_is_a_fault(locked):
    (locked / "prompts" / "quotes" / "v1.md").unlink()
    (fault,) = verify(open_workspace(locked))
    assert "quotes@v1 cannot be loaded" in fault


def test_a_draft_may_change(locked):
    edit(locked / "prompts" / "quotes" / "c0.md", "You extract", "Extract")
    assert verify(open_workspace(locked)) == []


def test_white_space_at_the_line_ends_of_the_file_does_not_break_the_lock(locked):
    path = locked / "prompts" / "quotes" / "v1.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert verify(open_workspace(locked)) == []


def test_a_frozen_version_that_changed_takes_no_baseline(locked):
    edit(locked / "prompts" / "quotes" / "v1.md", "leave no quote out", "leave quotes out")
    with pytest.raises(LockError, match="frozen"):
        freeze(locked, "quotes", "v1")


def test_baselines_add_up(locked):
    freeze(locked, "quotes", "v1")
    lock = read_lock(lock_path(open_workspace(locked)))
    assert lock.prompts["quotes@v1"].baselines == (BASELINE, BASELINE)


@pytest.mark.parametrize(
    "raw",
    ["", "{", "{}", "[]", '{"prompts": {"quotes@v1": {}}}', '{"other": 1}', "\udcff"],
)
def test_a_broken_lock_is_an_error_and_not_an_empty_lock(locked, raw):
    path = lock_path(open_workspace(locked))
    path.write_bytes(raw.encode("utf-8", "surrogateescape"))
    with pytest.raises(LockError, match=r"prompts\.lock cannot be read"):
        verify(open_workspace(locked))


def test_writing_twice_gives_the_same_bytes(locked):
    path = lock_path(open_workspace(locked))
    first = path.read_bytes()
    write_lock(path, read_lock(path))
    assert path.read_bytes() == first
    assert [found.name for found in path.parent.glob("prompts.lock*")] == ["prompts.lock"]


def test_a_lock_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(LockError, match="cannot be written"):
        write_lock(tmp_path / "missing" / "prompts.lock", Lock(prompts={}))


def test_every_version_of_the_package_has_its_own_fingerprint():
    workspace = open_workspace()
    found = [
        fingerprint(workspace.prompt(task, version), workspace.schema(task))
        for task in workspace.tasks
        for version in workspace.versions(task)
    ]
    assert len({one.prompt_sha256 for one in found}) == len(found) == 8
