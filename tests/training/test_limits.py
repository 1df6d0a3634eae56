from __future__ import annotations

import datetime as dt
import time

import pytest

from extractor.errors import UsageError
from tests.training.articles import config
from training.limits import Limit, learning_rate, seconds_until

NOW = dt.datetime(2026, 3, 1, 22, 0, tzinfo=dt.UTC)


def test_the_rate_rises_to_the_full_one_and_falls_to_the_least() -> None:
    steps = config().steps
    assert learning_rate(0, 0.0, steps) == pytest.approx(steps.learning_rate / steps.warmup)
    assert learning_rate(steps.warmup, 0.0, steps) == pytest.approx(steps.learning_rate)
    assert learning_rate(9999, 1.0, steps) == pytest.approx(steps.learning_rate * steps.least_rate)


def test_steps_say_how_much_is_over() -> None:
    limit = Limit(steps=8)
    assert [limit.share(step) for step in (0, 2, 8, 9)] == [0.0, 0.25, 1.0, 1.0]
    assert limit.is_reached(8)


def test_time_of_earlier_sessions_counts() -> None:
    limit = Limit(None, seconds=60.0, earlier_s=60.0, began=time.monotonic() - 30.0)
    assert limit.share(0) == pytest.approx(0.75, abs=0.01)
    assert not limit.is_reached(10**6)


@pytest.mark.parametrize(
    ("when", "seconds"),
    [("22:30", 1800), ("21:00", 23 * 3600), ("2026-03-01T22:01", 60), ("2026-03-01 23:00", 3600)],
)
def test_a_time_is_the_next_one_of_its_kind(when: str, seconds: float) -> None:
    assert seconds_until(when, NOW) == seconds


@pytest.mark.parametrize("when", ["soon", "2026-02-01T10:00", "25:00"])
def test_a_time_that_cannot_be_waited_for_is_refused(when: str) -> None:
    with pytest.raises(UsageError, match=when):
        seconds_until(when, NOW)
