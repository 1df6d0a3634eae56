"""Which service a name stands for, and what a bad name says."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.errors import AuthenticationError, UnknownModelError
from extractor.llm.providers import find_target
from extractor.llm.request import ModelSettings
from extractor.llm.target import Endpoint, Target

VARIABLES = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "EXTRACT_API_KEY", "OLLAMA_HOST")


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def target(name: str) -> Target:
    return find_target(name, ModelSettings())


def endpoint(name: str) -> Endpoint:
    found = target(name).endpoint
    assert found is not None
    return found()


def test_openai_takes_its_key_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    assert endpoint("openai/gpt-x") == Endpoint("https://api.openai.com/v1", "gpt-x", "k")


def test_openai_without_a_key_says_what_to_set() -> None:
    with pytest.raises(AuthenticationError, match="OPENAI_API_KEY"):
        target("openai/gpt-x")


def test_openai_base_url_is_honoured_and_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://host/v1")
    assert endpoint("openai/m") == Endpoint("http://host/v1", "m", "none")


def test_a_key_is_read_from_env_file_without_entering_the_environment(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OPENAI_API_KEY=from-file\n")
    assert endpoint("openai/m").key == "from-file"
    import os

    assert "OPENAI_API_KEY" not in os.environ


def test_the_environment_wins_over_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("OPENAI_API_KEY=from-file\n")
    monkeypatch.setenv("OPENAI_API_KEY", "from-environment")
    assert endpoint("openai/m").key == "from-environment"


@pytest.mark.parametrize(
    ("host", "base_url"),
    [
        (None, "http://127.0.0.1:11434/v1"),
        ("box:1234", "http://box:1234/v1"),
        ("box", "http://box:11434/v1"),
        ("0.0.0.0:11434", "http://127.0.0.1:11434/v1"),
        ("https://box:1/", "https://box:1/v1"),
    ],
)
def test_ollama_is_where_its_host_says(
    host: str | None, base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if host:
        monkeypatch.setenv("OLLAMA_HOST", host)
    assert endpoint("ollama/llama3:8b") == Endpoint(base_url, "llama3:8b", "ollama")


def test_an_address_carries_its_model_and_needs_no_key() -> None:
    found = endpoint("http://localhost:8000/v1#org/model")
    assert found == Endpoint("http://localhost:8000/v1", "org/model", "none")


def test_an_address_prefers_its_own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "other")
    monkeypatch.setenv("EXTRACT_API_KEY", "own")
    assert endpoint("http://h/v1#m").key == "own"


def test_keys_are_not_in_the_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sekret")
    assert "sekret" not in repr(target("openai/m")) + repr(endpoint("openai/m"))


@pytest.mark.parametrize("name", ["", "gpt-4o", "/x", "openai/", "http://host/v1"])
def test_a_name_of_no_form_is_refused(name: str) -> None:
    with pytest.raises(UnknownModelError):
        target(name)


def test_a_bad_name_is_told_the_forms() -> None:
    with pytest.raises(UnknownModelError, match="ollama/MODEL"):
        target("gpt-4o")


def test_an_unknown_embedded_model_is_told_the_names() -> None:
    with pytest.raises(UnknownModelError, match="smollm2-135m-news"):
        target("local/nonesuch")


def test_an_unknown_provider_is_refused_at_once() -> None:
    from extractor.llm.providers import open_model

    with pytest.raises(UnknownModelError, match="nonesuch"):
        open_model("nonesuch/model")


def test_a_provider_whose_package_lacks_is_told_what_to_install() -> None:
    from extractor.llm.providers import open_model

    pytest.importorskip("instructor")
    with pytest.raises(UnknownModelError, match="pip install anthropic"):
        open_model("anthropic/claude")
