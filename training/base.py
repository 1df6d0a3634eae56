"""The base model with a fresh adapter on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from training.config import Config
from training.packing import Tokenizer


@dataclass(frozen=True)
class Tuned:
    """A model whose adapter is tuned while its base stays as it is."""

    model: Any
    """A peft model."""
    tokenize: Tokenizer
    padding: int
    """The token that fills up a batch."""

    @property
    def parameters(self) -> list[torch.Tensor]:
        """The adapter's matrices, in the model's order."""
        return [each for each in self.model.parameters() if each.requires_grad]


def load(weights: Path, config: Config, device: torch.device) -> Tuned:
    """Dequantise the base weights, a GGUF file, and put an adapter on them that changes nothing.

    The adapter is kept in 32 bits; the base in 32 on a processor, in 16 on a GPU.
    """
    torch.manual_seed(config.seed)
    folder, file = str(weights.parent), weights.name
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file)
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    base = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=dtype).to(device)
    base.config.use_cache = False
    return Tuned(
        model=with_adapter(base, config),
        tokenize=lambda text: list(tokenizer(text, add_special_tokens=False).input_ids),
        padding=tokenizer.pad_token_id or 0,
    )


def with_adapter(base: Any, config: Config) -> Any:
    """Put a LoRA adapter on a model. Source: Hu et al. 2021, "LoRA"."""
    shape = config.adapter
    lora = LoraConfig(
        r=shape.rank,
        lora_alpha=shape.alpha,
        lora_dropout=0.0,
        target_modules=list(shape.targets),
        task_type="CAUSAL_LM",
    )
    model = get_peft_model(base, lora)
    for each in model.parameters():
        if each.requires_grad:
            each.data = each.data.float()
    return model
