"""Overlap in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.evaluation.overlap import similarity, trimmed, words
from extractor.records import Span
from tests.evaluation.cases import span

TEXT = "one two, three — four-five six"


def overlap(text, one, other):
    return similarity(text, [one], [other])[0, 0]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("one two", "one two", 1.0),
        ("one two", "two, three", 1 / 3),
        ("one two, three", "two", 1 / 3),
        ("one two,", "one two", 1.0),  # punctuation is no word
        ("one", "six", 0.0),
        ("four-five", "five six", 1 / 3),
    ],
)
def test_hand_counted_overlaps(one, other, ratio):
    assert overlap(TEXT, span(TEXT, one), span(TEXT, other)) == pytest.approx(ratio)


def test_adjacent_half_open_spans_do_not_overlap():
    assert overlap("ab cd", Span(start=0, end=2), Span(start=2, end=5)) == 0


def test_two_halves_of_one_word_do_not_overlap():
    assert overlap("abcd", Span(start=0, end=2), Span(start=2, end=4)) == 0


def test_an_empty_span_overlaps_nothing():
    assert overlap("abcd", Span(start=1, end=1), Span(start=0, end=4)) == 0


def test_spans_without_words_are_compared_by_code_points():
    assert overlap("a ?!?! b", Span(start=2, end=6), Span(start=2, end=4)) == 0.5


def test_scripts_without_spaces_are_counted_by_character():
    text = "首相は東京で述べた"
    assert overlap(text, Span(start=0, end=4), Span(start=2, end=6)) == pytest.approx(2 / 6)


def test_a_mark_belongs_to_the_letter_before_it():
    assert len(words("cafe\u0301 नमस्ते สวัสดี").starts) == 1 + 1 + 4


def test_mixed_scripts_part_where_the_script_changes():
    assert len(words("NATO首脳 met").starts) == 4


SPANS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(
    lambda ends: Span(start=min(ends), end=max(ends))
)


@given(st.text("ab 東?-", min_size=40, max_size=40), st.lists(SPANS), st.lists(SPANS))
def test_overlap_is_symmetric_and_between_0_and_1(text, gold, predicted):
    matrix = similarity(text, gold, predicted)
    assert matrix.shape == (len(gold), len(predicted))
    assert ((matrix >= 0) & (matrix <= 1)).all()
    assert (matrix == similarity(text, predicted, gold).T).all()


@given(st.text("ab 東?-", min_size=40, max_size=40), SPANS.filter(lambda s: s.start < s.end))
def test_a_span_overlaps_itself_wholly(text, one):
    assert overlap(text, one, one) == 1


@given(st.text("ab ,", min_size=40, max_size=40), SPANS, SPANS)
def test_overlap_of_whole_words_is_that_of_the_sets_of_words(text, one, other):
    def held(s):
        starts, ends = words(text).starts.tolist(), words(text).ends.tolist()
        return {a for a, b in zip(starts, ends, strict=True) if b > s.start and a < s.end}

    left, right = held(one), held(other)
    if one.overlap(other) and left and right:
        expected = len(left & right) / len(left | right)
        assert overlap(text, one, other) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("held", "rest"),
    [
        ("“We go.”", "We go"),
        (" we go, ", "we go"),
        ("we go;", "we go"),
        ("we go?", "we go?"),
        ("’t was", "t was"),
        ("...so", "...so"),
        ("U.S.", "U.S"),
        ("«we “go”»", "we “go"),
        ("“”", "“”"),
    ],
)
def test_edges_are_trimmed(held, rest):
    one = trimmed(held, Span(start=0, end=len(held)))
    assert held[one.start : one.end] == rest
