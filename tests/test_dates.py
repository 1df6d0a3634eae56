from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.dates import Interval, resolve
from extractor.dates.intervals import easter, halves, month, part, week

DAY = dt.date(2023, 5, 17)
"""A Wednesday."""


def said(text: str, *, future: bool = False) -> str | None:
    """Resolve relative to `DAY` and write the days as `2023-05-01/2023-05-31`."""
    found = resolve(text, DAY, future=future)
    if found is None:
        return None
    return str(found.start) if found.start == found.end else f"{found.start}/{found.end}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wednesday", "2023-05-17"),
        ("Thursday", "2023-05-11"),
        ("on Tuesday night", "2023-05-16"),
        ("early on Monday", "2023-05-15"),
        ("about 2.30am on Tuesday", "2023-05-16"),
        ("last Wednesday", "2023-05-10"),
        ("last Tuesday", "2023-05-16"),
        ("next Wednesday", "2023-05-24"),
        ("Thursday, May 4", "2023-05-04"),
        ("today", "2023-05-17"),
        ("tonight", "2023-05-17"),
        ("this morning", "2023-05-17"),
        ("last night", "2023-05-16"),
        ("yesterday afternoon", "2023-05-16"),
        ("tomorrow", "2023-05-18"),
        ("overnight", "2023-05-16/2023-05-17"),
        ("the weekend", "2023-05-13/2023-05-14"),
        ("last week", "2023-05-08/2023-05-14"),
        ("next week", "2023-05-22/2023-05-28"),
        ("this week", "2023-05-15/2023-05-17"),
        ("last month", "2023-04-01/2023-04-30"),
        ("this year", "2023-01-01/2023-05-17"),
        ("last year", "2022-01-01/2022-12-31"),
        ("earlier this month", "2023-05-01/2023-05-17"),
        ("last quarter", "2023-01-01/2023-03-31"),
        ("Saturday week", "2023-05-27"),
    ],
)
def test_days_and_weeks_count_from_publication(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wednesday", "2023-05-17"),
        ("Tuesday", "2023-05-23"),
        ("the weekend", "2023-05-20/2023-05-21"),
        ("March", "2024-03-01/2024-03-31"),
        ("May", "2023-05-01/2023-05-31"),
        ("April 1", "2024-04-01"),
        ("this week", "2023-05-15/2023-05-21"),
        ("by Friday", "2023-05-17/2023-05-19"),
        ("until the end of June", "2023-05-17/2023-06-30"),
        ("by the end of the year", "2023-05-17/2023-12-31"),
        ("before Christmas", "2023-05-17/2023-12-24"),
        ("within 10 days", "2023-05-17/2023-05-27"),
        ("within a fortnight", "2023-05-17/2023-05-31"),
        ("later this month", "2023-05-17/2023-05-31"),
        ("next spring", "2024-03-01/2024-05-31"),
        ("early next month", "2023-06-01/2023-06-10"),
        ("from Monday to Wednesday", "2023-05-22/2023-05-24"),
        ("Thursday or Friday", "2023-05-18/2023-05-19"),
    ],
)
def test_what_is_to_come_is_looked_for_ahead(text, expected):
    assert said(text, future=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019", "2019-01-01/2019-12-31"),
        ("the 1990s", "1990-01-01/1999-12-31"),
        ("March", "2023-03-01/2023-03-31"),
        ("in December", "2022-12-01/2022-12-31"),
        ("last May", "2022-05-01/2022-05-31"),
        ("March 2019", "2019-03-01/2019-03-31"),
        ("August last year", "2022-08-01/2022-08-31"),
        ("Oct. 18", "2022-10-18"),
        ("May 17", "2023-05-17"),
        ("3 May last year", "2022-05-03"),
        ("the 2nd of June, 2021", "2021-06-02"),
        ("the third of August", "2022-08-03"),
        ("Sept. 30, 2020", "2020-09-30"),
        ("the night of Nov. 12, 2022", "2022-11-12"),
        ("Feb. 29", "2020-02-29"),
        ("2021-03-04", "2021-03-04"),
        ("04.03.2021", "2021-03-04"),
        ("27/4/2021", "2021-04-27"),
        ("early March", "2023-03-01/2023-03-10"),
        ("mid-March", "2023-03-11/2023-03-20"),
        ("late February 2024", "2024-02-21/2024-02-29"),
        ("the second half of January", "2023-01-16/2023-01-31"),
        ("the first week of May", "2023-05-01/2023-05-07"),
        ("the last week of January", "2023-01-25/2023-01-31"),
        ("the week of May 3", "2023-05-01/2023-05-07"),
        ("winter 2020/21", "2020-12-01/2021-02-28"),
        ("the spring of 2018", "2018-03-01/2018-05-31"),
        ("last summer", "2022-06-01/2022-08-31"),
        ("the third quarter of 2022", "2022-07-01/2022-09-30"),
        ("Q1 2023", "2023-01-01/2023-03-31"),
        ("the first half", "2023-01-01/2023-06-30"),
        ("the first nine months of 2022", "2022-01-01/2022-09-30"),
        ("Christmas Eve", "2022-12-24"),
        ("Thanksgiving", "2022-11-24"),
        ("Labor Day", "2022-09-05"),
        ("Easter Monday", "2023-04-10"),
    ],
)
def test_dates_of_the_calendar_without_a_year_are_the_latest(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("three days ago", "2023-05-14"),
        ("two weeks ago", "2023-05-03"),
        ("seven months ago", "2022-10-01/2022-10-31"),
        ("10 years ago", "2013-01-01/2013-12-31"),
        ("the past ten days", "2023-05-07/2023-05-17"),
        ("over the past five years", "2018-05-17/2023-05-17"),
        ("the next two weeks", "2023-05-17/2023-05-31"),
        ("since March", "2023-03-01/2023-05-17"),
        ("since Monday", "2023-05-15/2023-05-17"),
        ("since August last year", "2022-08-01/2023-05-17"),
        ("March 3-5", "2023-03-03/2023-03-05"),
        ("July 25 and 26", "2022-07-25/2022-07-26"),
        ("Jan. 9 until Feb. 3", "2023-01-09/2023-02-03"),
        ("between May and July 2021", "2021-05-01/2021-07-31"),
        ("between 2011 and 2017", "2011-01-01/2017-12-31"),
        ("from Friday to Sunday", "2023-05-12/2023-05-14"),
        ("the six months to December", "2022-07-01/2022-12-31"),
        ("by Tuesday night", "2023-05-16"),
    ],
)
def test_counted_and_bounded_stretches_of_time(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "two days of talks",
        "10:40",
        "2.15 p.m.",
        "noon",
        "two days later",
        "the next day",
        "the following month",
        "that night",
        "within hours",
        "three weeks",
        "shortly before the vote",
        "31 June",
        "Feb. 29, 2023",
        "3/4/2023",
        "May 9-3",
        "by",
        "the blast",
        "99999 years ago",
        "the 45th of May",
    ],
)
def test_what_needs_more_than_the_expression_is_not_resolved(text):
    assert said(text) is None


def test_no_text_is_no_date():
    assert resolve(None, DAY) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gestern", "2023-05-16"),
        ("am Mittwoch", "2023-05-17"),
        ("el lunes", "2023-05-15"),
        ("3 mai", "2023-05-03"),
        ("im Mai 2020", "2020-05-01/2020-05-31"),
        ("12 марта", "2023-03-12"),
        ("на прошлой неделе", "2023-05-08/2023-05-14"),
        ("2023年5月3日", "2023-05-03"),
        ("2021年", "2021-01-01/2021-12-31"),
        ("أمس", "2023-05-16"),
    ],
)
def test_simple_expressions_of_other_languages_are_resolved(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize("text", ["May 3, 2021", "3 mai 2021", "2021-05-03", "the 3rd of May 2021"])
def test_without_publication_a_full_date_is_resolved(text):
    assert resolve(text, None) == (dt.date(2021, 5, 3), dt.date(2021, 5, 3))


@pytest.mark.parametrize("text", ["May 3", "Thursday", "last year", "since 2019", "gestern"])
def test_without_publication_a_relative_date_is_not_resolved(text):
    assert resolve(text, None) is None


@pytest.mark.parametrize("day", [dt.date.min, dt.date.max])
@pytest.mark.parametrize("text", ["last year", "next decade", "Thursday", "March", "next winter"])
def test_the_ends_of_the_calendar_do_no_harm(day, text):
    found = resolve(text, day)
    assert found is None or found.start <= found.end


WORDS = (
    "the last next this since by until from between and to of in early late March May 3 31 2019 "
    "Monday week month year weekend two days ago before 10:40 p.m. - half first quarter 1990s "
    "Easter past ' noon spring"
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS.split()), max_size=9).map(" ".join), st.dates(), st.booleans()
)
def test_any_words_of_time_give_nothing_or_an_interval(text, day, future):
    found = resolve(text, day, future=future)
    assert found is None or (isinstance(found, Interval) and found.start <= found.end)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.dates() | st.none())
def test_any_text_gives_nothing_or_an_interval(text, day):
    found = resolve(text, day)
    assert found is None or found.start <= found.end


def test_an_endless_expression_is_not_resolved():
    assert said("from " * 5000 + "Monday") is None


def test_a_month_has_early_middle_and_late_days():
    whole = month(2024, 2)
    assert [part(whole, name).end.day for name in ("early", "mid", "late")] == [10, 20, 29]
    assert [half.end.day for half in halves(whole)] == [15, 29]


@pytest.mark.parametrize("days", [1, 2])
def test_a_day_or_two_have_no_parts(days):
    whole = Interval(DAY, DAY + dt.timedelta(days=days - 1))
    assert {part(whole, name) for name in ("early", "mid", "late")} == {whole}
    assert all(half.start <= half.end for half in halves(whole))


def test_early_of_the_last_day_is_that_day():
    assert resolve("early last", dt.date(2000, 1, 1)) == Interval(*[dt.date(1999, 12, 31)] * 2)


def test_weeks_start_on_monday():
    assert week(DAY) == (dt.date(2023, 5, 15), dt.date(2023, 5, 21))


@pytest.mark.parametrize(("year", "expected"), [(2023, "04-09"), (2024, "03-31"), (2038, "04-25")])
def test_easter_is_that_of_the_almanac(year, expected):
    assert str(easter(year)) == f"{year}-{expected}"
