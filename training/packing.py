"""Examples as tokens: what the tasks of a chunk share stands once, and each task branches off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, takewhile
from random import Random

from extractor.records import Message
from training.examples import Example

Tokenizer = Callable[[str], list[int]]

END = "<|im_end|>"
"""What closes a turn, and the token an answer ends with."""


@dataclass(frozen=True)
class Branch:
    """What one task adds to the shared prefix."""

    question: list[int]
    """The rest of the prompt, one token or more: its last one predicts the answer's first."""
    answer: list[int]
    """The tokens that are learned."""

    @property
    def tokens(self) -> list[int]:
        """Question and answer."""
        return self.question + self.answer


@dataclass(frozen=True)
class Pack:
    """A chunk with the answers of all tasks."""

    prefix: list[int]
    branches: tuple[Branch, ...]

    @cached_property
    def size(self) -> int:
        """Count all tokens."""
        return len(self.prefix) + sum(len(branch.tokens) for branch in self.branches)

    @cached_property
    def targets(self) -> int:
        """Count the tokens that are learned."""
        return sum(len(branch.answer) for branch in self.branches)


def chatml(messages: Iterable[Message]) -> str:
    """Write messages as the base model's own template does, up to where the answer begins.

    Source: `tokenizer.chat_template` in the model's GGUF file.
    """
    turns = (f"<|im_start|>{message.role}\n{message.content}{END}\n" for message in messages)
    return "".join(turns) + "<|im_start|>assistant\n"


def pack(examples: Iterable[Example], tokenize: Tokenizer) -> Pack:
    """Join the examples of one chunk."""
    given = list(examples)
    prompts = [tokenize(chatml(example.messages)) for example in given]
    shared = _shared(prompts)
    answers = (tokenize(example.answer + END) for example in given)
    branches = (Branch(p[shared:], a) for p, a in zip(prompts, answers, strict=True))
    return Pack(prompts[0][:shared], tuple(branches))


def _shared(prompts: Sequence[Sequence[int]]) -> int:
    """Count the tokens all prompts begin with, short of the last one of any."""
    columns = zip(*(prompt[:-1] for prompt in prompts), strict=False)
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))


def packs(examples: Iterable[Example], tokenize: Tokenizer, longest: int) -> Iterator[Pack]:
    """Join neighbouring examples of the same chunk; those longer than `longest` are left out."""
    for _, same in groupby(examples, key=lambda example: (example.article, example.chunk)):
        packed = pack(same, tokenize)
        if packed.size <= longest:
            yield packed


def batches(items: Iterable[Pack], most: int) -> Iterator[list[Pack]]:
    """Fill batches of up to `most` tokens, in order; a longer pack is one by itself."""
    batch: list[Pack] = []
    for item in items:
        if batch and sum(held.size for held in batch) + item.size > most:
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def shuffled(items: Sequence[Pack], seed: int, epoch: int) -> list[Pack]:
    """Order the packs for an epoch."""
    mixed = list(items)
    Random(f"{seed}/{epoch}").shuffle(mixed)
    return mixed
