"""How long a tuning goes on, and how far it is."""

from __future__ import annotations

import datetime as dt
import math
import time
from dataclasses import dataclass, field

from extractor.errors import UsageError
from training.config import Steps


@dataclass
class Progress:
    """How far a tuning is; kept in its checkpoints."""

    step: int = 0
    epoch: int = 0
    """Rounds over the corpus that are finished."""
    batch: int = 0
    """Batches of this epoch that are taken."""
    tokens: int = 0
    targets: int = 0
    spent_s: float = 0.0
    """Time of all sessions up to the last step."""
    loss: float | None = None
    """Running mean."""


@dataclass(frozen=True)
class Limit:
    """When a tuning ends: after a number of steps, or when a session's time is over."""

    steps: int | None
    seconds: float = 0.0
    """Of this session; counts only without a number of steps."""
    earlier_s: float = 0.0
    """Time of the sessions before."""
    began: float = field(default_factory=time.monotonic)

    def spent_s(self) -> float:
        """Return the time of all sessions up to now."""
        return self.earlier_s + time.monotonic() - self.began

    def share(self, step: int) -> float:
        """Return how much of the whole tuning is over, from 0 to 1."""
        if self.steps is not None:
            return min(1.0, step / self.steps)
        return min(1.0, self.spent_s() / (self.earlier_s + self.seconds))

    def is_reached(self, step: int) -> bool:
        """Tell whether to stop."""
        return self.share(step) >= 1.0


def learning_rate(step: int, share: float, steps: Steps) -> float:
    """Return the rate of a step, counted from 0: a linear rise, then half a cosine.

    Source: Loshchilov and Hutter 2017, "SGDR".
    """
    risen = min(1.0, (step + 1) / steps.warmup)
    fallen = 0.5 * (1 + math.cos(math.pi * share))
    return steps.learning_rate * risen * (steps.least_rate + (1 - steps.least_rate) * fallen)


def seconds_until(when: str, now: dt.datetime) -> float:
    """Count the seconds to `HH:MM`, today or tomorrow, or to a date with time (ISO 8601).

    Raises: UsageError, when it is neither, or a date that is over.
    """
    try:
        if len(when) <= len("HH:MM"):
            moment = dt.datetime.combine(now.date(), dt.time.fromisoformat(when), now.tzinfo)
            moment += dt.timedelta(days=moment <= now)
        else:
            moment = dt.datetime.fromisoformat(when)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
    except ValueError as error:
        raise UsageError(f"{when!r} is no time: give 22:30 or 2026-11-23T22:30.") from error
    if moment <= now:
        raise UsageError(f"{when} is over.")
    return (moment - now).total_seconds()
