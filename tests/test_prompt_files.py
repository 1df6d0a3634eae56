"""Prompt files: what is refused when they are loaded, and what makes two of them the same."""

from pathlib import Path

import pytest

from extractor.errors import PromptError
from extractor.prompt_files import examine, load_prompt
from extractor.schema_files import load_schema

ROOT = Path(__file__).parents[1]
SCHEMAS = {"quotes": load_schema(ROOT / "schemas" / "quotes.py")}
FRONT = """\
task: quotes
version: v1
description: A test.
"""
BODY = "{% block system %}S{% endblock %}{% block user %}{{ text }}{% endblock %}"
EXAMPLE = """\
examples:
- text: “We will go to the sea in the morning,” said Ada Byron.
  answer: {quotes: [{content: %s, cue: said, source: Ada Byron, speaker: Ada Byron}]}
"""


def written(folder, front=FRONT, body=BODY, name="v1.md"):
    path = folder / name
    path.write_text(f"---\n{front}---\n{body}", encoding="utf-8")
    return path


def faults(path):
    return examine(path, SCHEMAS["quotes"]).faults


def test_the_hash_ignores_line_ends_yaml_style_and_defaults_written_out(tmp_path):
    one = load_prompt(written(tmp_path), SCHEMAS["quotes"])
    path = tmp_path / "v1.md"
    front = "{description: 'A test.', version: v1, task: quotes, parameters: {reasks: 2}}\n"
    path.write_bytes(f"---\n{front}---\n\n{BODY}\n".replace("\n", "\r\n").encode())
    assert load_prompt(path, SCHEMAS["quotes"]).sha256 == one.sha256


@pytest.mark.parametrize(
    "change",
    [
        {"body": BODY.replace("S", "s")},
        {"front": FRONT + "parameters: {temperature: 0.5}\n"},
        {"front": FRONT + EXAMPLE % "We will go to the sea in the morning"},
    ],
)
def test_the_hash_changes_with_all_that_is_sent(tmp_path, change):
    one = load_prompt(written(tmp_path), SCHEMAS["quotes"]).sha256
    assert load_prompt(written(tmp_path, **change), SCHEMAS["quotes"]).sha256 != one


def test_every_fault_of_the_front_matter_and_the_body_is_told_at_once(tmp_path):
    front = "task: events\nversion: 3\nfields: [content, kind]\nparameters: {reasks: -1, top: 1}\n"
    path = written(tmp_path, front, "{% block system %}{{ author }}{% endblock %}")
    with pytest.raises(PromptError) as caught:
        load_prompt(path, SCHEMAS["quotes"])
    said = str(caught.value)
    assert caught.value.path == str(path)
    for part in (
        f"{path}: ",
        "version: ",
        "description: ",
        "parameters.reasks: ",
        "parameters.top: ",
        "block user",
        "'author'",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        (FRONT.replace("quotes", "events"), "task: 'events' must be 'quotes'"),
        (FRONT.replace("v1", "v2"), "version: 'v2' must be 'v1'"),
        (FRONT + "fields: [content]\n", "fields: 'speaker' may not be left out"),
        (FRONT + "fields: [kind]\n", "fields: 'kind' is no field that is asked for"),
    ],
)
def test_a_prompt_must_fit_its_place_and_its_schema(tmp_path, front, expected):
    assert any(expected in fault for fault in faults(written(tmp_path, front)))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("\n{% block system %}\n{% if %}{% endblock %}", "line 8: "),
        (BODY + "\nSend this too.", "line 6: this stands outside the blocks"),
        ("{% block system %}{% endblock %}", "lacks {% block user %}"),
        (BODY.replace("text", "published.year"), "cannot be rendered for a bare probe"),
        (BODY.replace("text", "text.__class__.__mro__"), "cannot be rendered"),
    ],
)
def test_a_faulty_body_is_refused(tmp_path, body, expected):
    assert any(expected in fault for fault in faults(written(tmp_path, body=body)))


def test_yaml_that_does_not_parse_is_told_with_its_line(tmp_path):
    (fault,) = faults(written(tmp_path, FRONT + "examples: [\n"))
    assert fault.startswith(("line 6: ", "line 5: "))


@pytest.mark.parametrize("line", ["published: 2025-02-30", "title: \x07"])
def test_yaml_that_gives_no_value_is_told(tmp_path, line):
    (fault,) = faults(written(tmp_path, f"{FRONT}examples:\n- {line}\n"))
    assert fault.startswith("front matter: ")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(b"no front matter", "begin the file with"), (b"---\n\xff", "byte 4 is not UTF-8")],
)
def test_a_file_that_is_no_prompt_is_told_what_to_do(tmp_path, raw, expected):
    path = tmp_path / "v1.md"
    path.write_bytes(raw)
    assert expected in faults(path)[0]


def test_an_unreadable_file_is_one_fault(tmp_path):
    assert "cannot be read" in faults(tmp_path / "missing.md")[0]


def test_an_example_whose_content_is_not_in_its_text_is_refused(tmp_path):
    (fault,) = faults(written(tmp_path, FRONT + EXAMPLE % "We will not go to the sea"))
    assert fault.startswith("examples.1.answer: content 'We will not go to the sea'")


def test_an_example_may_give_first_and_last_words(tmp_path):
    assert not faults(written(tmp_path, FRONT + EXAMPLE % "We will go … in the morning"))


def test_an_example_that_is_not_of_the_schema_is_refused_with_its_place(tmp_path):
    front = FRONT + (EXAMPLE % "We will go to the sea").replace("cue: said, ", "")
    (fault,) = faults(written(tmp_path, front))
    assert fault.startswith("examples.1.answer.quotes.0.cue: ")


def test_names_of_an_example_may_stand_in_what_goes_before(tmp_path):
    front = """\
examples:
- text: “We sail,” said Byron.
  before: Ada Byron came.
  answer: {quotes: [{content: We sail, cue: said, source: Byron, speaker: Ada Byron}]}
"""
    assert not faults(written(tmp_path, FRONT + front))
