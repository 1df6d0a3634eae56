"""Write a checkpoint as a GGUF adapter: `python -m training.export CHECKPOINT OUT.gguf`.

The way back is `released`: what a file that was written so holds, as peft names it. With
`--average RELEASED.gguf` each number is the mean of the checkpoint's and that adapter's.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

from extractor.errors import ExtractError, UsageError
from extractor.llm.catalogue import read_catalogue
from extractor.llm.weights import ensure
from training.config import CONFIG, read_config

MOST_BYTES = 25_000_000
"""The largest adapter that is shipped."""

NAMES = {
    "q_proj": "attn_q",
    "k_proj": "attn_k",
    "v_proj": "attn_v",
    "o_proj": "attn_output",
    "gate_proj": "ffn_gate",
    "up_proj": "ffn_up",
    "down_proj": "ffn_down",
}
"""What llama.cpp calls a projection."""
_ATTENTION = frozenset({"q_proj", "k_proj", "v_proj", "o_proj"})
_TENSOR = re.compile(
    r"\.layers\.(?P<layer>\d+)\.\w+\.(?P<module>\w+)\.lora_(?P<side>[AB])\.weight$"
)
_RELEASED = re.compile(r"blk\.(?P<layer>\d+)\.(?P<name>\w+)\.weight\.lora_(?P<side>[ab])$")
_INTERLEAVED = frozenset({"llama"})
"""Architectures whose heads llama.cpp turns by neighbouring rows, not by halves."""

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Base:
    """What has to be known of the base model."""

    architecture: str
    name: str
    heads: int
    key_heads: int


@dataclass(frozen=True)
class Adapter:
    """A LoRA adapter as peft saved it: A (rank, in) and B (out, rank) of every projection."""

    arrays: Arrays
    alpha: float


def read_base(path: Path) -> Base:
    """Read the head of a GGUF model."""
    fields = gguf.GGUFReader(path).fields
    architecture = str(fields["general.architecture"].contents())
    heads = int(fields[f"{architecture}.attention.head_count"].contents())
    grouped = fields.get(f"{architecture}.attention.head_count_kv")
    name = str(fields["general.name"].contents()) if "general.name" in fields else path.stem
    return Base(architecture, name, heads, int(grouped.contents()) if grouped else heads)


def read_adapter(checkpoint: Path) -> Adapter:
    """Read a checkpoint. Raises: UsageError, when the folder is none."""
    from safetensors.numpy import load_file  # late: nothing else here needs it

    try:
        told = json.loads((checkpoint / "adapter_config.json").read_text(encoding="utf-8"))
        arrays = load_file(checkpoint / "adapter_model.safetensors")
    except OSError as error:
        raise UsageError(f"{checkpoint} is no checkpoint: {error}") from error
    return Adapter(arrays, float(told["lora_alpha"]))


def interleaved(rows: NDArray[Any], heads: int) -> NDArray[Any]:
    """Order the rows of each head as llama.cpp turns them: halves become neighbours.

    Source: `permute` in llama.cpp's `conversion/llama.py`.
    """
    halves = rows.reshape(heads, 2, len(rows) // heads // 2, *rows.shape[1:])
    return halves.swapaxes(1, 2).reshape(rows.shape)


def halved(rows: NDArray[Any], heads: int) -> NDArray[Any]:
    """Undo `interleaved`: neighbours become halves."""
    pairs = rows.reshape(heads, len(rows) // heads // 2, 2, *rows.shape[1:])
    return pairs.swapaxes(1, 2).reshape(rows.shape)


def released(path: Path, base: Base) -> dict[str, NDArray[Any]]:
    """Read a GGUF adapter: its matrices by the names and in the order of rows peft has.

    Raises: UsageError, when the file is no adapter of projections.
    """
    modules = {name: module for module, name in NAMES.items()}
    arrays = {}
    try:
        held = gguf.GGUFReader(path).tensors
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is no adapter: {error}") from error
    for tensor in held:
        found = _RELEASED.match(tensor.name)
        if found is None or found["name"] not in modules:
            raise UsageError(f"{path} is no adapter of projections: it holds {tensor.name}.")
        module, side = modules[found["name"]], found["side"].upper()
        rows = np.array(tensor.data)
        if side == "B" and base.architecture in _INTERLEAVED:
            kinds = {"q_proj": base.heads, "k_proj": base.key_heads}
            rows = halved(rows, kinds[module]) if module in kinds else rows
        block = "self_attn" if module in _ATTENTION else "mlp"
        place = f"base_model.model.model.layers.{found['layer']}.{block}.{module}"
        arrays[f"{place}.lora_{side}.weight"] = rows
    return arrays


def averaged(arrays: Arrays, other: Arrays) -> dict[str, NDArray[Any]]:
    """Take the mean of two adapters of which one was tuned from the other, in 16 bits as released.

    Source: Wortsman et al. 2022, "Robust fine-tuning of zero-shot models".
    Raises: UsageError, when they are not of the same shape.
    """
    if {name: value.shape for name, value in arrays.items()} != {
        name: value.shape for name, value in other.items()
    }:
        raise UsageError("The two adapters differ in shape, so there is no mean of them.")
    return {name: (_rounded(value) + _rounded(other[name])) / 2 for name, value in arrays.items()}


def _rounded(values: NDArray[Any]) -> NDArray[np.float32]:
    """Round to the 16 bits that are released."""
    return values.astype(np.float16).astype(np.float32)


def tensors(arrays: Arrays, base: Base) -> Iterator[tuple[str, NDArray[np.float16]]]:
    """Yield names and values as llama.cpp has them, in 16 bits, layer by layer.

    Raises: UsageError, for a tensor that no LoRA adapter of projections has.
    """
    renamed = {_renamed(name): value for name, value in arrays.items()}
    for layer, module, side in sorted(renamed):
        rows = renamed[layer, module, side]
        if side == "B" and base.architecture in _INTERLEAVED:
            kinds = {"q_proj": base.heads, "k_proj": base.key_heads}
            rows = interleaved(rows, kinds[module]) if module in kinds else rows
        name = f"blk.{layer}.{NAMES[module]}.weight.lora_{side.lower()}"
        yield name, np.ascontiguousarray(rows, dtype=np.float16)


def _renamed(name: str) -> tuple[int, str, str]:
    found = _TENSOR.search(name)
    if found is None or found["module"] not in NAMES:
        raise UsageError(f"The checkpoint holds {name}, which no adapter for llama.cpp has.")
    return int(found["layer"]), found["module"], found["side"]


def write(path: Path, adapter: Adapter, base: Base) -> None:
    """Write the GGUF file; the same checkpoint gives the same bytes.

    Raises: UsageError, when it would be larger than `MOST_BYTES`.
    """
    held = list(tensors(adapter.arrays, base))
    size = sum(value.nbytes for _, value in held)
    if size > MOST_BYTES:
        raise UsageError(f"The adapter has {size / 1e6:.1f} MB: lower its rank.")
    writer = gguf.GGUFWriter(path, base.architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, adapter.alpha)
    writer.add_license("Apache-2.0")
    writer.add_base_model_count(1)
    writer.add_base_model_name(0, base.name)
    for name, value in held:
        writer.add_tensor(name, value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and write the file."""
    parser = argparse.ArgumentParser(prog="training.export", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="a folder such as RUN/final")
    parser.add_argument("out", type=Path, metavar="OUT.gguf")
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument("--average", type=Path, metavar="RELEASED.gguf", help="mix it in by halves")
    given = parser.parse_args(arguments)
    try:
        base = read_base(ensure(read_catalogue().entry(read_config(given.config).model)))
        adapter = read_adapter(given.checkpoint)
        if given.average is not None:
            mean = averaged(adapter.arrays, released(given.average, base))
            adapter = Adapter(mean, adapter.alpha)
        write(given.out, adapter, base)
    except ExtractError as error:
        parser.exit(error.exit_code, f"training.export: {error}\n")
    digest = hashlib.sha256(given.out.read_bytes()).hexdigest()
    print(f"{given.out}: {given.out.stat().st_size:,} bytes\nsha256 = {digest!r}")


if __name__ == "__main__":
    main()
