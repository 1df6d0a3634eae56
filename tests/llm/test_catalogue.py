"""What `models.toml` promises holds."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from extractor.errors import UnknownModelError
from extractor.llm.catalogue import Catalogue, read_catalogue
from extractor.llm.weights import adapter_path


def test_default_is_one_of_the_models() -> None:
    catalogue = read_catalogue()
    assert catalogue.entry("default") == catalogue.models[catalogue.default]


@pytest.mark.parametrize("name", list(read_catalogue().models))
def test_every_adapter_is_the_one_that_is_pinned(name: str) -> None:
    assert adapter_path(read_catalogue().entry(name)) is not None


@pytest.mark.parametrize("name", list(read_catalogue().models))
def test_a_chunk_and_its_answer_fit_into_a_slot(name: str) -> None:
    entry = read_catalogue().entry(name)
    assert entry.budget_tokens * 4 < entry.context_tokens


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(UnknownModelError, match="default, "):
        read_catalogue().entry("nonesuch")


def test_a_default_that_is_no_model_is_a_fault() -> None:
    with pytest.raises(ValidationError, match="nonesuch"):
        Catalogue.model_validate({"default": "nonesuch", "models": {}})


def test_a_misspelt_field_is_a_fault() -> None:
    raw = read_catalogue().models["smollm2-135m-news-7"].model_dump(exclude={"name"})
    with pytest.raises(ValidationError, match="slot_count"):
        Catalogue.model_validate({"default": "x", "models": {"x": {**raw, "slot_count": 1}}})
