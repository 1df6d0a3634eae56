"""Where requests go: a service's address, the model's name there, and the key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Endpoint:
    """A server that speaks OpenAI's chat completions."""

    base_url: str
    """Ends in the version, such as `http://127.0.0.1:8080/v1`."""
    model: str
    key: str = field(default="none", repr=False)


@dataclass(frozen=True)
class Target:
    """A model that can be asked."""

    name: str
    provider: str
    """`openai`, `ollama`, `http`, `local`, or one that instructor knows."""
    endpoint: Callable[[], Endpoint] | None = None
    """Gives the server, starting it when need be; None for a provider with its own protocol."""
    key: str | None = field(default=None, repr=False)
    budget_tokens: int = 6000
    concurrency: int | None = None
    least_timeout_s: float = 0.0
    """Patience it needs whatever the settings say: a busy machine is slow, but not gone."""
    length_parameter: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
