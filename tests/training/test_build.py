from __future__ import annotations

from pathlib import Path

import pytest

from extractor.errors import UsageError
from tests.training.articles import NAMES, config, corpus
from training.build import HELD_BACK, build, epoch_file
from training.config import CONFIG, read_config
from training.examples import read_examples


def test_every_epoch_has_a_file_with_every_article(tmp_path: Path) -> None:
    epochs = config().variation.epochs
    lines = list(build(config(), corpus(), tmp_path))
    assert len(lines) == 1 + epochs + 1
    for epoch in range(epochs):
        read = read_examples(epoch_file(tmp_path, epoch))
        assert {example.article for example in read} == set(NAMES)
    assert not list(read_examples(tmp_path / HELD_BACK))


def test_the_same_configuration_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        list(build(config(), corpus(), tmp_path / folder))
    name = epoch_file(tmp_path, 1).name
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_what_is_held_back_is_in_no_epoch(tmp_path: Path) -> None:
    most = config().model_copy(update={"held_back": 0.6})
    list(build(most, corpus(), tmp_path))
    held_back = {example.article for example in read_examples(tmp_path / HELD_BACK)}
    tuned = {example.article for example in read_examples(epoch_file(tmp_path, 0))}
    assert held_back
    assert held_back | tuned == set(NAMES)
    assert not held_back & tuned


def test_a_configuration_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.read_text("utf-8").replace("seed = 1", "sed = 1"))
    with pytest.raises(UsageError, match="sed"):
        read_config(path)
