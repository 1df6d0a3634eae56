"""A model runs on its base with its adapter added in, made once, whole or not there."""

from __future__ import annotations

import hashlib
from pathlib import Path

import gguf
import numpy as np
import pytest
from gguf.quants import dequantize

from extractor.errors import WeightsError
from extractor.llm import tuned, weights
from extractor.llm.catalogue import Adapter, Entry, UrlSource

RANK, WIDE, ALPHA = 4, 64, 8.0


def write_base(path: Path) -> np.ndarray:
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_token_list(["a", "b"])
    values = np.random.default_rng(1).standard_normal((96, WIDE)).astype(np.float32)
    writer.add_tensor("blk.0.attn_q.weight", values)
    writer.add_tensor("output_norm.weight", np.ones(WIDE, dtype=np.float32))
    _close(writer)
    return values


def write_adapter(path: Path, name: str = "blk.0.attn_q.weight") -> np.ndarray:
    """Write an adapter and return the change it stands for."""
    random = np.random.default_rng(2)
    down = random.standard_normal((RANK, WIDE)).astype(np.float16)
    up = random.standard_normal((96, RANK)).astype(np.float16)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_float32("adapter.lora.alpha", ALPHA)
    writer.add_tensor(f"{name}.lora_a", down)
    writer.add_tensor(f"{name}.lora_b", up)
    _close(writer)
    return ALPHA / RANK * (up.astype(np.float32) @ down.astype(np.float32))


def _close(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Entry:
    monkeypatch.setenv("EXTRACT_CACHE", str(tmp_path / "cache"))
    base, adapter = tmp_path / "base.gguf", tmp_path / "adapter.gguf"
    write_base(base)
    write_adapter(adapter)
    content = base.read_bytes()
    return Entry(
        name="tiny",
        title="Tiny",
        file="tiny.gguf",
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        licence="MIT",
        sources=(UrlSource(kind="url", url=base.as_uri()),),
        adapter=Adapter(file=str(adapter), sha256=hashlib.sha256(adapter.read_bytes()).hexdigest()),
        context_tokens=10,
        budget_tokens=10,
        slots=1,
    )


def test_the_adapter_is_added_and_all_else_is_kept(tmp_path: Path) -> None:
    base, adapter, out = (tmp_path / name for name in ("base", "adapter", "out"))
    values, change = write_base(base), write_adapter(adapter)
    tuned.merge(base, adapter, out)
    made = gguf.GGUFReader(out)
    by_name = {tensor.name: tensor for tensor in made.tensors}
    matrix = by_name["blk.0.attn_q.weight"]
    held = dequantize(matrix.data, matrix.tensor_type)
    assert np.abs(held - (values + change)).max() < np.abs(values + change).max() / 127
    assert np.array_equal(by_name["output_norm.weight"].data, np.ones(WIDE))
    assert made.fields["general.name"].contents() == "tiny"
    assert made.fields["tokenizer.ggml.tokens"].contents() == ["a", "b"]


def test_an_adapter_of_another_model_is_told(tmp_path: Path) -> None:
    base, adapter = tmp_path / "base", tmp_path / "adapter"
    write_base(base)
    write_adapter(adapter, "blk.9.attn_q.weight")
    with pytest.raises(WeightsError, match=r"for another model: it has blk\.9"):
        tuned.merge(base, adapter, tmp_path / "out")


def test_it_is_made_once(entry: Entry) -> None:
    path = tuned.ensure_tuned(entry)
    made = path.stat().st_mtime_ns
    assert tuned.ensure_tuned(entry) == path
    assert path.stat().st_mtime_ns == made
    assert [each.suffix for each in sorted(path.parent.glob(f"{path.name}*"))] == [
        ".gguf",
        ".lock",
        ".sha256",
    ]


def test_a_damaged_one_is_made_again(entry: Entry) -> None:
    path = tuned.ensure_tuned(entry)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert tuned.ensure_tuned(entry).read_bytes() == whole


def test_without_an_adapter_it_is_the_base(entry: Entry) -> None:
    plain = entry.model_copy(update={"adapter": None})
    assert tuned.ensure_tuned(plain) == weights.location(plain)


def test_removing_leaves_nothing_to_run_on(entry: Entry) -> None:
    path = tuned.ensure_tuned(entry)
    tuned.remove_tuned(entry)
    assert not path.exists()
    assert not list(path.parent.glob("*.sha256"))
