"""Checkpoints: the adapter in peft's own format, and beside it what a tuning goes on from."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from peft import load_peft_weights, set_peft_model_state_dict

from extractor.errors import UsageError
from training.base import Tuned
from training.config import Config
from training.export import read_base, released
from training.limits import Progress
from training.trainer import Trainer

STATE = "state.pt"
ADAPTER = "adapter_model.safetensors"


def save(folder: Path, tuned: Tuned, trainer: Trainer, config: Config) -> None:
    """Write a checkpoint; one that is there stays whole until the new one is."""
    part, old = folder.with_name(folder.name + ".part"), folder.with_name(folder.name + ".old")
    for rest in (part, old):
        shutil.rmtree(rest, ignore_errors=True)
    tuned.model.save_pretrained(part)
    state = {
        "parameters": [each.data for each in trainer.parameters],
        "optimiser": trainer.optimiser.state_dict(),
        "progress": asdict(trainer.progress),
        "config": config.model_dump_json(),
    }
    torch.save(state, part / STATE)
    if folder.exists():
        folder.rename(old)
    part.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def read_state(folder: Path, config: Config) -> dict[str, Any]:
    """Read what a tuning goes on from.

    Raises: UsageError, when the folder is no checkpoint or one of another configuration.
    """
    path = folder / STATE
    if not path.is_file():
        raise UsageError(f"{folder} is no checkpoint to go on from: it has no {STATE}.")
    state: dict[str, Any] = torch.load(path, weights_only=True)
    if state["config"] != config.model_dump_json():
        raise UsageError(f"{folder} was made by another configuration; give that one by --config.")
    return state


def read_adapter(path: Path, tuned: Tuned, base: Path) -> None:
    """Put an adapter on a model: of a checkpoint, or of a GGUF file for the weights in `base`.

    Raises: UsageError, when there is no adapter, or one of another shape.
    """
    if path.is_dir() and not (path / ADAPTER).is_file():
        raise UsageError(f"{path} is no checkpoint to begin from: it has no {ADAPTER}.")
    try:
        result = set_peft_model_state_dict(tuned.model, _matrices(path, base))
    except RuntimeError as error:
        raise UsageError(f"The adapter in {path} has another shape than configured.") from error
    if result.unexpected_keys:
        raise UsageError(f"The adapter in {path} is for another model.")


def _matrices(path: Path, base: Path) -> dict[str, torch.Tensor]:
    if path.is_dir():
        read: dict[str, torch.Tensor] = load_peft_weights(str(path), "cpu")
        return read
    arrays = released(path, read_base(base))
    return {name: torch.from_numpy(rows).float() for name, rows in arrays.items()}


def progress_of(state: dict[str, Any]) -> Progress:
    """Return how far a tuning was."""
    return Progress(**state["progress"])


def restore(trainer: Trainer, state: dict[str, Any]) -> None:
    """Put the adapter and the optimiser back to where they were."""
    for parameter, value in zip(trainer.parameters, state["parameters"], strict=True):
        parameter.data.copy_(value)
    trainer.optimiser.load_state_dict(state["optimiser"])
