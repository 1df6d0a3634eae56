"""The configuration of a tuning, as `config.toml` holds it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import Field, ValidationError

from extractor.errors import UsageError
from extractor.records import Frozen

HERE = Path(__file__).resolve().parent
CONFIG = HERE / "config.toml"
CORPUS = HERE / "corpus"
DATA = HERE / "data"
RUNS = HERE / "runs"


class Variation(Frozen):
    """How the versions of the corpus differ from each other."""

    epochs: int = Field(ge=1)
    first_tokens: int = Field(ge=1)
    """Article text in a chunk, in the first epoch."""
    least_tokens: int = Field(ge=1)
    most_tokens: int = Field(ge=1)
    swapped_marks: float = Field(ge=0, le=1)
    """Share of the articles whose quotation marks are of the other kind, after the first epoch."""
    swapped_names: float = Field(ge=0, le=1)
    """Share of the articles whose speakers have other surnames, after the first epoch."""


class AdapterShape(Frozen):
    """The size and place of the adapter."""

    rank: int = Field(ge=1)
    alpha: int = Field(ge=1)
    targets: tuple[str, ...]


class Steps(Frozen):
    """How the optimiser goes."""

    count: int = Field(ge=1)
    tokens: int = Field(ge=1)
    micro_tokens: int = Field(ge=1)
    longest_tokens: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    warmup: int = Field(ge=1)
    least_rate: float = Field(ge=0, le=1)
    betas: tuple[float, float]
    clip: float = Field(gt=0)
    workers: int = Field(ge=1)
    save_every_s: float = Field(gt=0)


class Config(Frozen):
    """Everything a tuning is made by, besides the corpus and the code."""

    model: str
    seed: int
    held_back: float = Field(ge=0, lt=1)
    prompts: dict[str, str]
    """Version per task."""
    variation: Variation
    adapter: AdapterShape
    steps: Steps


def read_config(path: Path) -> Config:
    """Read a configuration. Raises: UsageError, with every fault of the file."""
    try:
        return Config.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValidationError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from error
