from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from extractor import Extractor
from extractor.errors import UsageError
from extractor.evaluation.fixtures import Fixture
from extractor.llm.request import Reply, Request
from extractor.records import Located, Message, Span
from tests.training.articles import config, corpus, plan, said
from training.examples import Example, read_examples, show, write_examples
from training.variation import Version, with_other_marks

TOKENS = 225


def examples(fixture: Fixture, tokens: int = TOKENS) -> list[Example]:
    return [shown.example for shown in show(Version(fixture, tokens), plan())]


def contents(fixture: Fixture, tokens: int = TOKENS) -> list[str]:
    answers = [json.loads(example.answer) for example in examples(fixture, tokens)]
    return [item[0] for answer in answers for item in answer.get("quotes", ())]


@dataclass(frozen=True)
class Taught:
    """A model that answers what the examples teach, and nothing else."""

    answers: Mapping[tuple[Message, ...], str]
    asked: list[tuple[Message, ...]] = field(default_factory=list)
    name: str = "local/taught"
    budget_tokens: int = TOKENS
    concurrency: int | None = 1

    async def ask(self, request: Request) -> Reply:
        self.asked.append(request.messages)
        answer = request.answer.model_validate_json(self.answers[request.messages])
        return Reply(answer.model_dump()[request.task], (), self.answers[request.messages])

    async def aclose(self) -> None:
        pass


def taught(fixture: Fixture) -> Taught:
    return Taught({example.messages: example.answer for example in examples(fixture)})


@pytest.mark.parametrize("fixture", corpus(), ids=lambda fixture: fixture.article.id)
def test_the_messages_are_those_of_a_run(fixture: Fixture) -> None:
    model = taught(fixture)
    with Extractor(model, prompts=config().prompts) as extractor:
        extractor.extract(fixture.article)
    assert sorted(model.asked) == sorted(model.answers)


@pytest.mark.parametrize("fixture", corpus(), ids=lambda fixture: fixture.article.id)
def test_a_run_with_the_answers_gives_what_the_rules_make_of_the_gold(fixture: Fixture) -> None:
    with Extractor(taught(fixture), prompts=config().prompts) as extractor:
        result = extractor.extract(fixture.article)
    for task, schema in plan().schemas.items():
        adjusted = [schema.item.adjust(item, fixture.article) for item in fixture.gold[task]]
        mended = [schema.item.correct(item, fixture.article) for item in adjusted]
        wanted = {item.spans[schema.anchor] for item in mended if isinstance(item, Located)}
        assert wanted == {item.spans[schema.anchor] for item in result.items[task]}


@pytest.mark.parametrize("fixture", corpus(), ids=lambda fixture: fixture.article.id)
def test_every_answer_comes_back_when_it_is_grounded(fixture: Fixture) -> None:
    shown = list(show(Version(with_other_marks(fixture), TOKENS), plan()))
    assert sum(one.items for one in shown) > 0
    assert all(one.returned == one.items for one in shown)


def test_eight_words_are_given_in_full() -> None:
    text = "He said one two three four five six seven eight."
    assert contents(said(text, "one two three four five six seven eight")) == [
        "one two three four five six seven eight"
    ]


def test_nine_words_are_given_by_four_on_each_side() -> None:
    text = "He said one two three four five six seven eight nine."
    assert contents(said(text, "one two three four five six seven eight nine")) == [
        "one two three four … six seven eight nine"
    ]


def test_more_words_are_given_where_four_stand_twice() -> None:
    text = (
        "He said that it would be a very good day for all of us.\n\n"
        "She said that it would be a very bad day for all of us."
    )
    second = "it would be a very bad day for all of us"
    assert contents(said(text, second)) == ["it would be a very bad … for all of us"]


def test_a_statement_whose_short_form_is_never_sure_is_given_in_full() -> None:
    same = "it would be a very good day for all of us"
    text = f"He said that {same}, and she said that {same}."
    assert contents(said(text, same)) == [same]


def test_an_item_that_crosses_a_chunk_border_is_left_out() -> None:
    first, second = "One two three four five six.", "Seven eight nine ten eleven twelve."
    fixture = said(f"{first} {second}", "two three", f"six. {second[:-1]}")
    assert len(examples(fixture, tokens=12)) == 2 * len(plan().tasks)
    assert contents(fixture, tokens=12) == ["two three"]
    assert len(contents(fixture)) == 2


def test_items_stand_in_the_order_of_the_text() -> None:
    assert contents(said("He said one, then two, then three.", "three", "one", "two")) == [
        "one", "two", "three",
    ]  # fmt: skip


def test_answers_are_compact_json_in_the_order_of_the_schema() -> None:
    (quotes,) = (e for e in examples(said("“Non è vero.”", "Non è vero")) if e.task == "quotes")
    assert quotes.answer == ('{"quotes":[["Non è vero",null,null,null]]}')


def test_other_marks_are_in_text_and_answer_alike() -> None:
    fixture = with_other_marks(said("He said: “Don’t call it ‘art’.”", "Don’t call it ‘art’"))
    assert fixture.article.text == "He said: \"Don't call it 'art'.\""
    assert contents(fixture) == ["Don't call it 'art'"]
    assert fixture.gold["quotes"][0].spans["content"] == Span(start=10, end=29)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    written = examples(corpus()[0])
    write_examples(tmp_path / "examples.jsonl", written)
    assert list(read_examples(tmp_path / "examples.jsonl")) == written


def test_examples_that_are_not_there_are_asked_for_by_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"training\.build"):
        next(read_examples(tmp_path / "epoch-0.jsonl"))
