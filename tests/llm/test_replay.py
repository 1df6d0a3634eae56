"""A record answers as the model did, and never asks."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from pydantic import BaseModel

from extractor.errors import ReplayMissError, TruncatedError
from extractor.llm.providers import open_model
from extractor.llm.replay import Recorded, Replay
from extractor.llm.request import Check, ModelSettings, Reply, Request
from extractor.records import Message
from tests.scripted import ScriptedServer, Step, answer

NAME = "http://recorded/v1#m"


class Things(BaseModel):
    things: list[str]


class Others(BaseModel):
    things: list[int]


def request(**changes: Any) -> Request:
    asked = (Message("user", "Text: one"),)
    return Request(**{"messages": asked, "answer": Things, "task": "things", **changes})


def record(*steps: Step) -> tuple[dict[str, Any], Reply | Exception, str]:
    kept: dict[str, Any] = {}

    async def run(url: str) -> tuple[Reply | Exception, str]:
        model = Recorded(open_model(f"{url}#m", ModelSettings()), kept)
        try:
            return await model.ask(request()), model.name
        except TruncatedError as error:
            return error, model.name
        finally:
            await model.aclose()

    with ScriptedServer(steps) as server:
        return kept, *asyncio.run(run(server.url))


def replay(kept: dict[str, Any], name: str, asked: Request) -> Reply:
    stored = json.loads(json.dumps(kept))
    return asyncio.run(Replay(name, stored, budget_tokens=10).ask(asked))


def test_a_replay_equals_the_recording_after_a_way_through_json() -> None:
    kept, reply, name = record(answer("no JSON"), answer('{"things": ["one"]}'))
    assert replay(kept, name, request()) == reply


def test_a_lost_request_is_lost_again_with_its_attempts() -> None:
    kept, lost, name = record(answer("", finish="length"))
    with pytest.raises(TruncatedError) as caught:
        replay(kept, name, request())
    assert str(caught.value) == str(lost)
    assert caught.value.attempts == getattr(lost, "attempts", None)


@pytest.mark.parametrize(
    "change",
    [
        {"messages": (Message("user", "Text: two"),)},
        {"messages": (Message("system", "Text: one"),)},
        {"answer": Others},
        {"temperature": 0.1},
        {"max_tokens": 5},
    ],
)
def test_whatever_decides_an_answer_is_a_part_of_its_key(change: dict[str, Any]) -> None:
    kept, _, name = record(answer('{"things": ["one"]}'))
    with pytest.raises(ReplayMissError):
        replay(kept, name, request(**change))


def test_another_model_is_a_miss() -> None:
    kept, _, _ = record(answer('{"things": ["one"]}'))
    with pytest.raises(ReplayMissError, match="record it again"):
        replay(kept, NAME, request())


def test_a_check_is_not_run_again() -> None:
    kept, _, name = record(answer('{"things": ["one"]}'))

    def never(_: list[dict[str, Any]]) -> Check:
        raise AssertionError

    assert replay(kept, name, request(check=never)).items == ["one"]
