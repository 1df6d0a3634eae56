from __future__ import annotations

from pathlib import Path

import pytest

from extractor.errors import UsageError

gguf = pytest.importorskip("gguf")
np = pytest.importorskip("numpy")
export = pytest.importorskip("training.export")

BASE = export.Base("llama", "Tiny", heads=4, key_heads=2)
RANK, WIDTH = 2, 8
PREFIX = "base_model.model.model.layers"


def peft_arrays(layers=1):
    numbers = np.random.default_rng(1)
    modules = {"self_attn": ("q_proj", "k_proj", "v_proj", "o_proj"), "mlp": ("down_proj",)}
    return {
        f"{PREFIX}.{layer}.{block}.{module}.lora_{side}.weight": numbers.normal(
            size=(RANK, WIDTH) if side == "A" else (WIDTH, RANK)
        ).astype(np.float32)
        for layer in range(layers)
        for block, names in modules.items()
        for module in names
        for side in "AB"
    }


def read(path):
    reader = gguf.GGUFReader(path)
    fields = {name: field.contents() for name, field in reader.fields.items()}
    return fields, {tensor.name: np.array(tensor.data) for tensor in reader.tensors}


def test_rows_of_a_head_go_from_halves_to_neighbours():
    rows = np.array([["a0"], ["a1"], ["b0"], ["b1"], ["c0"], ["c1"], ["d0"], ["d1"]])
    assert export.interleaved(rows, 2).ravel().tolist() == [
        "a0", "b0", "a1", "b1", "c0", "d0", "c1", "d1",
    ]  # fmt: skip


def test_the_file_says_that_it_is_a_lora_adapter(tmp_path: Path):
    export.write(tmp_path / "a.gguf", export.Adapter(peft_arrays(), 4.0), BASE)
    fields, _ = read(tmp_path / "a.gguf")
    assert fields["general.type"] == "adapter"
    assert fields["adapter.type"] == "lora"
    assert fields["adapter.lora.alpha"] == 4.0
    assert fields["general.architecture"] == "llama"


def test_every_matrix_is_there_under_the_name_llama_cpp_gives_it(tmp_path: Path):
    arrays = peft_arrays(layers=11)
    export.write(tmp_path / "a.gguf", export.Adapter(arrays, 4.0), BASE)
    _, tensors = read(tmp_path / "a.gguf")
    assert len(tensors) == len(arrays)
    half = np.float16
    down = arrays[f"{PREFIX}.10.mlp.down_proj.lora_A.weight"].astype(half)
    assert np.array_equal(tensors["blk.10.ffn_down.weight.lora_a"], down)
    value = arrays[f"{PREFIX}.3.self_attn.v_proj.lora_B.weight"].astype(half)
    assert np.array_equal(tensors["blk.3.attn_v.weight.lora_b"], value)


def test_only_what_makes_queries_and_keys_is_reordered():
    arrays = peft_arrays()
    found = dict(export.tensors(arrays, BASE))
    for module, name, heads in (("q_proj", "attn_q", 4), ("k_proj", "attn_k", 2)):
        given = arrays[f"{PREFIX}.0.self_attn.{module}.lora_B.weight"]
        expected = export.interleaved(given, heads).astype(np.float16)
        assert np.array_equal(found[f"blk.0.{name}.weight.lora_b"], expected)
        before = arrays[f"{PREFIX}.0.self_attn.{module}.lora_A.weight"].astype(np.float16)
        assert np.array_equal(found[f"blk.0.{name}.weight.lora_a"], before)


def test_a_file_that_was_written_is_read_back_as_it_was(tmp_path: Path):
    arrays = peft_arrays(layers=2)
    for base in (BASE, export.Base("qwen2", "Tiny", 4, 2)):
        export.write(tmp_path / "a.gguf", export.Adapter(arrays, 4.0), base)
        found = export.released(tmp_path / "a.gguf", base)
        assert found.keys() == arrays.keys()
        for name, value in arrays.items():
            assert np.array_equal(found[name], value.astype(np.float16)), name


def test_what_is_no_adapter_is_not_read_as_one(tmp_path: Path):
    (tmp_path / "a.gguf").write_text("no GGUF")
    with pytest.raises(UsageError, match="is no adapter"):
        export.released(tmp_path / "a.gguf", BASE)


def test_the_mean_of_two_adapters_is_taken_number_by_number():
    one, other = peft_arrays(), peft_arrays()
    name = f"{PREFIX}.0.mlp.down_proj.lora_A.weight"
    other[name] = other[name] + 1
    mean = export.averaged(one, other)
    assert set(mean) == set(one)
    np.testing.assert_allclose(mean[name], one[name] + 0.5, rtol=0, atol=2e-3)
    np.testing.assert_allclose(
        mean[name.replace("A.w", "B.w")], one[name.replace("A.w", "B.w")], atol=2e-3
    )


def test_adapters_of_other_shapes_have_no_mean():
    with pytest.raises(UsageError, match="differ in shape"):
        export.averaged(peft_arrays(layers=1), peft_arrays(layers=2))


def test_an_architecture_that_turns_halves_is_left_in_order():
    arrays = peft_arrays()
    found = dict(export.tensors(arrays, export.Base("qwen2", "Tiny", 4, 2)))
    given = arrays[f"{PREFIX}.0.self_attn.q_proj.lora_B.weight"].astype(np.float16)
    assert np.array_equal(found["blk.0.attn_q.weight.lora_b"], given)


def test_the_same_checkpoint_gives_the_same_bytes(tmp_path: Path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        export.write(tmp_path / folder / "a.gguf", export.Adapter(peft_arrays(), 4.0), BASE)
    assert (tmp_path / "one/a.gguf").read_bytes() == (tmp_path / "two/a.gguf").read_bytes()


def test_an_adapter_that_is_too_large_is_refused(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(export, "MOST_BYTES", 100)
    with pytest.raises(UsageError, match="rank"):
        export.write(tmp_path / "a.gguf", export.Adapter(peft_arrays(), 4.0), BASE)
    assert not (tmp_path / "a.gguf").exists()


def test_a_tensor_of_another_kind_is_refused():
    with pytest.raises(UsageError, match="embed_tokens"):
        list(export.tensors({"model.embed_tokens.weight": np.zeros((2, 2))}, BASE))


def test_a_folder_that_is_no_checkpoint_is_refused(tmp_path: Path):
    pytest.importorskip("safetensors", reason="the extra `train` is not installed")
    with pytest.raises(UsageError, match="no checkpoint"):
        export.read_adapter(tmp_path)
