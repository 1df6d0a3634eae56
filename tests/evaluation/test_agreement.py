"""Agreement of fields."""

import pytest

from extractor.evaluation.agreement import agrees, folded, normal_name, normal_names
from extractor.records import Located, Span
from extractor.schema import Schema, describe
from tests.evaluation.cases import DOINGS, SAYINGS, Saying


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the “late” bus", 'the "late" bus'),
        ("Said", "said"),
        ("St. Pölten", "St. Po\u0308lten"),
        ("mid–week", "mid-week"),
        ("two\n words", "two words"),
    ],
)
def test_typography_and_case_do_not_count(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize("other", ["said so", "say", "said.", ""])
def test_every_other_difference_counts(other):
    assert folded("said") != folded(other)


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("Mr. Lee", "lee"),
        ("Gen. Dr Ann LEE", "ann lee"),
        ("The League of Cooks", "league of cooks"),
        ("the League’s", "league"),
        ("Cooks’", "cooks"),
        ("a police source", "police source"),
        ("The The", "the"),
        ("General", "general"),
        ("Andrew", "andrew"),
        ("Theo Grand", "theo grand"),
        ("", ""),
    ],
)
def test_names_are_normalised(name, normal):
    assert normal_name(name) == normal


def test_lists_of_names_are_sets():
    assert normal_names(["the UN", "Ann", "UN"]) == normal_names(["Ann", "UN"])
    assert normal_names(None) == normal_names([]) == frozenset()


def located(**values):
    return Located(values, {})


@pytest.mark.parametrize(
    ("field", "one", "other", "same"),
    [
        ("verb", "said", "Said", True),
        ("verb", "said", "says", False),
        ("verb", None, None, True),
        ("verb", None, "said", False),
        ("verb", "said", None, False),
        ("who", "Mr Lee", "Lee", True),
        ("who", None, None, True),
        ("who", None, "Lee", False),
        ("tone", "loud", "loud", True),
        ("tone", "loud", "soft", False),
        ("tone", None, None, True),
    ],
)
def test_fields_agree_as_the_schema_compares_them(field, one, other, same):
    items = located(**{field: one}), located(**{field: other})
    assert agrees(*items, field, SAYINGS, "") is same


def test_names_agree_as_sets():
    items = located(givers=["Ann", "the Bobs"]), located(givers=["Bobs", "Ann"])
    assert agrees(*items, "givers", DOINGS, "")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("2026-03-01", "2026-03-31"), ("2026-03-01", "2026-03-31"), True),
        (("2026-03-01", "2026-03-31"), ("2026-03-01", "2026-03-01"), False),
        (("2026-03-01", "2026-03-01"), ("2026-03-01", None), True),
        ((None, None), (None, None), True),
        ((None, None), ("2026-03-01", None), False),
    ],
)
def test_days_agree_as_intervals(one, other, same):
    items = [located(date=first, end_date=last) for first, last in (one, other)]
    assert agrees(*items, "date", DOINGS, "") is same


class Placed(Saying):
    compare = {"verb": "span"}  # noqa: RUF012


PLACED = Schema("placed", Placed, describe(Placed))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [((0, 4), (0, 9), True), ((0, 4), (5, 9), False), (None, None, True), (None, (0, 4), False)],
)
def test_spans_agree_by_overlap(one, other, same):
    spans = [place and Span(start=place[0], end=place[1]) for place in (one, other)]
    items = [Located({}, {"verb": place}) for place in spans]
    assert agrees(*items, "verb", PLACED, "said that") is same
