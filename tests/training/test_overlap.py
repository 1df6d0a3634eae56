from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from extractor.errors import UsageError
from extractor.records import Article
from extractor.workspace import Workspace
from tests.training.articles import config, corpus
from training.build import build, measured_on
from training.config import CORPUS
from training.overlap import overlap

EIGHT = "the court in the old harbour town ruled"


def article(name: str, text: str) -> Article:
    return Article(id=name, text=text)


def test_eight_words_in_a_row_are_an_overlap() -> None:
    shared = overlap([article("a", f"Then {EIGHT} again")], [article("b", f"So {EIGHT} at last")])
    assert shared.passages == (f"a and b share “{EIGHT}”",)


def test_seven_words_in_a_row_are_none() -> None:
    seven = EIGHT.removesuffix(" ruled")
    assert not overlap([article("a", f"{seven} sat")], [article("b", f"{seven} stood")])


def test_case_marks_and_line_ends_do_not_hide_an_overlap() -> None:
    other = EIGHT.upper().replace(" ", ", ").replace("OLD, ", "“old”\n")
    assert overlap([article("a", EIGHT)], [article("b", other)])


def test_the_same_id_is_an_overlap() -> None:
    assert overlap([article("a", "One.")], [article("a", "Two.")]).ids == ("a",)


def test_nothing_overlaps_with_nothing() -> None:
    assert not overlap([], [])


def test_the_corpus_has_nothing_in_common_with_the_evals() -> None:
    loaded = (
        yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) for path in CORPUS.glob("*.yaml")
    )
    ours = [article(each["id"], each["text"]) for each in loaded]
    shared = overlap(ours, measured_on(Workspace()))
    assert shared.compared[0] > 300
    assert not shared, str(shared)


def test_nothing_is_built_from_an_article_of_the_evals(tmp_path: Path) -> None:
    taken = measured_on(Workspace())[0]
    (one, *_) = corpus()
    copied = type(one)(taken, {}, one.path)
    with pytest.raises(UsageError, match=taken.id):
        list(build(config(), [copied], tmp_path / "data"))
    assert not (tmp_path / "data").exists()
