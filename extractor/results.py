"""What a run gives for one article: the record that is written, with typed items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from extractor.records import Article, Frozen, Rejection, Status, Usage
from extractor.schema import Item
from extractor.version import __version__

TOOL = f"extract {__version__}"


class PromptUsed(Frozen):
    """The prompt version that asked, and the hash of its content."""

    id: str
    sha256: str


class RunInfo(Frozen):
    """How a result came about: enough to repeat it, and what it cost."""

    tool: str = TOOL
    model: str
    prompts: dict[str, PromptUsed]
    schemas: dict[str, str]
    usage: Usage = Usage()
    cost_usd: float | None = None
    """None where no price is known for the model."""
    seconds: float = 0.0


@dataclass(frozen=True)
class Result:
    """One article's record; the items of task `t` are also `result.t`.

    `status` is `ok`, `partial` (some chunks got no answer) or `failed` (none did); `error` says
    why.
    """

    status: Status
    error: str | None
    article: Article
    items: Mapping[str, tuple[Item, ...]]
    rejected: tuple[Rejection, ...]
    warnings: tuple[str, ...]
    run: RunInfo

    def __getattr__(self, task: str) -> tuple[Item, ...]:
        items: Mapping[str, tuple[Item, ...]] = self.__dict__.get("items", {})
        if task in items:
            return items[task]
        raise AttributeError(f"a result has no {task!r}; its tasks are {', '.join(items)}")

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the record as it is written, one line of JSON."""
        article = self.article
        head = article.model_dump(mode="json", exclude={"warnings"})
        keys = ("id", "title", "published", "source", "sha256", "text")
        found: dict[str, Any] = {
            task: [item.model_dump(mode="json") for item in items]
            for task, items in self.items.items()
        }
        return {
            "status": self.status,
            "error": self.error,
            "article": {key: {**head, "sha256": article.sha256}[key] for key in keys},
            **found,
            "rejected": [rejection.model_dump(mode="json") for rejection in self.rejected],
            "warnings": list(self.warnings),
            "run": self.run.model_dump(mode="json"),
        }
