"""Recorded baselines as charts: a score over the order of recording, a line per model."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extractor.prompt_lock import Baseline, Lock

WIDTH, HEIGHT = 360, 170
LEFT, RIGHT, TOP, BOTTOM = 34, 350, 12, 130
SHAPES = 4
"""Markers that tell models apart before they repeat."""

_LABELS = 6  # that fit below the axis
_LABEL_CHARS = 8
_LEAST_RANGE = 2  # tenths


@dataclass(frozen=True)
class Recorded:
    """A baseline, or the run that the page is of."""

    version: str
    model: str
    recorded: dt.date
    scores: Mapping[str, float]
    current: bool
    """Whether it is of the labels that the run was scored on."""
    this_run: bool = False


@dataclass(frozen=True)
class Point:
    """A recorded score in the units of the drawing."""

    x: float
    y: float
    score: float
    of: Recorded
    label: str
    """What stands below the axis; empty where there is no room."""


@dataclass(frozen=True)
class Series:
    """The points of one model, in the order of recording."""

    model: str
    shape: int
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Tick:
    """A line of the grid."""

    y: float
    score: float


@dataclass(frozen=True)
class Chart:
    """One metric."""

    metric: str
    series: tuple[Series, ...]
    ticks: tuple[Tick, ...]


def baselines(lock: Lock, task: str, suite: str, fixtures_sha256: str) -> tuple[Recorded, ...]:
    """List the baselines of a task on a suite, oldest first."""
    found = [
        _recorded(prompt.partition("@")[2], baseline, fixtures_sha256)
        for prompt, entry in lock.prompts.items()
        if prompt.partition("@")[0] == task
        for baseline in entry.baselines
        if baseline.suite == suite
    ]
    return tuple(sorted(found, key=lambda one: (one.recorded, one.version, one.model)))


def _recorded(version: str, baseline: Baseline, fixtures_sha256: str) -> Recorded:
    return Recorded(
        version=version,
        model=baseline.model,
        recorded=baseline.recorded,
        scores=baseline.scores,
        current=baseline.fixtures_sha256 == fixtures_sha256,
    )


def charts(recorded: Sequence[Recorded], metrics: Sequence[str]) -> tuple[Chart, ...]:
    """Draw each metric that some entry of `recorded` has, in the order of `metrics`."""
    shapes = {model: at % SHAPES for at, model in enumerate(models(recorded))}
    having = {metric: [one for one in recorded if metric in one.scores] for metric in metrics}
    return tuple(_chart(metric, found, shapes) for metric, found in having.items() if found)


def models(recorded: Sequence[Recorded]) -> tuple[str, ...]:
    """List the models, each once, by their first entry."""
    return tuple(dict.fromkeys(one.model for one in recorded))


def _chart(metric: str, recorded: Sequence[Recorded], shapes: Mapping[str, int]) -> Chart:
    low, high = _tenths([one.scores[metric] for one in recorded])

    def height(score: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (score * 10 - low) / (high - low), 1)

    every = math.ceil(len(recorded) / _LABELS)
    points = [
        Point(
            x=round(LEFT + (RIGHT - LEFT) * (at + 0.5) / len(recorded), 1),
            y=height(one.scores[metric]),
            score=one.scores[metric],
            of=one,
            label="" if (len(recorded) - 1 - at) % every else _shortened(one),
        )
        for at, one in enumerate(recorded)
    ]
    step = 1 if high - low <= 4 else 2  # noqa: PLR2004 - five lines at most
    ticks = tuple(Tick(height(tenth / 10), tenth / 10) for tenth in range(low, high + 1, step))
    return Chart(metric, tuple(_series(points, shapes)), ticks)


def _shortened(one: Recorded) -> str:
    name = one.version
    return name if len(name) <= _LABEL_CHARS else name[: _LABEL_CHARS - 1] + "…"


def _series(points: Sequence[Point], shapes: Mapping[str, int]) -> Iterator[Series]:
    for model, shape in shapes.items():
        own = tuple(point for point in points if point.of.model == model)
        if own:
            yield Series(model, shape, own)


def _tenths(scores: Sequence[float]) -> tuple[int, int]:
    """Return the tenths that enclose all scores, an even number of them and at least two."""
    low, high = math.floor(min(scores) * 10), math.ceil(max(scores) * 10)
    high = max(high, low + _LEAST_RANGE)
    high += (high - low) % 2
    excess = max(0, high - 10)
    return low - excess, high - excess
