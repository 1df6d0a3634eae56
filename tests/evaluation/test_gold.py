"""Spans of gold items."""

from extractor.evaluation.gold import interval_end, locate, nearest, occurrences
from extractor.records import Article, Span
from tests.evaluation.cases import DOINGS, SAYINGS, doing, fixture, saying, span


def test_the_kth_identical_anchor_takes_the_kth_place():
    text = "yes, she said. No. yes, he said. yes"
    gold = fixture(text, sayings=[saying("yes"), saying("No"), saying("yes")]).gold["sayings"]
    assert [item.spans["words"].start for item in gold] == [0, 15, 19]


def test_other_fields_take_the_place_nearest_to_the_anchor():
    text = "Ann said this. Bob told us that, said Ann."
    gold = fixture(text, sayings=[saying("that", verb="said", who="Ann")]).gold["sayings"]
    assert gold[0].spans["verb"] == span(text, "said", 20)
    assert gold[0].spans["who"] == span(text, "Ann", 20)


def test_of_two_equally_near_places_the_earlier_is_taken():
    assert nearest("ab x ab", "ab", Span(start=3, end=4)) == Span(start=0, end=2)


def test_a_place_inside_a_word_counts_only_when_there_is_no_other():
    assert [s.start for s in occurrences("firefighters met the fire", "fire")] == [21]
    assert [s.start for s in occurrences("firefighters", "fire")] == [0]


def test_scripts_without_spaces_have_places():
    assert [s.start for s in occurrences("首相は東京で東京と述べた", "東京")] == [3, 6]


def test_places_may_overlap():
    assert len(occurrences("ha ha ha", "ha ha")) == 2


def test_nothing_has_no_place():
    assert occurrences("text", "") == ()
    assert nearest("text", "none", Span(start=0, end=1)) is None


def test_a_list_has_one_span_per_name():
    text = "Ann and Bob gave."
    (item,) = fixture(text, doings=[doing("gave", givers=["Bob", "Ann"])]).gold["doings"]
    assert item.spans["givers"] == (span(text, "Bob"), span(text, "Ann"))


def test_null_has_no_span():
    (item,) = fixture("yes", sayings=[saying("yes")]).gold["sayings"]
    assert item.spans["verb"] is None


def test_a_computed_field_left_out_is_computed():
    gold = fixture("Go! Stay.", sayings=[saying("Go"), saying("Stay")]).gold["sayings"]
    assert [item.values["tone"] for item in gold] == ["loud", "soft"]


def test_a_computed_field_that_is_given_is_kept():
    (item,) = fixture("Go!", sayings=[saying("Go", tone="soft")]).gold["sayings"]
    assert item.values["tone"] == "soft"


def test_an_asked_field_left_out_stays_left_out():
    article = Article(id="a", text="Go!")
    (item,) = locate([{"words": "Go"}], SAYINGS, article)
    assert set(item.values) == {"words", "tone"}


def test_a_known_span_is_kept_and_takes_no_place_from_the_others():
    article, known = Article(id="a", text="yes yes yes"), Span(start=8, end=11)
    items = [{"words": "yes"}, {"words": "yes"}]
    found = locate(items, SAYINGS, article, [{"words": known}, {}])
    assert [item.spans["words"].start for item in found] == [8, 0]


def test_an_interval_field_has_an_end_field():
    assert interval_end("date", DOINGS) == "end_date"
    assert interval_end("time", DOINGS) is None
