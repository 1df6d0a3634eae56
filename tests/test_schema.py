"""The vocabulary of schema files, and how a file is loaded."""

import json
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from extractor.errors import SchemaError
from extractor.records import Article, Located, Span
from extractor.schema_files import load_schema

HEAD = """
from __future__ import annotations
import datetime as dt
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from pydantic import Field
from extractor.schema import Computed, Item, Name, Statement, TimeText, Verbatim
"""
THING = (
    HEAD
    + '''
Kind = Literal["good", "bad"]

class Thing(Item):
    """A thing."""
    said: Annotated[Statement, Field(description="all of it")]
    cue: Verbatim | None
    who: list[Name]
    when: TimeText | None
    kind: Kind
    note: str | None = None
    day: Annotated[dt.date | None, Computed] = None
    anchor: ClassVar[str] = "said"
    same: ClassVar[tuple[str, ...]] = ("said", "who")
    compare: ClassVar[Mapping[str, str]] = {"kind": "label"}
'''
)
ITEM = {"said": "a", "cue": None, "who": ["B"], "when": None, "kind": "good", "note": None}


def written(folder, text, name="things.py"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def schema(tmp_path):
    return load_schema(written(tmp_path, THING))


def private(path):
    return [name for name in sys.modules if name.startswith(f"_extract_schema_{path.stem}_")]


def test_the_task_is_the_stem_of_the_file(schema, tmp_path):
    assert schema.task == "things"
    assert schema.path == tmp_path / "things.py"
    assert schema.anchor == "said"


def test_roles_are_read_off_the_annotations(schema):
    assert {spec.name: spec.role for spec in schema.fields} == {
        "said": "statement",
        "cue": "verbatim",
        "who": "name",
        "when": "time",
        "kind": "label",
        "note": "free",
        "day": "computed",
    }


def test_lists_and_optional_fields_are_told_from_the_others(schema):
    assert [spec.name for spec in schema.fields if spec.many] == ["who"]
    assert [spec.name for spec in schema.fields if spec.optional] == ["note", "day"]


def test_computed_fields_are_not_asked_for(schema):
    asked = [spec.name for spec in schema.asked]
    assert asked == ["said", "cue", "who", "when", "kind", "note"]


def test_an_answer_is_a_list_under_the_task_in_the_order_of_the_fields(schema):
    answer = schema.answer_model().model_validate({"things": [ITEM]})
    assert answer.model_dump() == {"things": [ITEM]}
    assert list(answer.model_dump()["things"][0]) == list(ITEM)


@pytest.mark.parametrize(
    "item",
    [
        {**ITEM, "day": "2020-01-01"},
        {**ITEM, "other": 1},
        {**ITEM, "kind": "ugly"},
        {key: ITEM[key] for key in ITEM if key != "cue"},
    ],
)
def test_an_item_of_another_shape_is_refused(schema, item):
    with pytest.raises(ValidationError):
        schema.answer_model().model_validate({"things": [item]})


def test_only_the_fields_wanted_are_asked_for(schema):
    wanted = schema.answer_model(["said", "kind"])
    assert wanted.model_validate({"things": [{"said": "a", "kind": "bad"}]})
    with pytest.raises(ValidationError):
        wanted.model_validate({"things": [ITEM]})


def test_the_list_can_be_bound(schema):
    bound = schema.answer_model(max_items=1)
    assert bound.model_json_schema()["properties"]["things"]["maxItems"] == 1
    with pytest.raises(ValidationError):
        bound.model_validate({"things": [ITEM, ITEM]})


def test_the_json_schema_carries_descriptions_for_the_model(schema):
    thing = schema.answer_model().model_json_schema()["$defs"]["Thing"]
    assert thing["properties"]["said"]["description"] == "all of it"
    assert list(thing["properties"]) == list(ITEM)


def test_the_hash_is_that_of_what_is_asked_for(schema, tmp_path):
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    same = load_schema(written(moved, "# a comment\n" + THING))
    other = load_schema(written(moved, THING.replace('"bad"]', '"bad", "ugly"]')))
    assert same.sha256 == schema.sha256
    assert other.sha256 != schema.sha256


def test_build_makes_a_typed_item_with_its_spans(schema):
    spans = {"said": Span(start=0, end=1), "cue": None, "who": (Span(start=2, end=3),)}
    thing = schema.build(Located({**ITEM, "day": None}, spans))
    assert isinstance(thing, schema.item)
    assert thing.who == ["B"]
    assert thing.spans["who"] == [Span(start=2, end=3)]
    assert thing.model_dump(mode="json")["spans"]["said"] == {"start": 0, "end": 1}


def test_complete_adds_nothing_and_line_says_the_anchor_by_default(schema):
    found = Located(ITEM, {})
    assert schema.item.complete(found, Article(id="a", text="")) is found
    assert schema.build(found).line() == "a"


def test_a_field_that_is_not_there_is_a_key_error(schema):
    assert schema.spec("kind").name == "kind"
    with pytest.raises(KeyError):
        schema.spec("other")


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
