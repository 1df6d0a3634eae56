"""`extract models`, on a cache of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from extractor.cli.models import app
from extractor.llm.catalogue import read_catalogue
from extractor.llm.weights import location


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXTRACT_CACHE", str(tmp_path))


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_list_names_every_model_its_licence_and_the_default() -> None:
    (line,) = run("list").output.splitlines()
    assert line.startswith("local/smollm2-135m-news")
    assert "Apache-2.0" in line
    assert "not fetched" in line
    assert line.endswith("(default)")


def test_list_says_what_is_here() -> None:
    location(read_catalogue().entry("default")).write_bytes(b"x")
    assert "  here " in run("list").output


def test_path_is_where_the_file_would_be(tmp_path: Path) -> None:
    assert Path(run("path").output.strip()).parent == tmp_path


def test_remove_deletes_and_says_when_there_is_nothing() -> None:
    path = location(read_catalogue().entry("default"))
    path.write_bytes(b"x")
    assert run("remove").output == ""
    assert not path.exists()
    assert "is not here" in run("remove").output
