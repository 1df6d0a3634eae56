"""One optimiser that several threads deliver gradients to.

A step is taken each time enough tokens are in; a thread that is starved only delivers late.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import starmap

import torch
from torch import Tensor

from training.config import Steps
from training.engines import Engine, Share
from training.limits import Limit, Progress, learning_rate
from training.packing import Pack

Epochs = Callable[[int], Sequence[Sequence[Pack]]]
"""Gives the batches of an epoch, counted from 0; the same ones whenever it is asked."""

_KEPT = 0.95
"""How much of the running loss a step keeps."""
_log = logging.getLogger(__name__)


@dataclass
class Sum:
    """What came in since the last step."""

    gradients: list[Tensor]
    loss: float = 0.0
    targets: int = 0
    tokens: int = 0

    def add(self, share: Share) -> None:
        """Add a batch, by the number of its targets."""
        torch._foreach_add_(self.gradients, list(share.gradients), alpha=share.targets)
        self.loss += share.loss * share.targets
        self.targets += share.targets
        self.tokens += share.tokens

    def means(self) -> list[Tensor]:
        """Return the gradients of the mean loss."""
        return [gradient / self.targets for gradient in self.gradients]


@dataclass
class Trainer:
    """The adapter, the optimiser and how far they are; `lock` guards all of it."""

    parameters: list[Tensor]
    steps: Steps
    epochs: Epochs
    limit: Limit
    progress: Progress
    save: Callable[[], None]
    """Writes a checkpoint; called with the lock held."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.optimiser = torch.optim.AdamW(
            self.parameters,
            lr=self.steps.learning_rate,
            betas=self.steps.betas,
            weight_decay=0.0,
            foreach=True,
        )
        self._sum = self._nothing()
        self._saved_s = self.limit.spent_s()
        self._batches: tuple[int, Sequence[Sequence[Pack]]] = (-1, ())

    def _nothing(self) -> Sum:
        return Sum([torch.zeros_like(each) for each in self.parameters])

    def work(self, engine: Engine) -> None:
        """Deliver gradients until the limit is reached or somebody stops it."""
        at = -1
        while not self.stopped.is_set() and not self.limit.is_reached(self.progress.step):
            with self.lock:
                packs, is_new = self._next(), at != self.progress.step
                if is_new:
                    engine.take(self.parameters)
                    at = self.progress.step
            if is_new:
                engine.prepare()
            share = engine.share(packs)
            with self.lock:
                if not self.limit.is_reached(self.progress.step):
                    self._add(share)

    def _next(self) -> Sequence[Pack]:
        """Take the next batch, going on to the next epoch after the last."""
        while True:
            if self._batches[0] != self.progress.epoch:
                self._batches = self.progress.epoch, self.epochs(self.progress.epoch)
            if self.progress.batch < len(self._batches[1]):
                self.progress.batch += 1
                return self._batches[1][self.progress.batch - 1]
            self.progress.epoch, self.progress.batch = self.progress.epoch + 1, 0

    def _add(self, share: Share) -> None:
        self._sum.add(share)
        if self._sum.tokens >= self.steps.tokens:
            self._step()

    def _step(self) -> None:
        share = self.limit.share(self.progress.step)
        rate = learning_rate(self.progress.step, share, self.steps)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        for parameter, gradient in zip(self.parameters, self._sum.means(), strict=True):
            parameter.grad = gradient
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, self.steps.clip)
        self.optimiser.step()
        self._note(rate, float(norm))
        self._sum = self._nothing()
        if self.limit.spent_s() - self._saved_s > self.steps.save_every_s:
            self.save()
            self._saved_s = self.limit.spent_s()

    def _note(self, rate: float, norm: float) -> None:
        """Count the step and log it."""
        progress, now = self.progress, self._sum.loss / self._sum.targets
        progress.step += 1
        progress.tokens += self._sum.tokens
        progress.targets += self._sum.targets
        progress.spent_s = self.limit.spent_s()
        before = now if progress.loss is None else progress.loss
        progress.loss = _KEPT * before + (1 - _KEPT) * now
        figures = {
            "step": progress.step,
            "epoch": progress.epoch,
            "batch": f"{progress.batch}/{len(self._batches[1])}",
            "s": f"{progress.spent_s:.0f}",
            "tokens": progress.tokens,
            "loss": f"{progress.loss:.4f}",
            "now": f"{now:.4f}",
            "rate": f"{rate:.2e}",
            "norm": f"{norm:.2f}",
        }
        _log.info(" ".join(starmap("{} {}".format, figures.items())))
