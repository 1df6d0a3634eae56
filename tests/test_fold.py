"""The declared fold: what is alike, what is not, and the way back to the raw text."""

import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from extractor.fold import DASHES, DOUBLE_MARKS, SINGLE_MARKS, FoldedText, between_graphemes, fold

PIECES = (
    *"aeé .,-\r\n\t\"'“”‘’–—…\u00a0\u200b\u00ad\u2060\ufeff\u200f\u202b\u0301\u0327\u200d",
    *"👩👧🏽🇫🇷한한中שل\u212b\u0e01",
)
AWKWARD = st.text(alphabet=st.one_of(st.sampled_from(PIECES), st.characters()), max_size=40)


def test_quotation_marks_of_all_kinds_are_alike():
    assert {fold(mark + "a") for mark in DOUBLE_MARKS} == {'"a'}


def test_apostrophes_and_single_marks_are_alike():
    assert {fold(f"don{mark}t") for mark in SINGLE_MARKS} == {"don't"}


def test_dashes_of_all_kinds_and_runs_of_them_are_alike():
    assert {fold(f"a{dash}b") for dash in [*DASHES, "--", "---", "-–", "—\u200b-"]} == {"a-b"}


def test_the_two_ways_to_write_an_ellipsis_are_alike():
    assert fold("a...b") == fold("a…b") == "a…b"


@pytest.mark.parametrize(
    "white",
    [" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u202f", "\u2009", "\u3000", "\u2028", " \u200b\n"],
)
def test_white_space_of_all_kinds_and_lengths_is_one_space(white):
    assert fold(f"a{white}b") == "a b"


@pytest.mark.parametrize(
    "hidden", list("\u00ad\u200b\u2060\ufeff\u200e\u200f\u061c\u202a\u202e\u2066\u2069")
)
def test_hidden_characters_are_ignored(hidden):
    assert fold(f"a{hidden}b{hidden}") == "ab"


@pytest.mark.parametrize("joiner", ["\u200d", "\u200c"])
def test_joiners_are_letters_business_and_kept(joiner):
    assert fold(f"a{joiner}b") != "ab"


def test_canonically_equivalent_letters_are_alike():
    assert fold("e\u0301") == fold("é")
    assert fold("\u1112\u1161\u11ab") == fold("한")
    assert fold("\u212b") == fold("Å")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *[("A", "a"), ("ﬁ", "fi"), ("²", "2"), ("Ａ", "A"), ("a.", "a"), ("a, b", "a b")],
        *[("ß", "ss"), ("é", "e"), ("1.5", "1,5"), ("a - b", "a-b"), ("½", "1/2"), ("İ", "i")],
    ],
)
def test_nothing_else_is_alike(one, other):
    assert fold(one) != fold(other)


def test_offsets_lead_back_by_hand_count():
    text = FoldedText("a--b “c”\r\n\u00a0d\u200be\u0301…")
    assert text.folded == 'a-b "c" dé…'
    assert [text.raw_start(at) for at in range(11)] == [0, 1, 3, 4, 5, 6, 7, 8, 11, 13, 15]
    assert [text.raw_end(at) for at in range(1, 12)] == [1, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16]


def test_a_span_does_not_end_inside_a_letter_with_its_accent():
    text = FoldedText("q\u0323a")
    assert text.span(0, 1) is None
    span = text.span(0, 2)
    assert span is not None
    assert (span.start, span.end) == (0, 2)


def test_a_span_cuts_no_emoji_and_no_line_end():
    assert FoldedText("👩\u200d👧 a").span(0, 1) is None
    assert not between_graphemes("a\r\nb", 2)
    assert between_graphemes("a\r\nb", 3)


@given(AWKWARD)
def test_the_map_back_is_monotone_and_inside_the_text(raw):
    text = FoldedText(raw)
    starts = [text.raw_start(at) for at in range(len(text.folded))]
    ends = [text.raw_end(at) for at in range(1, len(text.folded) + 1)]
    for places in (starts, ends):
        known = [place for place in places if place is not None]
        assert known == sorted(set(known))
        assert all(0 <= place <= len(raw) for place in known)
    pairs = zip(starts, ends, strict=True)
    assert all(start < end for start, end in pairs if start is not None and end is not None)


@given(AWKWARD, st.data())
def test_what_a_span_holds_folds_to_what_was_looked_for(raw, data):
    text = FoldedText(raw)
    start = data.draw(st.integers(0, len(text.folded)))
    end = data.draw(st.integers(start, len(text.folded)))
    span = text.span(start, end)
    if span is not None:
        found = FoldedText(raw[span.start : span.end]).folded
        assert unicodedata.normalize("NFC", found) == unicodedata.normalize(
            "NFC", text.folded[start:end]
        )


@given(AWKWARD)
def test_a_span_holds_whole_graphemes(raw):
    text = FoldedText(raw)
    borders = {0, *(found.end() for found in regex.finditer(r"\X", raw))}
    for at in range(len(text.folded)):
        span = text.span(at, at + 1)
        assert span is None or {span.start, span.end} <= borders


@given(AWKWARD)
def test_cutting_between_graphemes_is_what_the_standard_says(raw):
    borders = {0, *(found.end() for found in regex.finditer(r"\X", raw))}
    assert {at for at in range(len(raw) + 1) if between_graphemes(raw, at)} == borders


@given(AWKWARD)
def test_offsets_lead_forward_and_back(raw):
    text = FoldedText(raw)
    for at in range(len(text.folded)):
        start = text.raw_start(at)
        if start is not None:
            assert text.folded_offset(start) <= at
