"""Judge the answers that arrive, and say what is wrong with those that will not do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from extractor.errors import RefusedError, TruncatedError
from extractor.llm.completions import refusal_of, stop_of, text_of
from extractor.llm.failures import Failure
from extractor.llm.request import Outcome, Request
from extractor.records import Message


@dataclass(frozen=True)
class Answer:
    """An answer that arrived whole; `items` is None when it is not of the schema."""

    items: list[dict[str, Any]] | None
    text: str
    complaint: str = ""
    located: int = 0


def faults(error: BaseException | None) -> str:
    """Name what is wrong with an answer that is not of the schema, five faults at most."""
    if not isinstance(error, ValidationError):
        return f"it is not the JSON that was asked for ({error})"[:300]
    found = error.errors(include_url=False, include_context=False, include_input=False)
    told = [f"{'.'.join(map(str, f['loc'])) or 'answer'}: {f['msg']}" for f in found[:5]]
    more = f"; and {len(found) - 5} more" if len(found) > len(told) else ""
    return "; ".join(told) + more


def written(messages: tuple[Message, ...]) -> list[Any]:
    """Write messages as OpenAI's protocol has them; instructor rewrites them for the others."""
    return [{"role": message.role, "content": message.content} for message in messages]


def again(messages: tuple[Message, ...], answer: Answer) -> tuple[Message, ...]:
    """Continue the original conversation by the last answer and what is wrong with it."""
    wrong = "could not be found" if answer.items is not None else "does not fit the schema"
    complaint = (
        f"Your answer {wrong}: {answer.complaint}\n"
        "Give the whole answer again, corrected, in the same form."
    )
    last = (Message("assistant", answer.text),) if answer.text else ()
    return (*messages, *last, Message("user", complaint))


def judge(sent: Answer | Failure) -> tuple[Outcome, str]:
    """Name the outcome of a request and what was wrong."""
    if isinstance(sent, Failure):
        return sent.outcome, sent.reason
    if sent.items is None:
        return "invalid", sent.complaint
    return ("ungrounded" if sent.complaint else "ok"), sent.complaint


def read(
    completion: Any, parsed: Any, fault: BaseException | None, request: Request
) -> Answer | Failure:
    """Judge a completion: cut off, refused, not of the schema, not in the text, or good."""
    stop = stop_of(completion)
    if stop == "truncated":
        return Failure(TruncatedError, "the answer was cut off at its longest length", "truncated")
    if stop == "refused":
        return Failure(RefusedError, refusal_of(completion)[:300], "refused")
    if fault is not None:
        return Answer(None, text_of(completion), faults(fault))
    items: list[dict[str, Any]] = parsed.model_dump(mode="json")[request.task]
    text = text_of(completion) or json.dumps({request.task: items}, ensure_ascii=False)
    check = request.check(items)
    return Answer(items, text, check.complaint, check.located)
