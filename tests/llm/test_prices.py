"""Prices by hand from list prices, and none where none is known."""

from __future__ import annotations

import pytest

from extractor.llm.prices import cost_usd
from extractor.records import Usage

USAGE = Usage(requests=1, prompt_tokens=1000, cached_tokens=400, completion_tokens=100)


def test_cached_tokens_have_their_own_price() -> None:
    # gpt-4o: 2.50 in, 1.25 cached, 10 out, in dollars per million tokens
    expected = (600 * 2.50 + 400 * 1.25 + 100 * 10) / 1e6
    assert cost_usd("openai/gpt-4o", USAGE) == pytest.approx(expected)


def test_models_on_this_machine_cost_nothing() -> None:
    assert cost_usd("local/smollm2-135m-news", USAGE) == 0.0
    assert cost_usd("ollama/llama3", USAGE) == 0.0


@pytest.mark.parametrize("model", ["openai/nonesuch", "nonesuch/x", "http://127.0.0.1:1/v1#x"])
def test_an_unknown_price_is_none_not_zero(model: str) -> None:
    assert cost_usd(model, USAGE) is None


def test_an_address_of_a_known_service_has_its_price() -> None:
    assert cost_usd("https://api.openai.com/v1#gpt-4o", USAGE) == cost_usd("openai/gpt-4o", USAGE)


def test_no_tokens_cost_nothing() -> None:
    assert cost_usd("openai/gpt-4o", Usage()) == 0.0
