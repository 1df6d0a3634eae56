"""How the items of an answer are written: as objects or rows, in any words or in given ones.

A row is the list of an item's values in the order of the fields, without the names: two thirds of
the tokens of an object. Rows and patterns are meant for models tuned on them whose server bounds
its decoding by `prefixItems` and `pattern`, as llama.cpp does; stricter services take neither.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Asked(BaseModel):
    """An answer, or an item of one: nothing that was not asked for."""

    model_config = ConfigDict(extra="forbid")

    patterns: ClassVar[Mapping[str, str]] = {}
    """What the strings of a field may be; for the server only: grounding judges the answer."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe the fields, their patterns in place."""
        described = handler(core)
        values = handler.resolve_ref_schema(described)["properties"]
        for name, pattern in cls.patterns.items():
            _bound(values[name], pattern)
        return described


class Row(Asked):
    """An item that is a list in JSON; an object is understood as well."""

    @model_validator(mode="before")
    @classmethod
    def _name_values(cls, given: Any) -> Any:
        """Give each value of a list its field's name."""
        if not isinstance(given, list):
            return given
        if len(given) != len(cls.model_fields):
            raise ValueError(f"a row has {len(cls.model_fields)} values, not {len(given)}")
        return dict(zip(cls.model_fields, given, strict=True))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe the list, one value after the other."""
        described = super().__get_pydantic_json_schema__(core, handler)
        values = list(handler.resolve_ref_schema(described)["properties"].values())
        bounds = {"minItems": len(values), "maxItems": len(values)}
        return {"type": "array", "prefixItems": values, **bounds}


def _bound(described: JsonSchemaValue, pattern: str) -> None:
    """Give every string in the description of a field its pattern."""
    if described.get("type") == "string":
        described["pattern"] = pattern
    for part in (*described.get("anyOf", ()), described.get("items")):
        if part is not None:
            _bound(part, pattern)


def written(answer: BaseModel) -> str:
    """Write an answer, `{task: [item, ...]}`, as its model gives it: compact JSON."""
    if not any(isinstance(item, Row) for _, items in answer for item in items):
        return answer.model_dump_json()
    lists = answer.model_dump(mode="json").items()
    rows = {task: [list(item.values()) for item in items] for task, items in lists}
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
