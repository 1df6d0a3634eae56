"""Read what providers answer: text, usage and why it ended, whatever shape it has.

Three shapes are known: OpenAI's chat completions (and all who speak it), Anthropic's messages and
Google's generated content. An unknown shape gives empty text, zero tokens and no reason.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from extractor.records import Usage

Stop = Literal["truncated", "refused"]

_STOPS: dict[str, Stop] = {
    "length": "truncated",
    "max_tokens": "truncated",
    "model_context_window_exceeded": "truncated",
    "content_filter": "refused",
    "refusal": "refused",
    "safety": "refused",
    "recitation": "refused",
    "prohibited_content": "refused",
    "blocklist": "refused",
    "spii": "refused",
}


def _path(value: Any, *steps: str | int) -> Any:
    """Follow attributes, keys and list places; None where one is missing."""
    for step in steps:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            value = getattr(value, step, None)
    return value


def _count(value: Any, *steps: str) -> int:
    found = _path(value, *steps)
    return found if isinstance(found, int) else 0


def stop_of(completion: Any) -> Stop | None:
    """Tell whether the answer was cut off or refused; None when it ended by itself."""
    if _path(completion, "choices", 0, "message", "refusal"):
        return "refused"
    reason = (
        _path(completion, "choices", 0, "finish_reason")
        or _path(completion, "stop_reason")
        or _path(completion, "candidates", 0, "finish_reason")
    )
    name = getattr(reason, "name", reason)  # Google's is an enumeration
    return _STOPS.get(str(name).lower())


def refusal_of(completion: Any) -> str:
    """Return the words of a refusal, or the reason given for it."""
    words = _path(completion, "choices", 0, "message", "refusal")
    return str(words) if words else "its content filter"


def _openai_text(message: Any) -> str | None:
    content = _path(message, "content")
    arguments = _path(message, "tool_calls", 0, "function", "arguments")
    if isinstance(arguments, str):
        return arguments
    return content if isinstance(content, str) else None


def _anthropic_text(blocks: Any) -> str | None:
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(_path(block, "input"), dict):
            return json.dumps(_path(block, "input"), ensure_ascii=False)
    texts = [_path(block, "text") for block in blocks] if isinstance(blocks, list) else []
    return "".join(text for text in texts if isinstance(text, str)) or None


def _google_text(parts: Any) -> str | None:
    for part in parts if isinstance(parts, list) else []:
        arguments = _path(part, "function_call", "args")
        if isinstance(arguments, dict):
            return json.dumps(arguments, ensure_ascii=False)
    texts = [_path(part, "text") for part in parts] if isinstance(parts, list) else []
    return "".join(text for text in texts if isinstance(text, str)) or None


def text_of(completion: Any) -> str:
    """Return the answer as text: the message, or the arguments of its tool call."""
    return (
        _openai_text(_path(completion, "choices", 0, "message"))
        or _anthropic_text(_path(completion, "content"))
        or _google_text(_path(completion, "candidates", 0, "content", "parts"))
        or ""
    )


def usage_of(completion: Any) -> Usage:
    """Return the tokens of one request; `cached_tokens` are a part of `prompt_tokens`."""
    usage, google = _path(completion, "usage"), _path(completion, "usage_metadata")
    if google is not None:
        return Usage(
            requests=1,
            prompt_tokens=_count(google, "prompt_token_count"),
            cached_tokens=_count(google, "cached_content_token_count"),
            completion_tokens=_count(google, "candidates_token_count")
            + _count(google, "thoughts_token_count"),
        )
    cached = _count(usage, "cache_read_input_tokens")
    if isinstance(_path(usage, "input_tokens"), int):  # Anthropic counts cached ones apart
        return Usage(
            requests=1,
            prompt_tokens=_count(usage, "input_tokens")
            + _count(usage, "cache_creation_input_tokens")
            + cached,
            cached_tokens=cached,
            completion_tokens=_count(usage, "output_tokens"),
        )
    return Usage(
        requests=1,
        prompt_tokens=_count(usage, "prompt_tokens"),
        cached_tokens=_count(usage, "prompt_tokens_details", "cached_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
    )
