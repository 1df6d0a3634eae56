"""Passages between quotation marks, and paragraphs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.marks import enclosed, paragraphs

TYPED = st.text(alphabet="ab sS.,\n\r0“”„‟«»‹›‘’‚'\"「」『』〝〞＂\u00a0\u200b", max_size=60)


def passages(text: str) -> list[str]:
    return [text[span.start : span.end] for span in enclosed(text)]


def parts(text: str) -> list[str]:
    return [text[span.start : span.end] for span in paragraphs(text)]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("“A b,” he said. “C.”", ["A b,", "C."]),
        ('"A b," he said. "C."', ["A b,", "C."]),
        ("‘A b,’ he said. ‘C.’", ["A b,", "C."]),
        ("'A b,' he said. 'C.'", ["A b,", "C."]),
        ("„A b“, sagte er. „C”.", ["A b", "C"]),
        ("«\u00a0A b\u00a0», dit-il.", ["A b"]),
        ("»A b«, sagte er.", ["A b"]),
        ("‚A b‘, sagte er, ‹c›.", ["A b", "c"]),
        ("他说「甲乙」。", ["甲乙"]),
        ("『甲「乙」丙』", ["甲「乙」丙"]),
        ("”A b”, sa hon.", ["A b"]),
        ("''A b,'' he said. ''C.''", ["A b,", "C."]),
        ("``A b,'' he said, ``c.''", ["A b,", "c."]),
    ],
)
def test_every_family_of_marks_encloses(text, inside):
    assert passages(text) == inside


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("“He said ‘no’ to me,” she said.", ["He said ‘no’ to me,"]),
        ("‘He said “no” to me,’ she said.", ["He said “no” to me,"]),
        ('"He said "no" to me," and "yes".', ['He said "no" to me,', "yes"]),
        ("«A «b» c» d «e»", ["A «b» c", "e"]),
        ("“A “b” c” d", ["A “b” c"]),
        ("''A 'b' c'' d", ["A 'b' c"]),
    ],
)
def test_only_the_outermost_passage_of_nested_ones_is_given(text, inside):
    assert passages(text) == inside


def test_an_unclosed_mark_runs_to_the_end_of_its_paragraph():
    text = "“One goes on.\n\n“Two ends,” he said. Three.\n\nHe said “four\n\nFive."
    assert passages(text) == ["One goes on.", "Two ends,", "four"]


def test_an_unclosed_straight_single_mark_goes_on_where_the_next_paragraph_opens_with_one():
    assert passages("said Bo. 'I go.\n\n'We go,' he said.") == ["I go.", "We go,"]


@pytest.mark.parametrize(
    "text",
    [
        "Don’t, it’s O’Brien’s and the workers’ own.",
        "Don't, it's O'Brien's and the workers' own.",
        "rock 'n' roll 'n the '90s, 'til it's over",
        "rock ’n’ roll in the ’90s",
        "5' tall",
    ],
)
def test_apostrophes_enclose_nothing(text):
    assert passages(text) == []


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("‘The workers’ rights matter,’ he said. ‘No’.", ["The workers’ rights matter,", "No"]),
        ("‘I don’t know, it’s theirs,’ he said.", ["I don’t know, it’s theirs,"]),
        ("'Don't go 'til I'm back,' she said.", ["Don't go 'til I'm back,"]),
        ("The boys' mother said 'no'.", ["no"]),
        ('A 5\'10" man said "hi".', ["hi"]),
        ("‘23:14, one bang,’ it reads.", ["23:14, one bang,"]),
    ],
)
def test_single_marks_are_told_from_apostrophes_and_inches(text, inside):
    assert passages(text) == inside


def test_empty_passages_are_left_out():
    assert passages('“” and "" and « »') == []


def test_no_text_has_no_passages_and_no_paragraphs():
    assert enclosed("") == paragraphs("") == paragraphs(" \n\r\n\u200b\n") == ()


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r", "\u2029", "\x85"])
def test_blank_lines_separate_paragraphs_with_every_line_end(line):
    assert parts(f"a{line}b{line} {line}c{line}") == [f"a{line}b", "c"]


def test_without_a_blank_line_every_line_is_a_paragraph():
    assert parts("\n\na one \n b two\nc\n\n") == ["a one", "b two", "c"]


def test_a_line_of_invisible_characters_is_blank():
    assert parts("a\nb\n\u200b\ufeff \n c") == ["a\nb", "c"]


@given(TYPED)
def test_paragraphs_hold_every_visible_character_and_are_sorted_and_apart(text):
    spans = paragraphs(text)
    held = {at for span in spans for at in range(span.start, span.end)}
    assert all(
        at in held for at, char in enumerate(text) if not char.isspace() and char != "\u200b"
    )
    assert all(one.end < other.start for one, other in pairwise(spans))


@given(TYPED)
def test_passages_are_sorted_apart_not_empty_and_inside_one_paragraph(text):
    spans = enclosed(text)
    assert all(span.start < span.end for span in spans)
    assert all(one.end < other.start for one, other in pairwise(spans))
    whole = paragraphs(text)
    assert all(any(p.start < s.start and s.end <= p.end for p in whole) for s in spans)


def test_endless_marks_take_no_endless_time():
    assert len(enclosed("““”" * 20_000)) == 20_000
    assert enclosed("'a " * 20_000)[0].start == 1
