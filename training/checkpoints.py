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


def read_adapter(folder: Path, tuned: Tuned) -> None:
    """Put the adapter of a checkpoint on a model.

    Raises: UsageError, when the folder holds no adapter, or one of another shape.
    """
    if not (folder / ADAPTER).is_file():
        raise UsageError(f"{folder} is no checkpoint to begin from: it has no {ADAPTER}.")
    try:
        result = set_peft_model_state_dict(tuned.model, load_peft_weights(str(folder), "cpu"))
    except RuntimeError as error:
        raise UsageError(f"The adapter in {folder} has another shape than configured.") from error
    if result.unexpected_keys:
        raise UsageError(f"The adapter in {folder} is for another model.")


def progress_of(state: dict[str, Any]) -> Progress:
    """Return how far a tuning was."""
    return Progress(**state["progress"])


def restore(trainer: Trainer, state: dict[str, Any]) -> None:
    """Put the adapter and the optimiser back to where they were."""
    for parameter, value in zip(trainer.parameters, state["parameters"], strict=True):
        parameter.data.copy_(value)
    trainer.optimiser.load_state_dict(state["optimiser"])
