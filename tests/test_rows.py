"""Items as rows: what is asked for, what is understood, what is written."""

from __future__ import annotations

import json
from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import ValidationError

from extractor.rows import written
from extractor.schema import Item, Name, Schema, Statement, Verbatim, describe


class Thing(Item):
    said: Statement
    cue: Verbatim | None
    who: Annotated[list[Name], "the names"]
    kind: Literal["good", "bad"]

    anchor: ClassVar[str] = "said"


SCHEMA = Schema("things", Thing, describe(Thing))
ROW = ["We won’t", None, ["Ana Silva"], "good"]
OBJECT = dict(zip(("said", "cue", "who", "kind"), ROW, strict=True))


def test_a_row_and_an_object_are_the_same_item() -> None:
    answer = SCHEMA.answer_model(rows=True)
    read = [answer.model_validate({"things": [each]}).model_dump() for each in (ROW, OBJECT)]
    assert read == [{"things": [OBJECT]}] * 2


@pytest.mark.parametrize("row", [ROW[:-1], [*ROW, 1], [*ROW[:-1], "ugly"], [None, *ROW[1:]]])
def test_a_row_of_another_shape_is_refused(row: list[object]) -> None:
    with pytest.raises(ValidationError):
        SCHEMA.answer_model(rows=True).model_validate({"things": [row]})


def test_the_json_schema_of_a_row_bounds_every_value_in_its_place() -> None:
    row = SCHEMA.answer_model(rows=True, max_items=3).model_json_schema()["$defs"]["Thing"]
    assert row["type"] == "array"
    assert row["minItems"] == row["maxItems"] == 4
    said, cue, who, kind = row["prefixItems"]
    assert said["type"] == "string"
    assert [part["type"] for part in cue["anyOf"]] == ["string", "null"]
    assert who["items"]["type"] == "string"
    assert kind["enum"] == ["good", "bad"]


@pytest.mark.parametrize("rows", [True, False])
def test_patterns_reach_the_strings_of_their_fields_only(rows: bool) -> None:
    bounds = {"said": "^(a|b)$", "cue": "^c$", "who": "^d$"}
    answer = SCHEMA.answer_model(rows=rows, patterns=bounds)
    item = answer.model_json_schema()["$defs"]["Thing"]
    said, cue, who, kind = item["prefixItems"] if rows else item["properties"].values()
    assert said["pattern"] == "^(a|b)$"
    assert cue["anyOf"] == [{"type": "string", "pattern": "^c$"}, {"type": "null"}]
    assert who["items"]["pattern"] == "^d$"
    assert "pattern" not in kind
    assert answer.model_validate({"things": [OBJECT]}), "grounding judges, not the pattern"


def test_without_patterns_the_schema_has_none() -> None:
    SCHEMA.answer_model(patterns={"said": "^a$"}).model_json_schema()
    assert "pattern" not in json.dumps(SCHEMA.answer_model().model_json_schema())


def test_an_answer_is_written_in_its_form_without_spaces() -> None:
    rows = SCHEMA.answer_model(rows=True).model_validate({"things": [OBJECT]})
    assert written(rows) == '{"things":[["We won’t",null,["Ana Silva"],"good"]]}'
    objects = SCHEMA.answer_model().model_validate({"things": [OBJECT]})
    assert json.loads(written(objects)) == {"things": [OBJECT]}
