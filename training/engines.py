"""The two ways to a gradient: by hand on a processor, with peft and transformers elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from training.base import Tuned
from training.kernel import Kernel
from training.packing import Pack

IGNORED = -100
"""The label of a token that is not learned, as transformers has it."""


@dataclass(frozen=True)
class Share:
    """What one batch adds to a step."""

    gradients: Sequence[Tensor]
    """Of the batch's mean loss."""
    loss: float
    targets: int
    """Answer tokens the loss is the mean of."""
    tokens: int


class Engine(Protocol):
    """Makes gradients; each thread has its own."""

    def take(self, parameters: Sequence[Tensor]) -> None:
        """Take over the adapter as it is now; called while nobody changes it."""

    def prepare(self) -> None:
        """Do what is needed after `take` and may take long."""

    def loss(self, packs: Sequence[Pack]) -> Tensor:
        """Return the mean loss of the answer tokens."""

    def share(self, packs: Sequence[Pack]) -> Share:
        """Return loss and gradients of a batch."""


def _share(loss: Tensor, parameters: Sequence[Tensor], packs: Sequence[Pack]) -> Share:
    gradients = torch.autograd.grad(loss, parameters)
    targets = sum(pack.targets for pack in packs)
    return Share(gradients, loss.item(), targets, sum(pack.size for pack in packs))


class ByHand:
    """The kernel with a copy of the adapter."""

    def __init__(self, tuned: Tuned, dtype: torch.dtype = torch.bfloat16) -> None:
        self._kernel = Kernel(tuned.model, dtype)

    def take(self, parameters: Sequence[Tensor]) -> None:
        """Copy the adapter."""
        for own, given in zip(self._kernel.parameters, parameters, strict=True):
            own.data.copy_(given.data)

    def prepare(self) -> None:
        """Fold the adapter into the weights."""
        self._kernel.fold()

    def loss(self, packs: Sequence[Pack]) -> Tensor:
        """Return the mean loss of the answer tokens."""
        return self._kernel.loss(packs)

    def share(self, packs: Sequence[Pack]) -> Share:
        """Return loss and gradients of a batch."""
        return _share(self.loss(packs), self._kernel.parameters, packs)


class Plain:
    """The model as peft and transformers run it, every branch a sequence of its own."""

    def __init__(self, tuned: Tuned) -> None:
        self._tuned = tuned
        self._device = tuned.parameters[0].device

    def take(self, parameters: Sequence[Tensor]) -> None:
        """Do nothing: they are the model's own."""

    def prepare(self) -> None:
        """Do nothing, likewise."""

    def loss(self, packs: Sequence[Pack]) -> Tensor:
        """Return the mean loss of the answer tokens."""
        tokens, labels, mask = (each.to(self._device) for each in self._padded(packs))
        with torch.autocast(self._device.type, torch.bfloat16, self._device.type == "cuda"):
            answer = self._tuned.model(input_ids=tokens, attention_mask=mask, labels=labels)
        loss: Tensor = answer.loss
        return loss

    def share(self, packs: Sequence[Pack]) -> Share:
        """Return loss and gradients of a batch."""
        return _share(self.loss(packs), self._tuned.parameters, packs)

    def _padded(self, packs: Iterable[Pack]) -> tuple[Tensor, Tensor, Tensor]:
        """Return tokens, labels and mask, (branches, longest)."""
        pairs = [(pack, branch) for pack in packs for branch in pack.branches]
        longest = max(len(pack.prefix) + len(branch.tokens) for pack, branch in pairs)
        tokens = torch.full((len(pairs), longest), self._tuned.padding)
        labels = torch.full_like(tokens, IGNORED)
        mask = torch.zeros_like(tokens)
        for row, (pack, branch) in enumerate(pairs):
            whole = torch.tensor(pack.prefix + branch.tokens)
            asked = len(whole) - len(branch.answer)
            tokens[row, : len(whole)] = whole
            mask[row, : len(whole)] = 1
            labels[row, asked : len(whole)] = whole[asked:]
        return tokens, labels, mask


def mean_loss(engine: Engine, batches: Iterable[Sequence[Pack]]) -> float | None:
    """Return the mean loss over all answer tokens, without learning; None without any."""
    total, targets = 0.0, 0
    with torch.no_grad():
        for packs in batches:
            learned = sum(pack.targets for pack in packs)
            total += engine.loss(packs).item() * learned
            targets += learned
    return total / targets if targets else None
