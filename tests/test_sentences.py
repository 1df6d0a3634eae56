from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.marks import paragraphs
from extractor.records import Span
from extractor.sentences import covering, split

AWKWARD = st.text(
    st.sampled_from("aBé。؟।ก.!? \n\r\t“”«»‘’'\"()😀\u0301\u200b\u2028\ud800\u00a05")
    | st.characters(),
    max_size=80,
)


ZERO_WIDTH = str.maketrans("", "", "\u200b\u2060\ufeff")


def blank(text: str) -> bool:
    return not text.translate(ZERO_WIDTH).strip()


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split(text)]


def test_blank_text_has_no_sentences():
    assert split("") == split(" \n\n \t") == ()


def test_a_quotation_before_the_cue_ends_with_the_cue():
    assert sentences("“A,” she said. “B.”") == ["“A,” she said.", "“B.”"]


def test_a_quotation_of_several_sentences_stays_whole():
    assert sentences("He said “Go. Now.” Then he left.") == ["He said “Go. Now.”", "Then he left."]


@pytest.mark.parametrize(
    "abbreviation",
    [
        "Mr. Lee",
        "Dr. Lee",
        "Gen. Lee",
        "the U.S. army",
        "Jan. 3",
        "No. 5",
        "St. Lee",
        "Sen. Lee",
        "5 p.m. today",
        "Acme Inc. of Rome",
        "J. R. Smith",
        "Lt. Col. Lee",
        "Gov. Lee",
        "Ms. Lee",
        "5 p.m. Monday",
        "9 a.m. EDT",
    ],
)
def test_a_news_abbreviation_ends_no_sentence(abbreviation):
    text = f"We saw {abbreviation} again."
    assert sentences(text + " And more.") == [text, "And more."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("你好。是吗？好！", ["你好。", "是吗？", "好！"]),
        ("هل هذا؟ نعم. لا", ["هل هذا؟", "نعم.", "لا"]),
        ("यह है। वह था।", ["यह है।", "वह था।"]),
        ("สวัสดี ครับ ผม", ["สวัสดี ครับ ผม"]),
        ("Он сказал. Она ушла.", ["Он сказал.", "Она ушла."]),
    ],
)
def test_other_scripts_are_split_at_their_own_full_stops(text, expected):
    assert sentences(text) == expected


def test_an_initial_before_a_blank_of_several_bytes_is_read():
    text = "We met A\u00a0. A\u2003Lee came."
    assert "".join(sentences(text)).replace(" ", "") == text.replace(" ", "")


def test_offsets_count_code_points_not_bytes():
    assert sentences("😀😀 é. Next one.") == ["😀😀 é.", "Next one."]


def test_no_sentence_crosses_a_paragraph():
    assert sentences("One and\ntwo\n\nthree. Four") == ["One and\ntwo", "three.", "Four"]


@settings(max_examples=150, deadline=None)
@given(AWKWARD)
def test_sentences_are_trimmed_sorted_disjoint_and_cover_the_text(text):
    spans, at = split(text), 0
    for span in spans:
        assert at <= span.start < span.end
        assert blank(text[at : span.start])
        piece = text[span.start : span.end]
        assert piece == piece.strip()
        at = span.end
    assert blank(text[at:])


@settings(max_examples=100, deadline=None)
@given(AWKWARD)
def test_every_sentence_is_inside_one_paragraph(text):
    borders = paragraphs(text)
    for span in split(text):
        assert any(p.start <= span.start and span.end <= p.end for p in borders)


TEXT = "One here. Two here. Three here."


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ((0, 1), "One here."),
        ((4, 12), "One here. Two here."),
        ((10, 19), "Two here."),
        ((19, 20), " "),
        ((0, 31), TEXT),
    ],
)
def test_covering_widens_to_the_sentences_touched(span, expected):
    wide = covering(TEXT, Span(start=span[0], end=span[1]))
    assert TEXT[wide.start : wide.end] == expected
