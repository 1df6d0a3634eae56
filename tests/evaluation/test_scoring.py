"""From counts to scores."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.evaluation.scoring import Counts, Metric, f1, precision, recall, score, share


def of(measure, *counts):
    return float(measure(np.array(Counts(*counts), dtype=float)))


def test_hand_counted_scores():
    assert of(precision, 3, 4, 6) == 0.75
    assert of(recall, 3, 4, 6) == 0.5
    assert of(f1, 3, 4, 6) == pytest.approx(0.6)
    assert of(share, 3, 4, 4) == 0.75


@pytest.mark.parametrize("measure", [precision, recall, f1])
def test_nothing_to_find_and_nothing_found_is_1(measure):
    assert of(measure, 0, 0, 0) == 1


@pytest.mark.parametrize("measure", [precision, recall, f1])
@pytest.mark.parametrize("counts", [(0, 3, 0), (0, 0, 3)])
def test_one_empty_side_is_0(measure, counts):
    assert of(measure, *counts) == 0


def test_a_share_of_nothing_is_no_number():
    assert math.isnan(of(share, 0, 0, 0))


@given(st.integers(1, 9), st.integers(0, 9), st.integers(0, 9))
def test_f1_is_the_harmonic_mean(hits, spurious, missed):
    counts = hits, hits + spurious, hits + missed
    p, r = of(precision, *counts), of(recall, *counts)
    assert of(f1, *counts) == pytest.approx(2 * p * r / (p + r))


def test_scores_are_micro_averages_by_measure():
    metrics = [Metric(name="a", measure="f1"), Metric(name="b", measure="share")]
    articles = np.array([[(1, 1, 3), (1, 1, 1)], [(2, 2, 1), (0, 3, 3)]], dtype=float)
    assert score(articles.sum(axis=0), metrics).tolist() == [6 / 7, 1 / 4]
