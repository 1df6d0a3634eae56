"""Keys: looked up in the environment and in `.env`, and kept out of every text that leaves."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from dotenv import dotenv_values, find_dotenv

_LOOKS_LIKE_A_KEY = re.compile(r"\b(sk|pk|gsk|xai|key)-[\w*-]{6,}|\bAIza[\w-]{10,}", re.ASCII)


@lru_cache(maxsize=8)
def _read(path: str, modified_ns: int) -> dict[str, str | None]:
    del modified_ns  # a part of the cache key only
    return dotenv_values(path)


def find_setting(name: str, env_file: Path | None = None) -> str | None:
    """Return a variable of the environment, else of the `.env` file; None for unset or empty.

    The file is `env_file`, or the nearest `.env` from the working folder upwards. It is read
    without changing the environment, so that no child process inherits a key from it.
    """
    value = os.environ.get(name)
    if value:
        return value
    path = str(env_file) if env_file else find_dotenv(usecwd=True)
    if not path or not Path(path).is_file():
        return None
    return _read(path, Path(path).stat().st_mtime_ns).get(name) or None


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """Replace every secret, and what looks like a key, by `***`."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return _LOOKS_LIKE_A_KEY.sub("***", text)
