from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.records import Message
from tests.training.articles import corpus, plan
from training.examples import Example, show
from training.packing import END, Branch, Pack, batches, chatml, pack, packs, shuffled
from training.variation import Version


def letters(text: str) -> list[int]:
    """Tokenise letter by letter."""
    return [ord(letter) for letter in text]


def read(tokens: list[int]) -> str:
    return "".join(map(chr, tokens))


def example(task: str, answer: str) -> Example:
    messages = (Message("system", "S"), Message("user", f"Text\nTask: {task}"))
    return Example("a", 0, task, messages, answer)


def test_a_conversation_is_written_as_the_template_does() -> None:
    assert chatml((Message("system", "Be brief."), Message("user", "Hello"))) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def test_tasks_share_the_prompt_up_to_where_they_differ() -> None:
    one, other = example("quotes", "Q"), example("queries", "E")
    packed = pack([one, other], letters)
    assert read(packed.prefix).endswith("Task: qu")
    for branch, given_ in zip(packed.branches, (one, other), strict=True):
        assert read(packed.prefix + branch.question) == chatml(given_.messages)
        assert read(branch.answer) == given_.answer + END


def test_a_task_by_itself_keeps_a_token_of_its_prompt() -> None:
    (branch,) = pack([example("quotes", "Q")], letters).branches
    assert read(branch.question) == "\n"


def test_every_chunk_is_one_pack_with_every_task() -> None:
    shown = [one.example for one in show(Version(corpus()[0], 225), plan())]
    packed = list(packs(shown, letters, longest=100_000))
    assert len(packed) * len(plan().tasks) == len(shown)
    assert all(read(each.prefix).endswith("\nTask: ") for each in packed)


def test_what_is_too_long_is_left_out() -> None:
    assert not list(packs([example("quotes", "Q" * 500)], letters, longest=400))


PACKS = st.lists(st.integers(1, 30), max_size=20).map(
    lambda sizes: [Pack([1] * size, (Branch([2], [3]),)) for size in sizes]
)


@given(PACKS)
@settings(max_examples=100)
def test_batches_hold_everything_in_order_and_keep_to_the_limit(given_: list[Pack]) -> None:
    made = list(batches(given_, 40))
    assert [each for batch in made for each in batch] == given_
    assert all(len(batch) == 1 or sum(each.size for each in batch) <= 40 for batch in made)


@given(PACKS, st.integers(0, 5))
@settings(max_examples=50)
def test_the_order_of_an_epoch_can_be_repeated(given_: list[Pack], epoch: int) -> None:
    mixed = shuffled(given_, 1, epoch)
    assert mixed == shuffled(given_, 1, epoch)
    assert sorted(map(id, mixed)) == sorted(map(id, given_))
