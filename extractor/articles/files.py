"""Finding article files and getting at their bytes."""

from __future__ import annotations

import glob
import gzip
import io
import os
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from extractor.errors import InputError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

KINDS = {
    ".txt": "text",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
}
"""Kind of content by file name ending; each may have `.gz` after it."""
STDIN = "-"

_SAMPLE_BYTES = 1 << 16
_GZIP = b"\x1f\x8b"
_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Source:
    """One input: a file, or standard input."""

    name: str
    """The path as it is told to people, or `-`."""
    kind: str | None
    """One of the values of `KINDS`; None when the content has to tell."""

    @property
    def path(self) -> Path:
        """Where it is, and what its name says; of standard input only the latter."""
        return Path("stdin" if self.name == STDIN else self.name)

    @property
    def stem(self) -> str:
        """The file name without its endings."""
        name = self.path.name
        return name[: len(name) - len(_ending(name))]

    def fault(self, message: str, line: int | None = None) -> InputError:
        """Make an error that says where it is."""
        where = "standard input" if self.name == STDIN else self.name
        at = "" if line is None else f", line {line}"
        return InputError(f"{where}{at}: {message}", path=self.name)

    @contextmanager
    def opened(self) -> Iterator[Opened]:
        """Open for reading, unpacked. Raises: InputError, also while it is read."""
        try:
            with self._raw() as raw, _unpacked(_sampled(raw)) as opened:
                yield opened
        except FileNotFoundError:
            raise self.fault("there is no such file or folder; check the path.") from None
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise self.fault("the gzip file is damaged; compress the original again.") from None
        except OSError as error:
            raise self.fault(f"it cannot be read: {error.strerror or error}.") from None

    @contextmanager
    def _raw(self) -> Iterator[BinaryIO]:
        if self.name == STDIN:
            yield sys.stdin.buffer
        else:
            with self.path.open("rb") as file:
                yield file


@dataclass(frozen=True)
class Opened:
    """A stream of bytes whose beginning is known and still unread."""

    stream: io.BufferedReader
    sample: bytes


class _Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; b"" at the end."""


class _Rejoined(io.RawIOBase):
    """Gives back what was read of a stream, then the rest of it."""

    def __init__(self, start: bytes, rest: _Readable) -> None:
        self._start, self._rest = io.BytesIO(start), rest

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer as far as one read goes."""
        view = memoryview(buffer)
        read = self._start.read(len(view)) or self._rest.read(len(view))
        view[: len(read)] = read
        return len(read)


def _sampled(stream: _Readable) -> Opened:
    sample = stream.read(_SAMPLE_BYTES)
    return Opened(io.BufferedReader(_Rejoined(sample, stream)), sample)


@contextmanager
def _unpacked(opened: Opened) -> Iterator[Opened]:
    if not opened.sample.startswith(_GZIP):
        yield opened
        return
    with gzip.open(opened.stream, "rb") as file:
        yield _sampled(file)


def sources(path: str) -> Iterator[Source]:
    """Yield what a path, folder, glob or `-` stands for, folders and globs sorted by name.

    Of folders and globs only files that can hold articles, and no hidden ones. Raises: InputError.
    """
    if path == STDIN:
        yield Source(STDIN, None)
    elif Path(path).is_dir():
        yield from _some(_walk(Path(path)), Source(path, None).fault(_NOTHING))
    elif _MAGIC.search(path) and not Path(path).exists():
        found = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - absolute patterns too
        yield from _some(_listed(found), Source(path, None).fault(_NO_MATCH))
    else:
        yield _named(path)


_ENDINGS = ", ".join(KINDS)
_NOTHING = f"the folder holds no article; files must end in {_ENDINGS} (or .gz after it)."
_NO_MATCH = "no article file matches; check the pattern, and put it in quotation marks."


def _named(path: str) -> Source:
    kind = _kind(path)
    if kind is None and Path(path).exists():
        raise Source(path, None).fault(f"this kind of file cannot be read; use {_ENDINGS}.")
    return Source(path, kind)


def _some(found: Iterator[Source], otherwise: InputError) -> Iterator[Source]:
    first = next(found, None)
    if first is None:
        raise otherwise
    yield first
    yield from found


def _walk(folder: Path) -> Iterator[Source]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from _listed([str(Path(parent) / name) for name in sorted(names)])


def _listed(paths: list[str]) -> Iterator[Source]:
    for path in paths:
        kind = _kind(path)
        if Path(path).is_dir():
            yield from _walk(Path(path))
        elif kind is not None and not Path(path).name.startswith("."):
            yield Source(path, kind)


def _ending(name: str) -> str:
    """Give the known endings of a file name, `.gz` included; "" for a name without."""
    base = name[:-3] if name.lower().endswith(".gz") else name
    suffix = Path(base).suffix.lower()
    return name[len(base) - len(suffix) :] if suffix in KINDS else name[len(base) :]


def _kind(path: str) -> str | None:
    return KINDS.get(_ending(Path(path).name).lower().removesuffix(".gz"))
