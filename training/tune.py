"""Tune the adapter: `python -m training.tune --config training/config.toml`.

It writes RUN/last every few minutes and RUN/final at the end. Ctrl-C or SIGTERM writes RUN/last and
stops; `--resume RUN/last` goes on from there. `--adapter RUN/final` or `--adapter FILE.gguf` begins
a new tuning where that one ended, with its own steps and rate.
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from extractor.errors import ExtractError, UsageError
from extractor.llm.catalogue import read_catalogue
from extractor.llm.weights import ensure
from training import checkpoints
from training.base import Tuned, load
from training.build import HELD_BACK, epoch_file
from training.config import CONFIG, DATA, RUNS, Config, read_config
from training.engines import ByHand, Engine, Plain, mean_loss
from training.examples import read_examples
from training.limits import Limit, Progress, seconds_until
from training.packing import Pack, batches, packs, shuffled
from training.trainer import Trainer

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tuning:
    """A model, its data and its configuration."""

    config: Config
    data: Path
    tuned: Tuned
    device: torch.device

    def batches(self, file: Path, order: Callable[[list[Pack]], list[Pack]]) -> list[list[Pack]]:
        """Read a file of examples as batches, in an order."""
        steps = self.config.steps
        read = packs(read_examples(file), self.tuned.tokenize, steps.longest_tokens)
        made = list(batches(order(list(read)), steps.micro_tokens))
        tokens = sum(pack.size for batch in made for pack in batch)
        _log.info("%s: %d batches, %d tokens", file.name, len(made), tokens)
        return made

    def epoch(self, number: int) -> list[list[Pack]]:
        """Return the batches of an epoch; the files are gone round, the order is always new."""
        file = epoch_file(self.data, number % self.config.variation.epochs)
        return self.batches(file, partial(shuffled, seed=self.config.seed, epoch=number))

    def engines(self) -> list[Engine]:
        """Return an engine for each thread that works."""
        if self.device.type == "cpu":
            return [ByHand(self.tuned) for _ in range(self.config.steps.workers)]
        return [Plain(self.tuned)]


def tune(
    tuning: Tuning, folder: Path, limit: Limit, state: dict[str, Any] | None, first: int = 0
) -> None:
    """Tune until the limit, or until a signal; write `folder`/last and, at the end, final.

    Without a `state` it begins with the epoch `first`.
    """
    trainer = Trainer(
        parameters=tuning.tuned.parameters,
        steps=tuning.config.steps,
        epochs=tuning.epoch,
        limit=limit,
        progress=Progress(epoch=first) if state is None else checkpoints.progress_of(state),
        save=lambda: keep("last"),
    )

    def keep(name: str) -> None:
        checkpoints.save(folder / name, tuning.tuned, trainer, tuning.config)
        _log.info("saved %s at step %d", folder / name, trainer.progress.step)

    if state is not None:
        checkpoints.restore(trainer, state)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: trainer.stopped.set())
    engines = tuning.engines()
    _work(trainer, engines)
    keep("last" if trainer.stopped.is_set() else "final")
    _tell_held_back(tuning, trainer, engines[0])


def _work(trainer: Trainer, engines: Sequence[Engine]) -> None:
    """Let all engines work; the fault of one stops the others and is raised."""
    with ThreadPoolExecutor(len(engines), initializer=torch.set_num_threads, initargs=(1,)) as pool:
        working = [pool.submit(trainer.work, engine) for engine in engines]
        done, _ = wait(working, return_when=FIRST_EXCEPTION)
        if any(one.exception() for one in done):
            trainer.stopped.set()
    for one in working:
        one.result()


def _tell_held_back(tuning: Tuning, trainer: Trainer, engine: Engine) -> None:
    held_back = tuning.batches(tuning.data / HELD_BACK, list)
    if held_back and not trainer.stopped.is_set():
        engine.take(trainer.parameters)
        engine.prepare()
        _log.info("loss on what is held back: %.4f", mean_loss(engine, held_back))


def _limit(given: argparse.Namespace, config: Config, earlier_s: float) -> Limit:
    if given.minutes is not None:
        if given.minutes <= 0:
            raise UsageError("--minutes must be above 0.")
        return Limit(None, given.minutes * 60, earlier_s)
    if given.until is not None:
        seconds = seconds_until(given.until, dt.datetime.now().astimezone())
        return Limit(None, seconds, earlier_s)
    return Limit(given.steps or config.steps.count, earlier_s=earlier_s)


def _log_to(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file, here = logging.FileHandler(folder / "log.txt"), logging.StreamHandler(sys.stdout)
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO, handlers=[file, here])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="training.tune", description=__doc__)
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument("--data", type=Path, default=DATA, help="what training.build wrote")
    parser.add_argument("--out", type=Path, help="folder of the run [default: by the time]")
    begins = parser.add_mutually_exclusive_group()
    begins.add_argument("--resume", type=Path, metavar="DIR", help="a checkpoint such as RUN/last")
    begins.add_argument("--adapter", type=Path, metavar="PATH", help="an adapter to begin from")
    parser.add_argument("--epoch", type=int, default=0, help="the epoch a new tuning begins with")
    ends = parser.add_mutually_exclusive_group()
    ends.add_argument("--minutes", type=float, help="how long this session is, loading apart")
    ends.add_argument("--until", metavar="TIME", help="when it ends: 22:30, or date and time")
    ends.add_argument("--steps", type=int, help="how many steps in all [default: as configured]")
    return parser


def _start(given: argparse.Namespace) -> None:
    config = read_config(given.config)
    state = None if given.resume is None else checkpoints.read_state(given.resume, config)
    new = RUNS / dt.datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    folder = given.out or (new if given.resume is None else given.resume.parent)
    _log_to(folder)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_num_threads(1)
    weights = ensure(read_catalogue().entry(config.model))
    tuned = load(weights, config, device)
    if given.adapter is not None:
        checkpoints.read_adapter(given.adapter, tuned, weights)
    earlier_s = 0.0 if state is None else checkpoints.progress_of(state).spent_s
    limit = _limit(given, config, earlier_s)
    _log.info("%s on %s, into %s", config.model, device, folder)
    tune(Tuning(config, given.data, tuned, device), folder, limit, state, given.epoch)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and tune."""
    parser = _parser()
    try:
        _start(parser.parse_args(arguments))
    except ExtractError as error:
        parser.exit(error.exit_code, f"training.tune: {error}\n")


if __name__ == "__main__":
    main()
