"""What an embedded model runs on: its base weights with the adapter added into them.

llama.cpp could apply the adapter as it goes, with further products in every projection for every
token; added in once, it costs nothing. The result is kept in the cache beside the base.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.errors import WeightsError
from extractor.llm.catalogue import Entry
from extractor.llm.locks import held
from extractor.llm.transfer import Advance, shown
from extractor.llm.weights import adapter_path, ensure, is_sound, location, unstorable, workplace

if TYPE_CHECKING:
    from gguf import GGUFReader, GGUFWriter, ReaderTensor
    from numpy.typing import NDArray

FORM = "Q8_0"
"""How the changed tensors are written: 8.5 bits a weight, near to what 16 bits would give."""


def tuned_location(entry: Entry) -> Path:
    """Return where the file a model runs on is, or would be."""
    base = location(entry)
    if entry.adapter is None:
        return base
    return base.with_name(f"{base.stem}-{entry.adapter.sha256[:12]}-{FORM}.gguf")


def ensure_tuned(entry: Entry) -> Path:
    """Return the verified file a model runs on, making it when it is missing or damaged.

    Raises: WeightsError, when the base cannot be had or the file cannot be stored.
    """
    adapter = adapter_path(entry)
    if adapter is None:
        return ensure(entry)
    path = tuned_location(entry)
    if _is_whole(path):
        return path
    base = ensure(entry)
    try:
        with held(path.with_name(path.name + ".lock")):
            if not _is_whole(path):  # another process may have made it meanwhile
                _make(entry, base, adapter, path)
    except OSError as error:
        raise unstorable(entry, path, error) from error
    return path


def remove_tuned(entry: Entry) -> None:
    """Delete what was made of a model's base and adapters, earlier ones too."""
    base = location(entry)
    for path in base.parent.glob(f"{base.stem}-*-{FORM}.gguf*"):
        path.unlink(missing_ok=True)


def _digest_of(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _is_whole(path: Path) -> bool:
    noted = _digest_of(path)
    return noted.is_file() and is_sound(path, noted.read_text(encoding="ascii"))


def _make(entry: Entry, base: Path, adapter: Path, path: Path) -> None:
    """Write the file and its hash, each in place only when it is whole."""
    with workplace(path.parent) as folder:
        part, digest = folder / "file", folder / "sha256"
        with shown(f"Preparing {entry.name}", base.stat().st_size) as advance:
            merge(base, adapter, part, advance)
        with part.open("rb") as file:
            digest.write_text(hashlib.file_digest(file, "sha256").hexdigest(), encoding="ascii")
        part.replace(path)
        digest.replace(_digest_of(path))


def merge(base: Path, adapter: Path, out: Path, advance: Advance = lambda _: None) -> None:
    """Write the GGUF file of `base` plus the LoRA `adapter`; `advance` is told the bytes read.

    Raises: WeightsError, when the adapter does not fit the base.
    """
    import gguf  # late, as numpy below: only the first use of a model needs them

    weights, changes = gguf.GGUFReader(base), gguf.GGUFReader(adapter)
    writer = gguf.GGUFWriter(out, str(weights.fields["general.architecture"].contents()))
    _copy_head(weights, writer)
    scale = float(changes.fields["adapter.lora.alpha"].contents())
    matrices = {tensor.name: tensor for tensor in changes.tensors}
    form, done = gguf.GGMLQuantizationType[FORM], 0
    for tensor in weights.tensors:
        down, up = (matrices.pop(f"{tensor.name}.lora_{side}", None) for side in "ab")
        if down is None or up is None:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
        else:
            summed = _values(tensor) + scale / len(down.data) * (_values(up) @ _values(down))
            writer.add_tensor(tensor.name, gguf.quants.quantize(summed, form), raw_dtype=form)
        done += int(tensor.n_bytes)
        advance(done)
    if matrices:
        raise WeightsError(f"The adapter {adapter} is for another model: it has {min(matrices)}.")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _copy_head(weights: GGUFReader, writer: GGUFWriter) -> None:
    """Copy the description of the model, tokens included."""
    from gguf import GGUFValueType

    for field in weights.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue  # the writer gives these itself
        kind = field.types[0]
        inner = field.types[-1] if kind == GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)


def _values(tensor: ReaderTensor) -> NDArray[Any]:
    from gguf.quants import dequantize

    values: NDArray[Any] = dequantize(tensor.data, tensor.tensor_type).astype("float32")
    return values
