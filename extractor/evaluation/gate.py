"""What must hold before a change is let in: lock, baselines, and scores on recorded answers.

Replaying asks no model, so it takes seconds and a fall of a score is the fault of the code or of a
prompt. A live run is held to the baselines less a margin, because other processors round
differently; see `evals/floors.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pydantic import Field, ValidationError

from extractor.errors import LockError, UsageError, WorkspaceError
from extractor.evaluation.alignment import align_all
from extractor.evaluation.baselines import latest, no_baseline, require_baseline
from extractor.evaluation.counting import tally
from extractor.evaluation.recordings import Recording, read_recording, recording_folder
from extractor.evaluation.running import playback
from extractor.evaluation.scores import Scored, headline_scores, require_complete
from extractor.evaluation.suites import Suite
from extractor.pipeline import Extractor
from extractor.prompt_lock import Lock, lock_path, read_lock, verify
from extractor.records import Frozen
from extractor.workspace import Workspace

ROUNDING = 0.001
"""How far a replayed score may be below its baseline."""
FLOORS = "floors.toml"

Scores = Mapping[str, float]


class Floors(Frozen):
    """How far a live score may be below its baseline."""

    default: float = Field(default=0.05, ge=0, le=1)
    margins: dict[str, float] = Field(default_factory=dict)
    """Margin per pattern of metric names, with `*` and `?`; the first that fits counts."""

    def margin(self, metric: str) -> float:
        """Return the margin of a metric."""
        fitting = (m for pattern, m in self.margins.items() if fnmatchcase(metric, pattern))
        return next(fitting, self.default)


def read_floors(workspace: Workspace) -> Floors:
    """Read `evals/floors.toml`; defaults if it is not there. Raises: WorkspaceError."""
    path = workspace.folder("evals") / FLOORS
    try:
        return Floors.model_validate(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return Floors()
    except (OSError, ValueError, ValidationError) as error:
        raise WorkspaceError(f"{path}: {error}", path=path) from error


def require_lock(workspace: Workspace) -> None:
    """Raise LockError, naming every frozen version that was edited."""
    faults = verify(workspace)
    if faults:
        raise LockError("\n".join(faults), path=lock_path(workspace))


@dataclass(frozen=True)
class Gate:
    """The gate for one model; `budget_tokens` is what its present catalogue entry says."""

    workspace: Workspace
    model: str
    budget_tokens: int | None = None
    """None takes that of the recording."""

    def replayed(self, suite: Suite) -> Iterator[str]:
        """Replay the recording of a suite; say every score that fell, and what is not there.

        Raises: ReplayMissError, naming the request that the recording holds no answer to.
        """
        lock, active = read_lock(lock_path(self.workspace)), self._active(suite)
        lacking = [text for prompt in active.values() if (text := self._lack(lock, prompt, suite))]
        folder = recording_folder(self.workspace.folder("evals"), suite.name, self.model)
        try:
            recording = read_recording(folder)
        except UsageError as error:
            lacking.append(f"{error} Make one with `extract eval record RUN`.")
        yield from lacking
        if lacking:
            return
        scores = self._replay(recording, suite, active)
        for task, prompt in active.items():
            baseline = require_baseline(lock, prompt, suite, self.model)
            yield from fallen(prompt, suite.name, baseline.scores, scores[task], ROUNDING)

    def live(self, scored: Scored) -> Iterator[str]:
        """Say every score of a run that is under its floor, and which baseline is not there.

        Raises: WorkspaceError for an incomplete run; UsageError for one of another model, or of
            labels that are no more.
        """
        told, suite = scored.run.manifest, scored.suite
        require_complete(scored.run)
        whole = len(told.articles) == len(suite.ids)
        if told.model != self.model or scored.relabelled or not whole:
            message = (
                f"{scored.run.name} is no run of {self.model} over all of {suite.name} as it is"
            )
            raise UsageError(f"{message} labelled now: run it again.")
        lock, floors = read_lock(lock_path(self.workspace)), read_floors(self.workspace)
        for task, prompt in self._active(suite).items():
            lack = self._lack(lock, prompt, suite)
            if lack or task not in told.prompts or told.prompts[task].id != prompt:
                yield lack or f"{scored.run.name} was not asked with the active {prompt}."
                continue
            baseline = require_baseline(lock, prompt, suite, self.model)
            now = headline_scores(scored.tallies[task])
            yield from fallen(prompt, suite.name, baseline.scores, now, floors)

    def _active(self, suite: Suite) -> dict[str, str]:
        """Name the active prompt per task of a suite."""
        versions = {task: self.workspace.active(task, self.model) for task in suite.tasks}
        return {task: f"{task}@{version}" for task, version in versions.items()}

    def _lack(self, lock: Lock, prompt: str, suite: Suite) -> str | None:
        """Say what to do for a baseline that is not there; None when it is."""
        known = latest(lock, prompt, suite, self.model)
        return None if known else no_baseline(prompt, suite, self.model)

    def _replay(
        self, recording: Recording, suite: Suite, active: Mapping[str, str]
    ) -> dict[str, Scores]:
        """Run the articles of a suite through the present code with recorded answers."""
        model = playback(recording, 1, suite, active, self.budget_tokens)
        versions = {task: prompt.partition("@")[2] for task, prompt in active.items()}
        articles = [fixture.article for fixture in suite.fixtures]
        with Extractor(
            model, tasks=suite.tasks, prompts=versions, workspace=self.workspace.root
        ) as extractor:
            records = [result.to_dict() for result in extractor.extract_many(articles)]
        schemas = {task: self.workspace.schema(task) for task in suite.tasks}
        return {
            task: headline_scores([tally(align_all(suite.fixtures, records, schema), schema)])
            for task, schema in schemas.items()
        }


def fallen(
    prompt: str, suite: str, was: Scores, now: Scores, allowed: float | Floors
) -> Iterator[str]:
    """Say every metric of a baseline whose score is now lower than allowed, or gone."""
    for metric, old in was.items():
        margin = allowed.margin(metric) if isinstance(allowed, Floors) else allowed
        new = now.get(metric)
        if new is None or new < old - margin - 1e-9:
            told = "is no number" if new is None else f"is {new:.3f}"
            yield (
                f"{suite}, {prompt}: {metric} {told}; its baseline is {old:.3f}, "
                f"the least allowed {old - margin:.3f}."
            )
