"""What patterns let a model write: the words of the chunk, all of them, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.chunking import chunk
from extractor.evaluation.fixtures import load_fixture
from extractor.grounding import FoldedText, ground
from extractor.patterns import only, patterns, runs
from extractor.records import Chunk, Span
from extractor.schema import Schema
from extractor.workspace import Workspace

FIXTURES = sorted(Path("evals/fixtures").glob("*/*.yaml"))
TEXT = (
    "“We won’t pay $5.50 (a lot),” Ana said.\n\nShe left at 9:30 p.m. on Monday, angry\nand alone."
)


@pytest.fixture(scope="module")
def schemas() -> dict[str, Schema]:
    return {task: Workspace().schema(task) for task in ("quotes", "events")}


def allows(pattern: str, words: str) -> bool:
    return re.search(pattern, words) is not None


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ("said", True),
        ("at 9:30 p.m. on Monday", True),
        ("angry and alone", True),
        ("$5.50", True),
        ("(a lot)", True),
        ("aid", False),
        ("We won", False),
        ("said She", False),
        ("We pay", False),
        ("We won’t  pay", False),
        ("", False),
    ],
)
def test_an_anchor_is_a_run_of_words_of_one_paragraph(
    schemas: dict[str, Schema], words: str, allowed: bool
) -> None:
    trigger = patterns(schemas["events"], Chunk(text=TEXT, start=0))["trigger"]
    assert allows(trigger, words) is allowed


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ("We won’t pay", False),
        ("We won’t pay $5.50 (a lot)", True),
        ("lot),” Ana said", False),
        ("a lot … Ana said", False),
        ("We won’t pay $5.50 … t pay $5.50 (a lot)", False),
        ("We won’t pay $5.50 … won’t pay $5.50 (a", False),
        ("We won’t pay $5.50 … 9:30 p.m. on Monday", False),
        ("We won’t pay … 5.50 (a lot)", False),
        ("She left at 9:30 … Monday, angry and alone.", True),
    ],
)
def test_a_statement_may_be_shortened_within_one_passage(
    schemas: dict[str, Schema], words: str, allowed: bool
) -> None:
    content = patterns(schemas["quotes"], Chunk(text=TEXT, start=0))["content"]
    assert allows(content, words) is allowed


def test_only_anchors_are_held_to_the_chunk(schemas: dict[str, Schema]) -> None:
    piece = Chunk(text=TEXT, start=0)
    assert set(patterns(schemas["quotes"], piece)) == {"content"}
    assert set(patterns(schemas["events"], piece)) == {"trigger"}


def test_a_chunk_without_words_bounds_nothing(schemas: dict[str, Schema]) -> None:
    assert patterns(schemas["events"], Chunk(text="\n* * *\n", start=0)) == {}


def test_a_run_has_the_number_of_words_wanted() -> None:
    text = "a.b c, d. e"
    found = list(runs(text, Span(start=0, end=len(text)), (2, 3)))
    matching = {
        words
        for words in ("a.b", "a.b c", "a.b c,", "a.b c, d", "a.b c, d. e", "c, d. e", "d. e", "e")
        if re.fullmatch("|".join(found), words)
    }
    assert matching == {"a.b c", "a.b c,", "a.b c, d", "c, d. e", "d. e"}


def anchors(schemas: dict[str, Schema], task: str, path: Path) -> Iterator[tuple[str, Chunk]]:
    """Yield what labels quote, with the chunk that holds it whole."""
    fixture, schema = load_fixture(path, [*schemas.values()]), schemas[task]
    pieces = list(chunk(fixture.article, 225))
    for item in fixture.gold[task]:
        span = item.spans[schema.anchor]
        assert isinstance(span, Span)
        words = fixture.article.text[span.start : span.end]
        for piece in pieces:
            if piece.start <= span.start and span.end <= piece.end:
                yield words, piece


@pytest.mark.parametrize("task", ["quotes", "events"])
def test_what_people_labelled_can_be_written(schemas: dict[str, Schema], task: str) -> None:
    tried, refused = 0, []
    for path in FIXTURES[::3]:
        for words, piece in anchors(schemas, task, path):
            if len(words.split()) <= 7:
                tried += 1
                (pattern,) = patterns(schemas[task], piece).values()
                if not allows(pattern, " ".join(words.split())):
                    refused.append(words)
    assert tried > 80
    assert len(refused) <= tried / 100, refused


def test_what_can_be_written_can_be_located(schemas: dict[str, Schema]) -> None:
    """Every run of three words of a real article is allowed and located."""
    fixture = load_fixture(FIXTURES[0], [*schemas.values()])
    text = FoldedText(fixture.article.text)
    for piece in chunk(fixture.article, 225):
        trigger = patterns(schemas["events"], piece)["trigger"]
        line = max(piece.text.split("\n"), key=len).split()
        for at in range(len(line) - 2):
            words = " ".join(line[at : at + 3]).strip(" .,;:—“”\"'()")
            if set(words) & set('“”"'):
                continue  # over a quotation mark
            assert allows(trigger, words), words
            item = {**dict.fromkeys(("place", "time")), "trigger": words, "type": "OTHER"}
            item |= {"actors": [], "targets": [], "status": "occurred"}
            assert ground([item], schemas["events"], text, piece.span).located, words


@pytest.mark.parametrize(
    ("words", "pattern"),
    [
        ("We won’t pay", "^We won’t pay$"),
        ("$5.50 (a lot)", r"^\$5\.50 \(a lot\)$"),
        (
            "She left at 9:30 p.m. on Monday, angry\nand alone",
            r"^She left at 9:30 … Monday, angry and alone$",
        ),
    ],
)
def test_one_anchor_is_bounded_to_its_words(words: str, pattern: str) -> None:
    at = 100 + TEXT.index(words)
    assert only(Chunk(text=TEXT, start=100), Span(start=at, end=at + len(words))) == pattern


def test_more_first_words_are_given_where_four_are_not_enough() -> None:
    text = "He is a man of words. He is a man of few words and even fewer old friends in this town."
    start = text.index("He is a man of few")
    made = only(Chunk(text=text, start=0), Span(start=start, end=len(text) - 1))
    assert made == "^He is a man of few … friends in this town$"
