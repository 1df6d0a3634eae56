"""How a schema file is loaded, and what is refused."""

import json
import sys
from pathlib import Path

import pytest

from extractor.errors import SchemaError
from extractor.schema_files import load_schema
from tests.things import HEAD, THING, written


def private(path):
    return [name for name in sys.modules if name.startswith(f"_extract_schema_{path.stem}_")]


@pytest.fixture
def schema(tmp_path):
    return load_schema(written(tmp_path, THING))


def test_a_schema_file_shadows_no_module(tmp_path):
    load_schema(written(tmp_path, THING, "json.py"))
    assert sys.modules["json"] is json


def test_two_files_of_one_name_are_two_schemas(schema, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    second = load_schema(written(other, THING.replace("good", "fine")))
    assert second.item is not schema.item
    assert second.item.__module__ != schema.item.__module__


@pytest.mark.parametrize("text", ["class Thing(:", "import nothing_of_this_name", "1 / 0"])
def test_a_file_that_fails_leaves_no_module_behind(tmp_path, text):
    path = written(tmp_path, text, "broken.py")
    with pytest.raises(SchemaError) as caught:
        load_schema(path)
    assert caught.value.path == str(path)
    assert private(path) == []


def test_a_syntax_error_is_told_with_its_line(tmp_path):
    with pytest.raises(SchemaError, match=r"things\.py, line 2: "):
        load_schema(written(tmp_path, "x = 1\ny = = 2\n"))


def test_a_missing_file_is_told():
    with pytest.raises(SchemaError, match="There is no schema file"):
        load_schema(Path("nowhere.py"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD, "it defines 0"),
        (THING + "class Other(Thing):\n    pass\n", "it defines 2"),
        (THING.replace('anchor: ClassVar[str] = "said"', ""), "`anchor` must name one"),
        (THING.replace('str] = "said"', 'str] = "kind"'), "must be Verbatim or Statement"),
        (THING.replace('("said", "who")', '("said", "whom")'), "`same` names 'whom'"),
        (THING.replace('{"kind": ', '{"colour": '), "`compare` names 'colour'"),
        (THING.replace("Computed] = None", "Computed]"), "'day' needs a default"),
        (THING.replace("note:", "spans:"), "may not be called 'spans'"),
    ],
)
def test_a_schema_that_breaks_the_vocabulary_is_refused(tmp_path, text, expected):
    with pytest.raises(SchemaError) as caught:
        load_schema(written(tmp_path, text))
    assert expected in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path):
    text = THING.replace('str] = "said"', 'str] = "kind"').replace("note:", "spans:")
    with pytest.raises(SchemaError) as caught:
        load_schema(written(tmp_path, text))
    assert "must be Verbatim" in str(caught.value)
    assert "may not be called" in str(caught.value)
