"""What words of saying report: where it begins and ends, and what is left alone."""

from __future__ import annotations

from itertools import pairwise

import pytest

from extractor.reporting import reported


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in reported(text)]


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        ("Costa said that the bridge would reopen.", ["the bridge would reopen"]),
        ("Costa said the bridge would reopen.", ["the bridge would reopen"]),
        ("Costa, a mayor, said she would go north.", ["she would go north"]),
        ("Costa warned on Monday that rain was near.", []),  # a word too short to be sure
        ("Costa told the court that rain was very near.", ["rain was very near"]),
        ("Costa asked the court whether rain was near.", ["whether rain was near"]),
        ("Costa threatened to close the only bridge.", ["to close the only bridge"]),
        ("According to the police, the bridge had fallen.", ["the bridge had fallen"]),
        ("The bridge had fallen, according to the police.", ["The bridge had fallen"]),
        ("The bridge had fallen, the police said.", ["The bridge had fallen"]),
        ("The bridge had fallen, the police said on Monday.", ["The bridge had fallen"]),
        ("LISBON, May 3 - The bridge had fallen, police said.", ["The bridge had fallen"]),
        ("Officials say the bridge has fallen.", ["the bridge has fallen"]),
        ("Costa has said repeatedly that the bridge is safe.", ["the bridge is safe"]),
        (
            "Costa said the bridge fell on Sept. 28 at dawn.",
            ["the bridge fell on Sept. 28 at dawn"],
        ),
        ("He was told, she says, that the bridge is safe.", ["the bridge is safe"]),
        ("Costa denied taking any of the money.", ["taking any of the money"]),
    ],
)
def test_a_word_of_saying_gives_away_what_was_said(text: str, contents: list[str]) -> None:
    assert found(text) == contents


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        ("Costa said it was “far too late” for that.", ["it was “far too late” for that"]),
        ("Costa called the plan “reckless and late”.", ["the plan “reckless and late”"]),
        ("Costa told us he had “no time”.", ["he had “no time”"]),
        ("Costa called it “late” and urged more talks now.", ["it “late”"]),
        ("Costa called “no such thing” to mind.", []),
        ("Costa called for an “honest” answer.", ["an “honest” answer"]),
        ("They were late, he told the meeting, and “not ready”.", []),
        ("“He said that it was over,” she wrote.", []),
    ],
)
def test_words_in_marks_are_part_of_it_but_never_attribute(text: str, contents: list[str]) -> None:
    assert found(text) == contents


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        (
            "Costa said the bridge was safe but declined to show the report.",
            ["the bridge was safe"],
        ),
        (
            "Costa said the bridge was safe and that it would reopen in May.",
            ["the bridge was safe and that it would reopen in May"],
        ),
        (
            "Costa said that the bridge was safe, a claim that the police reject.",
            ["the bridge was safe"],
        ),
        (
            "Costa said the bridge was safe and would reopen in May.",
            ["the bridge was safe and would reopen in May"],
        ),
        (
            "Costa said the bridge was safe; the police did not answer.",
            ["the bridge was safe"],
        ),
        (
            "The bridge was very old, he said, but nobody had ever asked.",
            ["The bridge was very old", "but nobody had ever asked"],
        ),
    ],
)
def test_it_ends_with_its_clause(text: str, contents: list[str]) -> None:
    assert found(text) == contents


@pytest.mark.parametrize(
    "text",
    [
        "“We will go,” Costa said on Monday.",
        "“We will go,” said the mayor of Porto.",
        "Costa said so.",
        "The bridge fell. Nobody was hurt.",
        "Die Polizei sagte, dass die Brücke gefallen sei.",
        "",
    ],
)
def test_nothing_else_is_taken(text: str) -> None:
    assert found(text) == []


def test_the_reports_of_a_text_are_disjoint_and_sorted() -> None:
    text = (
        "Costa said it was very late, according to Prata. "
        "He said that he told Ana that it was not late at all."
    )
    spans = reported(text)
    assert len(spans) > 1
    assert all(one.end <= other.start for one, other in pairwise(spans))


@pytest.mark.parametrize("words", ["said that ", "the old man ", "he went, she said, "])
def test_what_is_far_too_long_for_a_sentence_is_passed_over(words: str) -> None:
    assert reported(words * 20_000) == ()
