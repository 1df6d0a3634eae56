"""Intervals and tests."""

import numpy as np
import pytest
from scipy import stats

from extractor.errors import UsageError
from extractor.evaluation.counting import ArticleCounts, Tally
from extractor.evaluation.scoring import Counts, Metric, f1
from extractor.evaluation.statistics import (
    difference_intervals,
    intervals,
    p_values,
    sample,
    totals,
    verdict,
)

METRICS = (Metric(name="x.overlap", measure="f1"), Metric(name="y", measure="share"))


def tallied(rows, *, share=(), ids=None):
    """Make a tally of one F1 metric and, where given, one share per article."""
    ids = ids or [f"a{at:04}" for at in range(len(rows))]
    shares = dict(zip(ids, share, strict=False))
    articles = [
        ArticleCounts(
            id=name,
            outcome="ok",
            gold_sha256="0",
            counts={"x.overlap": Counts(*row)}
            | ({"y": Counts(*shares[name])} if name in shares else {}),
        )
        for name, row in zip(ids, rows, strict=True)
    ]
    return Tally(task="t", metrics=METRICS, articles=tuple(articles))


def random_rows(seed, count, skill):
    generator = np.random.default_rng(seed)
    gold = generator.integers(1, 12, count)
    hits = generator.binomial(gold, skill)
    predicted = hits + generator.binomial(gold, 0.2)
    return np.stack([hits, predicted, gold], axis=1).tolist()


A = sample([tallied(random_rows(1, 60, 0.6))])
B = sample([tallied(random_rows(2, 60, 0.8))])


def test_the_same_seed_gives_the_same_interval():
    assert (intervals(A)[:, 0] == intervals(A)[:, 0]).all()
    assert (intervals(A, seed=1)[:, 0] != intervals(A, seed=2)[:, 0]).any()


def test_the_interval_is_that_of_scipy():
    """Two sets of resamples: they agree as far as 9,999 of them can."""
    index = np.arange(60)

    def statistic(chosen):
        return f1(A.counts[chosen, 0].sum(axis=0))

    theirs = stats.bootstrap(
        (index,), statistic, vectorized=False, method="percentile", rng=np.random.default_rng(3)
    ).confidence_interval
    ours = intervals(A, resamples=9_999)[:, 0]
    assert ours == pytest.approx([theirs.low, theirs.high], abs=0.004)


def test_the_interval_holds_the_score():
    low, high = intervals(A)[:, 0]
    assert low < f1(totals(A))[0] < high


def test_one_article_gives_an_interval_of_no_width():
    low, high = intervals(sample([tallied([(1, 2, 3)])]))[:, 0]
    assert low == high == pytest.approx(0.4)


def test_no_article_gives_no_interval():
    none = sample([tallied([])])
    assert np.isnan(intervals(none)).all()
    assert np.isnan(difference_intervals(none, none)).all()
    assert p_values(none, none).tolist() == [1, 1]


def test_a_share_without_support_has_no_interval():
    assert np.isnan(intervals(A)[:, 1]).all()


def test_a_share_is_resampled_where_it_has_support():
    one = sample([tallied([(1, 1, 1)] * 9, share=[(1, 1, 1), (0, 1, 1)])])
    low, high = intervals(one)[:, 1]
    assert (low, high) == (0, 1)


def test_repeats_are_averaged_within_the_article():
    one, other = random_rows(1, 30, 0.5), random_rows(2, 30, 0.5)
    both = sample([tallied(one), tallied(other)])
    assert both.counts[:, 0].tolist() == ((np.array(one) + np.array(other)) / 2).tolist()


def test_repeating_the_same_run_narrows_no_interval():
    one = tallied(random_rows(1, 30, 0.5))
    assert (intervals(sample([one] * 5))[:, 0] == intervals(sample([one]))[:, 0]).all()


def test_repeats_of_other_articles_are_refused():
    with pytest.raises(UsageError, match="same articles"):
        sample([tallied([(1, 1, 1)], ids=["a"]), tallied([(1, 1, 1)], ids=["b"])])


def test_no_run_is_refused():
    with pytest.raises(UsageError, match="no scored run"):
        sample([])


def test_a_run_against_itself_has_no_difference_and_p_1():
    assert (difference_intervals(A, A)[:, 0] == 0).all()
    assert p_values(A, A).tolist() == [1, 1]


def test_the_difference_turns_with_its_sides():
    forth, back = difference_intervals(A, B)[:, 0], difference_intervals(B, A)[:, 0]
    assert forth == pytest.approx(-back[::-1])
    assert p_values(A, B)[0] == p_values(B, A)[0] < 0.05


def test_few_articles_are_swapped_in_all_ways():
    worse, better = [(0, 2, 2)] * 5, [(2, 2, 2)] * 5
    p = p_values(sample([tallied(worse)]), sample([tallied(better)]))[0]
    assert p == 2 / 2**5


def test_p_is_that_of_scipy():
    """The article-wise permutation test of scipy, on indices into both runs."""
    counts = np.concatenate([A.counts, B.counts])[:, 0]

    def statistic(one, other):
        sides = [counts[np.asarray(side, dtype=int)].sum(axis=0) for side in (one, other)]
        return f1(sides[1]) - f1(sides[0])

    close = sample([tallied(random_rows(5, 60, 0.64))])
    counts[60:] = close.counts[:, 0]
    theirs = stats.permutation_test(
        (np.arange(60), np.arange(60, 120)),
        statistic,
        permutation_type="samples",
        n_resamples=2_000,
        rng=np.random.default_rng(3),
    ).pvalue
    assert p_values(A, close)[0] == pytest.approx(theirs, abs=0.04)


@pytest.mark.parametrize(
    ("low", "high", "p", "judged"),
    [
        (0.01, 0.1, 0.01, "better"),
        (-0.1, -0.01, 0.01, "worse"),
        (-0.01, 0.1, 0.01, "inconclusive"),
        (0.01, 0.1, 0.05, "inconclusive"),
        (0.0, 0.1, 0.01, "inconclusive"),
        (float("nan"), float("nan"), 1.0, "inconclusive"),
    ],
)
def test_verdicts_need_interval_and_p(low, high, p, judged):
    assert verdict(low, high, p) == judged


def test_no_difference_is_seldom_called_one():
    """Of 100 pairs of runs of equal skill about 5 would differ by chance, at most."""
    called = 0
    for seed in range(100):
        one, other = (
            sample([tallied(random_rows(1000 + 2 * seed + side, 40, 0.6))]) for side in (0, 1)
        )
        low, high = difference_intervals(one, other, resamples=500)[:, 0]
        called += verdict(low, high, p_values(one, other, permutations=499)[0]) != "inconclusive"
    assert called <= 10
