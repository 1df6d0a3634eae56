"""What is asked for: one schema and one prompt version per task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extractor.errors import UsageError
from extractor.prompt_lock import verify_plan
from extractor.prompts import Prompt
from extractor.schema import Schema
from extractor.workspace import Workspace


@dataclass(frozen=True)
class Plan:
    """What is asked for: one schema and one prompt version per task."""

    schemas: Mapping[str, Schema]
    prompts: Mapping[str, Prompt]

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks, in the order they are asked."""
        return tuple(self.schemas)


def make_plan(
    workspace: Workspace,
    model: str,
    tasks: Sequence[str] | None = None,
    prompts: Mapping[str, str] | None = None,
) -> Plan:
    """Choose schemas and prompt versions; `prompts` maps a task to a version such as `v1`.

    Raises: UsageError for an unknown task, SchemaError or PromptError for a faulty file, LockError
    for a frozen prompt that was edited.
    """
    chosen = tuple(tasks) if tasks else workspace.tasks
    asked = dict(prompts or {})
    unknown = [task for task in (*chosen, *asked) if task not in workspace.tasks]
    if unknown:
        have = ", ".join(workspace.tasks)
        raise UsageError(f"There is no task {unknown[0]!r}; this workspace has {have}.")
    versions = {task: asked.get(task) or workspace.active(task, model) for task in chosen}
    plan = Plan(
        schemas={task: workspace.schema(task) for task in chosen},
        prompts={task: workspace.prompt(task, version) for task, version in versions.items()},
    )
    verify_plan(workspace, plan.prompts, plan.schemas)
    return plan
