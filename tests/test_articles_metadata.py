from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.articles import ReadOptions, read_articles
from extractor.articles.dateline import day_in_name, day_of, without_prefix
from extractor.articles.metadata import column, day
from extractor.records import Article

DAY = dt.date(2023, 7, 27)


@pytest.mark.parametrize(
    "written",
    [
        "2023-07-27",
        "2023-07-27T23:30:00Z",
        "2023-07-27T23:30:00.123+02:00",
        "2023-07-27 10:15:00",
        "20230727",
        20230727,
        "Thu, 27 Jul 2023 23:30:00 -0500",
        1690416000,
        1690416000.5,
        1690416000000,
        "1690416000",
        "July 27, 2023",
        "27 July 2023 10:15",
        "Thursday, July 27, 2023, 10:15 AM",
        "27.07.2023",
        "27/7/2023",
        "27 juillet 2023",
        "2023年7月27日",
        DAY,
        dt.datetime(2023, 7, 27, 23, 30, tzinfo=dt.UTC),
    ],
)
def test_a_date_is_read_as_files_write_it(written):
    assert day(written) == DAY


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "soon",
        "July 2023",
        "3/4/2023",
        "Thursday",
        "July 27",
        True,
        {},
        [],
        -1e300,
        "9" * 30,
        float("nan"),
        float("inf"),
        5,
        "2023-13-45",
    ],
)
def test_what_is_no_day_or_several_is_none(written):
    assert day(written) is None


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=30) | st.floats() | st.integers())
def test_reading_a_date_never_raises(written):
    found = day(written)
    assert found is None or 1800 <= found.year < 2200


def test_column_names_are_compared_without_case_and_separators():
    names = ["ID", "Article Text", "Date-Published"]
    assert column(names, "text", ReadOptions()) == "Article Text"
    assert column(names, "date", ReadOptions()) == "Date-Published"
    assert (
        column(["ID", "Article Text", "Date-Published"], "date", ReadOptions()) == "Date-Published"
    )


def test_the_likeliest_name_is_taken():
    assert column(["content", "text"], "text", ReadOptions()) == "text"


def test_a_named_column_is_the_only_one_tried():
    assert column(["text"], "text", ReadOptions(text_field="story")) is None


def test_a_date_prefix_is_taken_off_the_text():
    text = "date 2023-07-27 SEOUL, July 27 (Yonhap) -- It said."
    assert without_prefix(text) == ("SEOUL, July 27 (Yonhap) -- It said.", DAY)


@pytest.mark.parametrize("text", ["date of 2023", "date 2023-99-99 SEOUL", "2023-07-27 x", ""])
def test_what_is_no_date_prefix_stays(text):
    assert without_prefix(text) == (text, None)


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("2023-07-27-strike", DAY),
        ("strike_20230727", DAY),
        ("strike.2023.07.27", DAY),
        ("2023-07-strike", None),
        ("12023072734", None),
        ("2023-02-30", None),
    ],
)
def test_a_file_name_may_hold_a_full_date(stem, expected):
    assert day_in_name(stem) == expected


@pytest.mark.parametrize(
    ("text", "stem", "expected"),
    [
        ("SEOUL, July 27 (Yonhap) -- It said.", "x", None),
        ("SEOUL, July 27, 2023 (Yonhap) -- It said.", "x", DAY),
        ("SEOUL, 27 July 2023 - It said.", "x", DAY),
        ("SEOUL, July 27 (Yonhap) -- It said.", "2023-07-28-x", DAY),
        ("PARIS, Dec. 31 - It said.", "2024-01-01-x", dt.date(2023, 12, 31)),
        ("SEOUL, July 27 - It said.", "2023-01-02-x", dt.date(2023, 1, 2)),
        ("WASHINGTON (May 3) — It said.", "2024-05-03", dt.date(2024, 5, 3)),
        ("It said on July 27 - or so - in 2023.", "x", None),
        ("No dateline here.", "2023-07-27", DAY),
        ("", "x", None),
    ],
)
def test_a_dateline_takes_its_year_from_the_file_name(text, stem, expected):
    assert day_of(text, stem) == expected


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.text(max_size=20))
def test_dating_an_article_never_raises(text, stem):
    assert day_of(text, stem) is None or isinstance(day_of(text, stem), dt.date)


def read(tmp_path, name: str, text: str, **options: object) -> Article:
    (tmp_path / name).write_text(text, encoding="utf-8")
    (found,) = read_articles([str(tmp_path / name)], ReadOptions(**options))
    assert isinstance(found, Article)
    return found


def test_the_date_of_a_first_line_is_taken_and_its_prefix_removed(tmp_path):
    found = read(tmp_path, "a.txt", "date 2023-07-27 SEOUL, July 27 (Yonhap) -- It said.")
    assert (found.published, found.text) == (DAY, "SEOUL, July 27 (Yonhap) -- It said.")
    assert found.warnings == ()


def test_the_date_given_overrides_the_file(tmp_path):
    text = '{"text": "It said.", "date": "2020-01-01"}'
    assert read(tmp_path, "a.json", text, published=DAY).published == DAY


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.txt", "It said.", "none was found"),
        ("a.txt", "ROTTERDAM, March 11 - It said.", "the dateline has no year"),
        ("a.json", '{"text": "It said.", "date": "3/4/2023"}', "'3/4/2023' cannot be read"),
    ],
)
def test_an_unknown_date_is_told_with_its_reason_and_remedy(tmp_path, name, text, reason):
    found = read(tmp_path, name, text)
    assert found.published is None
    (warning,) = found.warnings
    assert reason in warning
    assert "--published" in warning
