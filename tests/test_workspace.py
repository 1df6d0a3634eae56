"""The content folders: what is found where, and every fault told at once."""

import shutil

import pytest
import typer
from typer.testing import CliRunner

from extractor.cli import workspace as commands
from extractor.errors import OutputError, PromptError, SchemaError, WorkspaceError
from extractor.prompts import render
from extractor.records import Article, Chunk, Located, Span
from extractor.workspace import FOLDERS, VARIABLE, Workspace, builtin, check, init, open_workspace

CLAIMS = '''
"""What is claimed to be so."""

from typing import Annotated, ClassVar

from pydantic import Field

from extractor.schema import Item, Name, Statement


class Claim(Item):
    """A claim of fact."""

    claim: Annotated[Statement, Field(description="what is claimed")]
    who: Annotated[Name | None, Field(description="who claims it")]
    anchor: ClassVar[str] = "claim"
'''
CLAIMS_PROMPT = """\
---
task: claims
version: v1
description: Finds claims.
examples:
- text: The moon is made of cheese, Ada Byron says.
  answer: {claims: [{claim: The moon is made of cheese, who: Ada Byron}]}
---
{% block system %}Find claims: {{ fields | join(", ") }}.{% endblock %}
{% block user %}{{ text }}{% endblock %}
"""


@pytest.fixture
def copy(tmp_path):
    init(tmp_path / "mine")
    return tmp_path / "mine"


def add_claims(root):
    (root / "schemas" / "claims.py").write_text(CLAIMS, "utf-8")
    (root / "prompts" / "claims").mkdir()
    (root / "prompts" / "claims" / "v1.md").write_text(CLAIMS_PROMPT, "utf-8")
    with (root / "prompts" / "active.toml").open("a", encoding="utf-8") as rules:
        rules.write('\n[[models]]\nmatch = "*"\nclaims = "v1"\n')


def test_the_built_in_content_has_no_fault():
    assert check(builtin()) == []


def test_the_tasks_are_the_schema_files():
    assert Workspace().tasks == ("events", "quotes")
    assert [schema.task for schema in Workspace().schemas()] == ["events", "quotes"]


@pytest.mark.parametrize(
    ("model", "version"),
    [("local/default", "c1"), ("openai/gpt", "v1"), ("http://host/v1#local/x", "v1")],
)
def test_the_embedded_model_gets_the_compact_prompt_and_all_others_the_long_one(model, version):
    for task in Workspace().tasks:
        assert Workspace().active(task, model) == version
        assert Workspace().prompt(task, version).id == f"{task}@{version}"


def test_a_file_is_loaded_once_per_workspace():
    workspace = Workspace()
    assert workspace.schema("quotes") is workspace.schema("quotes")
    assert workspace.prompt("quotes", "v1") is workspace.prompt("quotes", "v1")


def test_a_new_task_is_a_file_in_each_folder_and_nothing_else(copy):
    add_claims(copy)
    workspace = open_workspace(copy)
    assert check(copy) == []
    assert workspace.tasks == ("claims", "events", "quotes")
    prompt = workspace.prompt("claims", workspace.active("claims", "openai/gpt"))
    text = "Rain is dry, Ada Byron says."
    messages = render(prompt, Article(id="a", text=text), Chunk(text=text, start=0))
    assert messages[0].content == "Find claims: claim, who."
    assert messages[2].content.startswith('{"claims":[{"claim":"The moon')
    found = Located({"claim": "Rain is dry", "who": None}, {"claim": Span(start=0, end=11)})
    assert workspace.schema("claims").build(found).line() == "Rain is dry"


def test_a_folder_that_the_workspace_lacks_is_the_built_in_one(copy):
    shutil.rmtree(copy / "schemas")
    workspace = open_workspace(copy)
    assert workspace.folder("schemas") == builtin() / "schemas"
    assert workspace.folder("prompts") == copy / "prompts"
    assert check(copy) == []


def test_a_directory_named_as_workspace_must_be_one(tmp_path):
    with pytest.raises(WorkspaceError, match="is no workspace"):
        open_workspace(tmp_path)


def test_the_option_comes_before_the_environment_before_the_current_folder(
    copy, tmp_path, monkeypatch
):
    other = tmp_path / "other"
    init(other)
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert open_workspace().root is None
    monkeypatch.chdir(copy)
    assert open_workspace().root == copy
    monkeypatch.setenv(VARIABLE, str(other))
    assert open_workspace().root == other
    assert open_workspace(copy).root == copy


def test_schemas_of_a_current_folder_that_is_no_workspace_are_not_run(tmp_path, monkeypatch):
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "quotes.py").write_text("raise SystemExit", "utf-8")
    (tmp_path / "prompts").mkdir()
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert open_workspace().root is None


def test_init_copies_the_three_folders_without_caches(tmp_path):
    made = init(tmp_path / "new")
    assert made == tuple(tmp_path / "new" / name for name in FOLDERS)
    assert (tmp_path / "new" / "schemas" / "quotes.py").is_file()
    assert not list((tmp_path / "new").rglob("__pycache__"))


def test_init_refuses_a_directory_that_is_not_empty_unless_forced(tmp_path):
    (tmp_path / "keep.txt").write_text("mine", "utf-8")
    with pytest.raises(OutputError, match="--force"):
        init(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keep.txt"]
    init(tmp_path, force=True)
    assert (tmp_path / "keep.txt").read_text("utf-8") == "mine"
    assert check(tmp_path) == []


def test_init_into_a_file_is_an_output_error(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(OutputError):
        init(tmp_path / "file")


def test_a_schema_with_a_syntax_error_is_told_with_its_file_and_line(copy):
    path = copy / "schemas" / "quotes.py"
    path.write_text("x = 1\nclass Quote(:\n", "utf-8")
    with pytest.raises(SchemaError, match=r"quotes\.py, line 2: .*correct the schema file"):
        open_workspace(copy).schema("quotes")


@pytest.mark.parametrize("ask", [lambda w: w.schema("claims"), lambda w: w.prompt("claims", "v1")])
def test_an_unknown_task_is_told_with_those_there_are(ask):
    with pytest.raises(SchemaError, match="tasks: events, quotes"):
        ask(Workspace())


def test_an_unknown_version_is_told_with_those_there_are():
    with pytest.raises(PromptError, match="versions: c0, c1, v1, v2"):
        Workspace().prompt("quotes", "v9")


def test_check_tells_every_fault_of_every_file_and_does_not_stop_at_the_first(copy):
    (copy / "schemas" / "events.py").write_text("class", "utf-8")
    (copy / "prompts" / "quotes" / "v1.md").write_text("nothing", "utf-8")
    (copy / "prompts" / "quotes" / "c0.md").write_text("---\ntask: 1\n---\n", "utf-8")
    (copy / "prompts" / "stray").mkdir()
    (copy / "prompts" / "active.toml").write_text(
        '[[models]]\nmatch = "local/*"\nquotes = "c9"\nclaims = "v1"\n', "utf-8"
    )
    said = "\n".join(check(copy))
    for part in (
        "events.py, line 1: ",
        "v1.md: front matter is missing",
        "c0.md: task: ",
        "c0.md: version: ",
        "c0.md: the body lacks {% block user %}",
        "stray: there is no schema stray.py",
        "models.1.quotes: there is no prompt quotes@c9",
        "models.1.claims: there is no such task",
        "names a version of 'quotes'",
        "names a version of 'events'",
    ):
        assert part in said


def test_a_task_without_a_prompt_is_a_fault(copy):
    add_claims(copy)
    shutil.rmtree(copy / "prompts" / "claims")
    assert any("claims: the task has no prompt" in fault for fault in check(copy))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("[[models]\n", "line 1"),
        ("[[models]]\nquotes = 'v1'\n", "models.0.match: Field required"),
        ("[[models]]\nmatch = '*'\nquotes = 1\n", "models.0.quotes: "),
        ("models = []\nother = 1\n", "other: Extra inputs"),
    ],
)
def test_a_faulty_active_toml_is_told_with_its_field(copy, rules, expected):
    (copy / "prompts" / "active.toml").write_text(rules, "utf-8")
    with pytest.raises(PromptError, match=r"active\.toml") as caught:
        open_workspace(copy).active("quotes", "openai/gpt")
    assert expected in str(caught.value)
    assert str(caught.value) in check(copy)


def test_a_model_that_no_rule_matches_is_told(copy):
    (copy / "prompts" / "active.toml").write_text("models = []\n", "utf-8")
    with pytest.raises(PromptError, match="add a rule"):
        open_workspace(copy).active("quotes", "openai/gpt")


def command_line():
    app = typer.Typer()
    app.command()(commands.init)
    app.command()(commands.check)
    return app


def test_the_commands_make_and_check_a_workspace(tmp_path):
    target = str(tmp_path / "new")
    made = CliRunner().invoke(command_line(), ["init", target])
    assert made.output.splitlines() == [f"{target}/{name}" for name in FOLDERS]
    checked = CliRunner().invoke(command_line(), ["check", target])
    assert (checked.exit_code, checked.stdout) == (0, "")


def test_check_prints_one_fault_a_line_and_ends_with_4(copy):
    (copy / "prompts" / "quotes" / "v1.md").write_text("---\ntask: 1\n---\n", "utf-8")
    checked = CliRunner().invoke(command_line(), ["check", str(copy)])
    assert checked.exit_code == 4
    assert checked.stdout.splitlines() == check(copy)
    assert len(check(copy)) > 3
