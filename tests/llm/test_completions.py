"""Text, usage and stop reason of the three shapes providers answer in."""

from __future__ import annotations

from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest

from extractor.llm.completions import stop_of, text_of, usage_of
from extractor.records import Usage


class FinishReason(Enum):
    STOP = 1
    MAX_TOKENS = 2
    SAFETY = 3


def bag(**fields: Any) -> SimpleNamespace:
    return SimpleNamespace(**fields)


def openai(reason: str = "stop", refusal: str | None = None, **message: Any) -> SimpleNamespace:
    told = bag(**{"content": None, "tool_calls": None, "refusal": refusal, **message})
    return bag(choices=[bag(message=told, finish_reason=reason)])


def anthropic(reason: str, *blocks: SimpleNamespace) -> SimpleNamespace:
    return bag(content=list(blocks), stop_reason=reason)


def google(reason: FinishReason, *parts: SimpleNamespace) -> SimpleNamespace:
    return bag(candidates=[bag(finish_reason=reason, content=bag(parts=list(parts)))])


CALL = bag(function=bag(arguments='{"a": 1}'))


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        (openai(content="hello"), "hello"),
        (openai(tool_calls=[CALL]), '{"a": 1}'),
        (anthropic("end_turn", bag(text="he"), bag(text="llo")), "hello"),
        (anthropic("tool_use", bag(text="so"), bag(input={"a": "ä"})), '{"a": "ä"}'),
        (google(FinishReason.STOP, bag(text="hello", function_call=None)), "hello"),
        (google(FinishReason.STOP, bag(function_call=bag(args={"a": 1}))), '{"a": 1}'),
        (bag(), ""),
        (openai(), ""),
    ],
)
def test_text(completion: Any, text: str) -> None:
    assert text_of(completion) == text


@pytest.mark.parametrize(
    ("completion", "stop"),
    [
        (openai(), None),
        (openai("length"), "truncated"),
        (openai("content_filter"), "refused"),
        (openai(refusal="no"), "refused"),
        (anthropic("max_tokens"), "truncated"),
        (anthropic("refusal"), "refused"),
        (anthropic("tool_use"), None),
        (google(FinishReason.MAX_TOKENS), "truncated"),
        (google(FinishReason.SAFETY), "refused"),
        (google(FinishReason.STOP), None),
        (bag(), None),
    ],
)
def test_stop_reason(completion: Any, stop: str | None) -> None:
    assert stop_of(completion) == stop


@pytest.mark.parametrize(
    ("completion", "counts"),
    [
        (
            bag(
                usage=bag(
                    prompt_tokens=10,
                    completion_tokens=2,
                    prompt_tokens_details=bag(cached_tokens=4),
                )
            ),
            (10, 4, 2),
        ),
        (
            bag(
                usage=bag(
                    input_tokens=10,
                    output_tokens=2,
                    cache_read_input_tokens=4,
                    cache_creation_input_tokens=3,
                )
            ),
            (17, 4, 2),
        ),
        (
            bag(
                usage_metadata=bag(
                    prompt_token_count=10,
                    cached_content_token_count=4,
                    candidates_token_count=2,
                    thoughts_token_count=5,
                )
            ),
            (10, 4, 7),
        ),
        (bag(usage=None), (0, 0, 0)),
    ],
)
def test_usage(completion: Any, counts: tuple[int, int, int]) -> None:
    prompt, cached, written = counts
    assert usage_of(completion) == Usage(
        requests=1, prompt_tokens=prompt, cached_tokens=cached, completion_tokens=written
    )
