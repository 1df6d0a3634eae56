"""Gold beside predicted."""

import random

import pytest

from extractor.errors import UsageError, WorkspaceError
from extractor.evaluation.alignment import align, align_all, confusion
from extractor.records import Located
from tests.evaluation.cases import DOINGS, SAYINGS, changed, doing, fixture, record, saying

TEXT = "We go, Ann said. We stay, Bob said! They left it all, the man told us."
GOLD = fixture(
    TEXT,
    sayings=[
        saying("We go", "said", "Ann"),
        saying("We stay", "said", "Bob"),
        saying("They left it all", "told", "the man"),
    ],
)
ITEMS = GOLD.gold["sayings"]


def aligned(*items, status="ok"):
    return align(GOLD, record(GOLD, status, sayings=items), SAYINGS)


def test_gold_matches_gold():
    assert aligned(*ITEMS).pairs == ((0, 0), (1, 1), (2, 2))


@pytest.mark.parametrize("seed", range(5))
def test_shuffling_changes_nothing(seed):
    items = [*ITEMS, changed(ITEMS[0], who="Bob"), changed(ITEMS[0], who=None)]
    shuffled = random.Random(seed).sample(items, len(items))
    assert aligned(*shuffled) == aligned(*items)


def test_of_predictions_at_one_place_the_one_that_agrees_is_matched():
    wrong = changed(ITEMS[0], who="Bob", verb=None)
    alignment = aligned(wrong, ITEMS[0], *ITEMS[1:])
    assert alignment.predicted[alignment.pairs[0][1]] == ITEMS[0]


def test_a_failed_article_has_no_predictions():
    alignment = aligned(*ITEMS, status="failed")
    assert (alignment.outcome, alignment.predicted, alignment.pairs) == ("failed", (), ())


def test_an_article_without_a_record_is_missing():
    alignment = align(GOLD, None, SAYINGS)
    assert (alignment.outcome, len(alignment.gold), alignment.pairs) == ("missing", 3, ())


def test_an_item_without_a_place_matches_nothing():
    assert aligned(Located(ITEMS[0].values, {"words": None})).pairs == ()


def test_a_record_of_another_text_is_refused():
    old = record(fixture(TEXT + " More.", sayings=[]))
    with pytest.raises(WorkspaceError, match="text of a is not that of the run"):
        align(GOLD, old, SAYINGS)


def test_a_record_without_the_task_is_refused():
    with pytest.raises(UsageError, match="holds no doings of a"):
        align(fixture(TEXT, doings=[]), record(GOLD), DOINGS)


def test_two_records_of_one_article_are_refused():
    with pytest.raises(UsageError, match="holds a twice"):
        align_all([GOLD], [record(GOLD), record(GOLD)], SAYINGS)


def test_a_record_of_no_fixture_is_refused():
    other = fixture(TEXT, "other", sayings=[])
    with pytest.raises(UsageError, match="no fixtures: other"):
        align_all([GOLD], [record(GOLD), record(other)], SAYINGS)


def test_a_fixture_not_labelled_for_the_task_is_left_out():
    assert align_all([GOLD], [record(GOLD)], DOINGS) == ()


def test_articles_come_sorted_by_id():
    fixtures = [fixture(TEXT, name, sayings=[]) for name in "cab"]
    aligned = align_all(fixtures, [], SAYINGS)
    assert [alignment.article_id for alignment in aligned] == ["a", "b", "c"]


def test_a_given_threshold_counts():
    (short,) = fixture(TEXT, sayings=[saying("They left")]).gold["sayings"]
    found = record(GOLD, sayings=[short])
    assert [len(align(GOLD, found, SAYINGS, least).pairs) for least in (0.5, 0.51)] == [1, 0]


def test_confusion_counts_matches_missed_and_spurious():
    text = "Ann gave, Bob took, Eve went."
    gold = fixture(text, doings=[doing("gave"), doing("took", "TAKE")])
    gave, took = gold.gold["doings"]
    (went,) = fixture(text, doings=[doing("went", "MOVE")]).gold["doings"]
    found = record(gold, doings=[changed(gave, sort="TAKE"), went])
    assert took.values["sort"] == "TAKE"
    assert confusion([align(gold, found, DOINGS)], "sort") == {
        ("GIVE", "TAKE"): 1,
        ("TAKE", None): 1,
        (None, "MOVE"): 1,
    }
