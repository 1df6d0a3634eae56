"""Makes a prompt version the active one, if its number holds against the one it replaces."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractor.errors import ExtractError, UsageError
from extractor.evaluation.baselines import latest, read_counts, require_baseline
from extractor.evaluation.comparison import Comparison, compare
from extractor.evaluation.lines import replace
from extractor.evaluation.suites import Suite, writable
from extractor.prompt_lock import (
    Allowance,
    Lock,
    lock_path,
    read_lock,
    verify_prompt,
    write_lock,
)
from extractor.prompt_versions import deciding_rule, split_id, with_active
from extractor.workspace import Active, Workspace, read_active

ALLOWED_DROP = 0.02
"""How much lower the overlap score of the anchors may be, whatever the test says of it."""


@dataclass(frozen=True)
class Trial:
    """A version against the one that is active for a model, on one suite."""

    suite: str
    model: str
    replaced: str
    comparison: Comparison | None
    """None where the replaced version is a draft that was never measured."""
    changes: dict[str, float]
    """Change of the metrics that speak against the version."""
    objection: str | None


@dataclass(frozen=True)
class Decision:
    """What would change, and what speaks against it."""

    prompt: str
    match: str
    trials: tuple[Trial, ...]
    text: str
    """The new content of `active.toml`."""

    @property
    def objections(self) -> tuple[str, ...]:
        """All that speaks against the version."""
        return tuple(trial.objection for trial in self.trials if trial.objection)


def decide(
    workspace: Workspace, prompt: str, suites: Sequence[Suite], match: str | None = None
) -> Decision:
    """Hold a version against the active one, for every model with a baseline that `match` decides.

    Without `match` the rule is taken that now decides for those models.

    Raises: LockError for an edited version; UsageError, when it takes a `match` to tell the rule.
    """
    task, version = split_id(prompt)
    path, lock = workspace.folder("prompts") / "active.toml", read_lock(lock_path(workspace))
    verify_prompt(workspace.prompt(task, version), workspace.schema(task), lock)
    active = read_active(path)
    match = match or _usual_match(active, prompt, _models(lock, prompt, suites))
    text, after = with_active(path.read_text("utf-8-sig"), prompt, match)
    trials = [
        trial
        for suite in suites
        for trial in _trials(workspace, lock, suite, _Change(prompt, match, active, after))
    ]
    return Decision(prompt, match, tuple(trials), text)


def activate(
    workspace: Workspace, decision: Decision, today: dt.date, reason: str | None = None
) -> None:
    """Write the decision to `active.toml`; a `reason` overrules objections and goes to the lock.

    Raises: ExtractError, when something speaks against it and there is no reason.
    """
    if decision.objections and not reason:
        raise ExtractError(
            f"{decision.prompt} is not made active: {' '.join(decision.objections)} "
            'To do it nonetheless, give --allow-regression "reason".'
        )
    folder = writable(workspace, "prompts")
    allowed = [
        Allowance(
            prompt=decision.prompt,
            replaced=trial.replaced,
            suite=trial.suite,
            model=trial.model,
            recorded=today,
            reason=reason,
            changes=trial.changes,
        )
        for trial in decision.trials
        if trial.objection and reason
    ]
    if allowed:
        path = lock_path(workspace)
        lock = read_lock(path)
        update = {"allowances": (*lock.allowances, *allowed)}
        write_lock(path, lock.model_copy(update=update))
    replace(folder / "active.toml", decision.text.encode())


@dataclass(frozen=True)
class _Change:
    prompt: str
    match: str
    before: Active
    after: Active

    @property
    def task(self) -> str:
        return split_id(self.prompt)[0]

    def decides(self, model: str) -> bool:
        """Tell whether the changed rule is the one that counts for a model."""
        rule = deciding_rule(self.after, self.task, model)
        return rule is not None and rule.match == self.match

    def replaced(self, model: str) -> str:
        """Return the prompt id that is active for a model now; the task alone for none."""
        return "@".join(filter(None, (self.task, self.before.version(self.task, model))))


def _models(lock: Lock, prompt: str, suites: Sequence[Suite]) -> list[str]:
    """Name the models whose baselines a version has on the suites as they are labelled now."""
    entry = lock.prompts.get(prompt)
    named = sorted({baseline.model for baseline in (entry.baselines if entry else ())})
    return [m for m in named if any(latest(lock, prompt, suite, m) for suite in suites)]


def _usual_match(active: Active, prompt: str, models: Sequence[str]) -> str:
    task = split_id(prompt)[0]
    rules = [deciding_rule(active, task, model) for model in models]
    matches = {rule.match for rule in rules if rule is not None}
    if len(matches) == 1:
        return matches.pop()
    if not matches:
        raise ExtractError(
            f"{prompt} is not made active: it has no baseline on the present labels of the suite. "
            f"Run `extract eval run --prompt {prompt} --model MODEL`, then "
            "`extract prompts lock RUN`."
        )
    raise UsageError(f"{prompt} has baselines under several rules: say --match for one of them.")


def _trials(workspace: Workspace, lock: Lock, suite: Suite, change: _Change) -> Iterator[Trial]:
    """Try the version on a suite for every model; without any the lack itself is the objection."""
    models = [m for m in _models(lock, change.prompt, [suite]) if change.decides(m)]
    for model in models:
        yield _trial(workspace, lock, suite, change, model)
    if not models:
        objection = (
            f"{change.prompt} has no baseline on the present labels of {suite.name} by a model "
            f"that {change.match!r} decides for: run `extract eval run --suite {suite.name} "
            f"--prompt {change.prompt} --model MODEL`, then `extract prompts lock RUN`."
        )
        replaced = change.replaced(change.match)
        yield Trial(suite.name, change.match, replaced, None, {}, objection)


def _trial(workspace: Workspace, lock: Lock, suite: Suite, change: _Change, model: str) -> Trial:
    old = change.replaced(model)
    entry = lock.prompts.get(old)
    if old == change.prompt or entry is None or not entry.frozen:
        return Trial(suite.name, model, old, None, {}, None)
    try:
        require_baseline(lock, old, suite, model)
    except UsageError as error:
        return Trial(suite.name, model, old, None, {}, f"It replaces {old}, but {error}")
    sides = [read_counts(workspace, prompt, suite, model) for prompt in (old, change.prompt)]
    compared = compare(sides[0], sides[1])
    anchor = workspace.schema(change.task).anchor
    changes = _against(compared, f"{anchor}.overlap")
    return Trial(suite.name, model, old, compared, changes, _objection(suite, old, changes))


def _against(compared: Comparison, overlap: str) -> dict[str, float]:
    """Return the change of every metric that is worse, or dropped further than allowed."""
    return {
        row.metric.name: row.difference
        for row in compared.rows
        if row.difference is not None
        and (
            row.verdict == "worse"
            or (row.metric.name == overlap and row.difference < -ALLOWED_DROP)
        )
    }


def _objection(suite: Suite, old: str, changes: dict[str, float]) -> str | None:
    if not changes:
        return None
    told = ", ".join(f"{name} {change:+.3f}" for name, change in changes.items())
    return f"On {suite.name} it is worse than {old}: {told}."
