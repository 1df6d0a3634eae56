from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.evaluation.fixtures import Fixture
from extractor.records import Article
from tests.training.articles import config, corpus, said
from training.naming import surnames
from training.variation import split, swap_marks, vary

TEXTS = st.text(st.sampled_from("ab 90.(—\n\"'“”‘’„é"), max_size=60)


def called(name: str) -> Fixture:
    fixture = said("Nothing.")
    return replace(fixture, article=Article(id=name, text="Nothing."))


MANY = [called(f"article-{number}") for number in range(400)]


def ids(fixtures: tuple[Fixture, ...]) -> set[str]:
    return {fixture.article.id for fixture in fixtures}


@given(TEXTS)
@settings(max_examples=200)
def test_other_marks_move_no_offset(text: str) -> None:
    swapped = swap_marks(text)
    assert len(swapped) == len(text)
    kept = str.maketrans("“”‘’", "\"\"''")
    assert swapped.translate(kept) == text.translate(kept)


@given(TEXTS)
@settings(max_examples=200)
def test_marks_are_of_one_kind_afterwards(text: str) -> None:
    assert not ({*"“”‘’"} & {*swap_marks(text)} and {*"\"'"} & {*swap_marks(text)})


@pytest.mark.parametrize(
    ("straight", "curly"),
    [
        ('"No," she said.', "“No,” she said."),
        ("It's the '90s.", "It’s the ’90s."),
        ("\"'Tis 'so',\" he said", "“‘Tis ‘so’,” he said"),
        ('("Yes")—"no"', "(“Yes”)—“no”"),
    ],
)
def test_marks_are_curled_by_what_stands_before(straight: str, curly: str) -> None:
    assert swap_marks(straight) == curly
    assert swap_marks(curly) == straight


def test_the_first_epoch_is_as_at_run_time() -> None:
    how = config().variation
    for fixture in corpus():
        version = vary(fixture, 0, 1, how)
        assert version.fixture is fixture
        assert version.budget_tokens == how.first_tokens


def test_later_epochs_vary_and_can_be_repeated() -> None:
    how = config().variation
    pool = (*surnames(corpus()), *(f"Zq{number}" for number in range(20)))
    versions = [vary(corpus()[0], epoch, 1, how, pool) for epoch in range(1, 30)]
    assert versions == [vary(corpus()[0], epoch, 1, how, pool) for epoch in range(1, 30)]
    assert len({version.budget_tokens for version in versions}) > 10
    assert len({version.fixture.article.text for version in versions}) > 10
    assert all(how.least_tokens <= v.budget_tokens <= how.most_tokens for v in versions)


def test_the_split_is_by_article_and_loses_none() -> None:
    sides = split(MANY, 0.1)
    assert not ids(sides.tuned) & ids(sides.held_back)
    assert len(sides.tuned) + len(sides.held_back) == len(MANY)
    assert 20 <= len(sides.held_back) <= 60


def test_an_article_stays_on_its_side_when_others_come() -> None:
    held_back = ids(split(MANY, 0.1).held_back)
    assert ids(split(MANY[:200], 0.1).held_back) <= held_back
    assert held_back <= ids(split(MANY, 0.2).held_back)


def test_nothing_is_held_back_by_a_share_of_nothing() -> None:
    assert split(MANY, 0.0).tuned == tuple(MANY)
