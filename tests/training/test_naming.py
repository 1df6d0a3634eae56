from __future__ import annotations

import re
from random import Random

import pytest

from extractor.evaluation.fixtures import Fixture
from extractor.evaluation.gold import locate
from extractor.records import Article, Located, Span
from tests.training.articles import corpus, plan
from training.config import CORPUS
from training.naming import surnames, with_other_surnames

TEXT = (
    "Ana Diaz, the mayor, left. “Diaz's plan fell,” said the Water Ministry. Diazes cheered. "
    "“I stay,” Diaz said, with Bo Li."
)


def labelled(text: str, *items: dict[str, object]) -> Fixture:
    article = Article(id="named", title="Diaz leaves", text=text)
    quotes = [{"cue": None, "source": None, "speaker": None, **item} for item in items]
    return Fixture(
        article,
        {"quotes": locate(quotes, plan().schemas["quotes"], article), "events": ()},
        CORPUS / "named.yaml",
    )


def words(fixture: Fixture, item: Located, field: str) -> str:
    span = item.spans[field]
    assert isinstance(span, Span)
    return fixture.article.text[span.start : span.end]


STAY = {"content": "I stay", "source": "Diaz", "speaker": "Ana Diaz", "cue": "said"}
FELL = {"content": "Diaz's plan fell", "speaker": "Water Ministry", "cue": "said"}
QUOTED = labelled(TEXT, FELL, STAY)


def test_a_surname_stands_without_the_given_name_too() -> None:
    assert surnames([QUOTED]) == ("Diaz",)


def test_a_last_word_of_many_articles_is_no_surname() -> None:
    assert surnames([QUOTED] * 3) == ()


def test_a_surname_is_exchanged_wherever_it_stands_and_the_gold_moves_along() -> None:
    other = with_other_surnames(QUOTED, ("Diaz", "Lindqvist"), Random(1))
    assert other.article.title == "Lindqvist leaves"
    assert other.article.text == TEXT.replace("Diazes", "-").replace("Diaz", "Lindqvist").replace(
        "-", "Diazes"
    )
    fell, stay = other.gold["quotes"]
    assert words(other, fell, "content") == "Lindqvist's plan fell"
    assert words(other, fell, "speaker") == "Water Ministry"
    assert [words(other, stay, field) for field in ("content", "source", "speaker", "cue")] == [
        "I stay", "Lindqvist", "Ana Lindqvist", "said",
    ]  # fmt: skip


def test_an_article_without_surnames_stays_as_it_is() -> None:
    assert with_other_surnames(QUOTED, ("Lindqvist",), Random(1)) is QUOTED


def test_gold_that_splits_a_name_is_told() -> None:
    split = labelled(TEXT, STAY, {"content": "az's plan", "speaker": "Water Ministry"})
    with pytest.raises(ValueError, match="splits the name"):
        with_other_surnames(split, ("Diaz", "Lindqvist"), Random(1))


@pytest.mark.parametrize("fixture", corpus()[:2], ids=lambda fixture: fixture.article.id)
def test_every_span_of_real_articles_is_moved_to_the_same_words(fixture: Fixture) -> None:
    old = surnames([fixture])
    other = with_other_surnames(fixture, (*old, *(f"Zq{n}" for n in range(len(old)))), Random(2))
    assert not any(re.search(rf"\b{name}\b", other.article.text) for name in old)
    for task, items in fixture.gold.items():
        for before, after in zip(items, other.gold[task], strict=True):
            for field in ("content", "source", "speaker", "cue", "trigger", "place", "time"):
                if before.spans.get(field) is not None:
                    expected = words(fixture, before, field)
                    for name in old:
                        expected = re.sub(rf"\b{name}\b", "Zq", expected)
                    assert re.sub(r"Zq\d+", "Zq", words(other, after, field)) == expected
