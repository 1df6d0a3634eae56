"""Matching, against brute force and two other implementations."""

import itertools
import random
from dataclasses import dataclass

import metametric.dsl as mm
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nervaluate.entities import Entity
from nervaluate.strategies import ExactEvaluation

from extractor.evaluation.matching import assign, count_exact, match
from extractor.evaluation.scoring import f1, precision, recall
from extractor.records import Span

TEXT = " ".join(["word"] * 40)


def place(first, count):
    return Span(start=5 * first, end=5 * (first + count) - 1)


def best_by_brute_force(overlap, threshold):
    """Return the most pairs, and the greatest total overlap of so many pairs."""
    gold, predicted = overlap.shape
    if gold > predicted:
        return best_by_brute_force(overlap.T, threshold)
    totals = []
    for columns in itertools.permutations(range(predicted), gold):
        used = [overlap[row, column] for row, column in enumerate(columns)]
        used = [value for value in used if value >= threshold and value > 0]
        totals.append((len(used), round(sum(used), 9)))
    return max(totals)


@pytest.mark.parametrize("seed", range(5))
def test_pairs_are_the_best_of_all_permutations_in_120_random_cases(seed):
    generator = random.Random(seed)
    for _ in range(120):
        sides = [
            [place(generator.randrange(12), generator.randint(1, 5)) for _ in range(count)]
            for count in (generator.randint(1, 5), generator.randint(1, 5))
        ]
        threshold = generator.choice([0.0, 0.3, 0.5])
        words = [[set(range(s.start // 5, (s.end + 1) // 5)) for s in side] for side in sides]
        overlap = np.array([[len(a & b) / len(a | b) for b in words[1]] for a in words[0]])
        pairs = match(TEXT, *sides, threshold)
        found = (len(pairs), round(sum(overlap[i, j] for i, j in pairs), 9))
        assert found == best_by_brute_force(overlap, threshold)


SPANS = st.lists(st.builds(place, st.integers(0, 12), st.integers(1, 5)), max_size=7)


@given(SPANS, SPANS)
def test_pairs_are_one_to_one_and_over_the_threshold(gold, predicted):
    pairs = match(TEXT, gold, predicted, 0.5)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(gold[i].overlap(predicted[j]) for i, j in pairs)


@given(SPANS, SPANS)
def test_matching_is_symmetric_in_number(gold, predicted):
    assert len(match(TEXT, gold, predicted, 0.5)) == len(match(TEXT, predicted, gold, 0.5))


@given(SPANS)
def test_spans_match_themselves_wholly(gold):
    assert match(TEXT, gold, gold, 0.5) == [(i, i) for i in range(len(gold))] or len(
        set(gold)
    ) < len(gold)
    assert len(match(TEXT, gold, gold, 0.5)) == count_exact(TEXT, gold, gold) == len(gold)


def test_more_pairs_come_before_a_greater_overlap():
    overlap = np.array([[1.0, 0.5], [0.4, 0.0]])
    assert assign(overlap, 0.3) == [(0, 1), (1, 0)]


def test_pairs_under_the_threshold_do_not_take_part():
    overlap = np.array([[0.5, 0.4], [0.4, 0.0]])
    assert assign(overlap, 0.5) == [(0, 0)]


def test_agreement_parts_equal_overlaps_only():
    overlap = np.ones((2, 2))
    assert assign(overlap, 0.5, lambda i, j: float(i != j)) == [(0, 1), (1, 0)]
    assert assign(np.eye(2) / 2 + 0.5, 0.5, lambda i, j: float(i != j)) == [(0, 0), (1, 1)]


def test_no_overlap_is_no_match_even_without_a_threshold():
    assert assign(np.zeros((2, 2)), 0.0) == []


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nothing_matches_nothing(shape):
    assert assign(np.zeros(shape), 0.5) == []


def test_a_duplicate_is_matched_once():
    one = place(0, 3)
    assert len(match(TEXT, [one], [one, one], 0.5)) == 1
    assert count_exact(TEXT, [one], [one, one]) == 1


@dataclass(frozen=True)
class Mention:
    left: int
    right: int


HITS, PRECISION, RECALL, F1 = (
    mm.set_matching[Mention, "<->", normalizer](mm.auto[Mention])
    for normalizer in ("none", "precision", "recall", "f1")
)


def random_spans(seed, *, apart):
    """Yield 500 pairs of lists of word ranges (first, count); `apart`: none overlap in a list."""
    generator = random.Random(seed)
    for _ in range(500):
        sides = []
        for _ in range(2):
            cuts = sorted(generator.sample(range(24), 2 * generator.randint(0, 5)))
            ranges = [(cuts[at], cuts[at + 1]) for at in range(0, len(cuts), 2)]
            if not apart:
                ranges += generator.choices(ranges, k=2) if ranges else []
            sides.append(ranges)
        yield sides


def spans(ranges):
    return [place(first, end - first) for first, end in ranges]


def test_hits_and_scores_are_those_of_metametric_in_500_random_cases():
    for gold, predicted in random_spans(1, apart=False):
        sides = [[Mention(*r) for r in ranges] for ranges in (predicted, gold)]
        hits = count_exact(TEXT, spans(gold), spans(predicted))
        counts = np.array([hits, len(predicted), len(gold)], dtype=float)
        assert float(precision(counts)) == pytest.approx(PRECISION.score(*sides))
        assert float(recall(counts)) == pytest.approx(RECALL.score(*sides))
        assert float(f1(counts)) == pytest.approx(F1.score(*sides))
        if gold or predicted:  # it scores two empty sets as one hit
            assert hits == HITS.score(*sides)


def test_exact_counts_are_those_of_nervaluate_in_500_cases_without_overlaps_in_a_list():
    """Where spans overlap it is greedy and depends on their order; there it is no oracle."""
    for gold, predicted in random_spans(2, apart=True):
        sides = [[Entity("x", a, b - 1) for a, b in ranges] for ranges in (gold, predicted)]
        theirs, _ = ExactEvaluation().evaluate(*sides, ["x"])
        assert count_exact(TEXT, spans(gold), spans(predicted)) == theirs.correct
