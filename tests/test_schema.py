"""The vocabulary of schema files."""

import pytest
from pydantic import ValidationError

from extractor.records import Article, Located, Span
from extractor.schema_files import load_schema
from tests.things import ITEM, THING, written


@pytest.fixture
def schema(tmp_path):
    return load_schema(written(tmp_path, THING))


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
