from __future__ import annotations

import time
from itertools import pairwise

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from extractor import names
from extractor.chunking import chunk, estimate_tokens, halves
from extractor.records import Article, Chunk

AWKWARD = st.text(
    st.sampled_from("aBcd  ..,;:!?“”\n\n\r()é。，我是ก\u0301\u200d\U0001f469\U0001f3fd\u2028\ud800")
    | st.characters(),
    max_size=120,
)
BUDGETS = st.integers(min_value=1, max_value=25)


ZERO_WIDTH = str.maketrans("", "", "\u200b\u2060\ufeff")


def blank(text: str) -> bool:
    return not text.translate(ZERO_WIDTH).strip()


def article(text: str) -> Article:
    return Article(id="a", text=text)


def texts(text: str, budget: int) -> list[str]:
    return [piece.text for piece in chunk(article(text), budget)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("a", 1),
        ("abcd", 1),
        ("“É” – ", 2),
        ("a" * 900, 225),
        ("Привет", 3),
        ("我是中国人", 5),
        ("한국어", 3),
        ("สวัส", 4),
        ("😀😀", 2),
    ],
)
def test_a_token_is_four_latin_characters_and_fewer_of_other_scripts(text, tokens):
    assert estimate_tokens(text) == tokens


def test_blank_text_gives_no_chunk():
    assert chunk(article(""), 10) == chunk(article(" \n\n "), 10) == ()


def test_whole_paragraphs_are_packed_up_to_the_budget():
    assert texts("aaaa bbb\n\ncccc dd\n\neeee ffff", 5) == ["aaaa bbb\n\ncccc dd", "eeee ffff"]


def test_a_paragraph_over_the_budget_is_split_at_sentences():
    assert texts("One two. Three four. Five six.", 5) == ["One two. Three four.", "Five six."]


def test_a_sentence_over_the_budget_is_split_after_a_clause():
    assert texts("one two, three four five six", 3) == ["one two,", "three four", "five six"]


def test_a_number_is_not_split_at_its_comma():
    assert texts("costs about 1,234,567 euros", 3) == ["costs about", "1,234,567", "euros"]


def test_a_word_over_the_budget_is_split_between_graphemes():
    family = "\U0001f469\u200d\U0001f467"
    assert texts(family * 2 + "e\u0301" * 4, 1) == [family, family, "e\u0301" * 2, "e\u0301" * 2]


@settings(max_examples=150, deadline=None)
@given(AWKWARD, BUDGETS)
def test_chunks_are_slices_that_hold_every_character_once(text, budget):
    at = 0
    for piece in chunk(article(text), budget):
        assert at <= piece.start < piece.end
        assert text[piece.start : piece.end] == piece.text == piece.text.strip()
        assert blank(text[at : piece.start])
        at = piece.end
    assert blank(text[at:])


@example("00000000000000000000 0\u0993", 1)
@settings(max_examples=150, deadline=None)
@given(AWKWARD, BUDGETS)
def test_only_a_single_grapheme_is_over_the_budget(text, budget):
    for piece in chunk(article(text), budget):
        single = len(regex.findall(r"\X", piece.text)) == 1
        assert estimate_tokens(piece.text) <= budget or single


@settings(max_examples=150, deadline=None)
@given(AWKWARD, BUDGETS)
def test_chunks_that_touch_do_so_between_graphemes(text, budget):
    pieces = chunk(article(text), budget)
    borders = {grapheme.end() for grapheme in regex.finditer(r"\X", text)}
    for one, two in pairwise(pieces):
        assert one.end < two.start or one.end in borders


def test_before_is_one_line_without_the_word_cut_first():
    text = "Alpha beta.\nGamma delta.\n" + "x" * 40
    last = chunk(article(text), 10, before_chars=16)[-1]
    assert last.before == "Gamma delta."


def test_before_is_all_that_stands_before_when_that_is_short():
    assert chunk(article("One two.\n\nThree four."), 3)[1].before == "One two."


def test_names_are_those_met_up_to_the_end_of_the_chunk():
    text = "Ann Lee came.\n\nBob Ray came.\n\nAnn Lee left."
    given_names = [piece.names for piece in chunk(article(text), 4)]
    assert given_names == [("Ann Lee",), ("Ann Lee", "Bob Ray"), ("Bob Ray", "Ann Lee")]


def test_names_of_a_chunk_are_the_last_mentions_in_the_text_so_far():
    text = "\n\n".join(f"Person{i % 20}x Family{i % 7}x spoke." for i in range(60))
    for piece in chunk(article(text), 8, names_limit=5):
        assert piece.names == names.mentions(text[: piece.end])[-5:]


def test_halves_split_at_the_sentence_nearest_the_middle():
    text = "Aa bb. Cc dd ee. Ff gg."
    whole = Chunk(text=text, start=0)
    assert [half.text for half in halves(whole, article(text))] == ["Aa bb.", "Cc dd ee. Ff gg."]


def test_halves_keep_their_place_in_the_article():
    text = "Title here.\n\nAa bb. Cc dd."
    whole = chunk(article(text), 4)[1]
    assert [(half.start, half.before) for half in halves(whole, article(text))] == [
        (13, "Title here."),
        (20, "Title here.  Aa bb."),
    ]


def test_one_sentence_has_no_halves():
    assert halves(Chunk(text="Only one here.", start=0), article("Only one here.")) == ()


def test_a_megabyte_is_chunked_in_linear_time():
    line = "The minister Ann Lee said on Monday that “all is well” in the town of Rome. "
    text = "\n\n".join([line * 4] * 3300)
    begun = time.perf_counter()
    pieces = chunk(article(text), 225)
    assert len(text) > 1_000_000
    assert len(pieces) > 1000
    assert time.perf_counter() - begun < 3
