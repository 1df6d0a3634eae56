"""A Llama or Qwen2 model with an adapter on a processor: packs in one row of tokens, no padding.

The adapter is folded into the weights once a step, and every group of projections that read the
same input is one product. Attention keeps the branches of a pack apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from training.operations import Attention, CrossEntropy, Projection, gated, normed, rotated
from training.packing import Pack


class _Group:
    """Projections that read the same input."""

    def __init__(self, modules: Sequence[Any], dtype: torch.dtype) -> None:
        self._bases = [module.base_layer.weight.detach() for module in modules]
        self._downs = [module.lora_A["default"].weight for module in modules]
        self._ups = [module.lora_B["default"].weight for module in modules]
        self._scale = modules[0].scaling["default"]
        self._widths = [base.shape[0] for base in self._bases]
        self._folded = torch.empty(sum(self._widths), self._bases[0].shape[1], dtype=dtype)
        biases = [module.base_layer.bias for module in modules]
        self._bias = None if None in biases else torch.cat(biases).detach().to(dtype)

    def own(self, copies: dict[int, Tensor]) -> None:
        """Use copies of the adapter's matrices, and note them by the ids of the originals."""
        for matrices in (self._downs, self._ups):
            own = [matrix.detach().clone().requires_grad_() for matrix in matrices]
            copies.update((id(old), new) for old, new in zip(matrices, own, strict=True))
            matrices[:] = own

    def fold(self) -> None:
        """Add the adapter, as it is now, to the weights."""
        places = self._folded.split(self._widths)
        for place, base, down, up in zip(places, self._bases, self._downs, self._ups, strict=True):
            place.copy_(torch.addmm(base.float(), up, down, alpha=self._scale))

    def __call__(self, x: Tensor) -> Tensor:
        """Project x (n, in) to (n, sum of widths)."""
        projected: Tensor = Projection.apply(
            x, self._folded, self._scale, self._widths, *self._downs, *self._ups
        )
        return projected if self._bias is None else projected + self._bias


@dataclass(frozen=True)
class _Layer:
    heads: _Group
    """Queries, keys and values."""
    joined: _Group
    gates: _Group
    down: _Group
    before_attention: Tensor
    before_gates: Tensor

    @property
    def groups(self) -> tuple[_Group, ...]:
        return (self.heads, self.joined, self.gates, self.down)


def _layer(layer: Any, dtype: torch.dtype) -> _Layer:
    attention, gates = layer.self_attn, layer.mlp
    return _Layer(
        heads=_Group((attention.q_proj, attention.k_proj, attention.v_proj), dtype),
        joined=_Group((attention.o_proj,), dtype),
        gates=_Group((gates.gate_proj, gates.up_proj), dtype),
        down=_Group((gates.down_proj,), dtype),
        before_attention=layer.input_layernorm.weight.detach().float(),
        before_gates=layer.post_attention_layernorm.weight.detach().float(),
    )


@dataclass(frozen=True)
class _Row:
    """Packs one after the other: a prefix, then its branches, then the next prefix."""

    tokens: Tensor
    positions: Tensor
    """From 0 in each prefix; every branch goes on where its prefix ends."""
    predicting: Tensor
    """Where the tokens stand that predict the targets."""
    targets: Tensor
    lengths: list[list[int]]
    """Per pack: of its prefix, then of its branches."""


def _row(packs: Iterable[Pack]) -> _Row:
    tokens: list[int] = []
    positions: list[int] = []
    predicting: list[int] = []
    lengths = []
    for pack in packs:
        begun = len(pack.prefix)
        tokens += pack.prefix
        positions += range(begun)
        for branch in pack.branches:
            first = len(tokens) + len(branch.question) - 1
            predicting += range(first, first + len(branch.answer))
            tokens += branch.tokens
            positions += range(begun, begun + len(branch.tokens))
        lengths.append([begun, *(len(branch.tokens) for branch in pack.branches)])
    row = torch.tensor(tokens)
    where = torch.tensor(predicting)
    return _Row(row, torch.tensor(positions), where, row[where + 1], lengths)


class Kernel:
    """The model, with its own copy of the adapter: one for each thread."""

    def __init__(self, model: Any, dtype: torch.dtype = torch.bfloat16) -> None:
        base = model.get_base_model()
        shape = base.config
        self._dtype, self._epsilon = dtype, shape.rms_norm_eps
        self._kinds = shape.num_attention_heads, shape.num_key_value_heads
        self._width = base.model.layers[0].self_attn.head_dim
        self._embedding = base.model.embed_tokens.weight.detach()
        self._vocabulary = base.lm_head.weight.detach().to(dtype)
        self._last_norm = base.model.norm.weight.detach().float()
        self._turns = base.model.rotary_emb
        self._layers = [_layer(layer, dtype) for layer in base.model.layers]
        copies: dict[int, Tensor] = {}
        for group in self._groups():
            group.own(copies)
        self.parameters = [copies[id(old)] for old in model.parameters() if old.requires_grad]
        """The copy, in the model's order."""

    def _groups(self) -> Iterable[_Group]:
        return chain.from_iterable(layer.groups for layer in self._layers)

    def fold(self) -> None:
        """Let the adapter's present values count."""
        with torch.no_grad():
            for group in self._groups():
                group.fold()

    def loss(self, packs: Iterable[Pack]) -> Tensor:
        """Return the mean cross entropy of all answer tokens."""
        row = _row(packs)
        x = functional.embedding(row.tokens, self._embedding).float()
        turned = self._turns(x[None], row.positions[None])
        cos, sin = (angle[0][:, None].to(self._dtype) for angle in turned)
        for layer in self._layers:
            read = self._heads(layer, x, cos, sin)
            x = x + layer.joined(self._attended(*read, row.lengths))
            x = x + layer.down(gated(layer.gates(self._normed(x, layer.before_gates))))
        said = self._normed(x[row.predicting], self._last_norm)
        loss: Tensor = CrossEntropy.apply(said, self._vocabulary, row.targets)
        return loss

    def _normed(self, x: Tensor, weight: Tensor) -> Tensor:
        return normed(x, weight, self._epsilon, self._dtype)

    def _heads(
        self, layer: _Layer, x: Tensor, cos: Tensor, sin: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return queries (n, heads, width), keys and values (n, groups, width), turned."""
        heads, groups = self._kinds
        projected = layer.heads(self._normed(x, layer.before_attention))
        both = projected.view(len(x), heads + 2 * groups, self._width)
        q, k, v = both.split((heads, groups, groups), 1)
        return rotated(q, cos, sin), rotated(k, cos, sin), v

    def _attended(self, q: Tensor, k: Tensor, v: Tensor, lengths: list[list[int]]) -> Tensor:
        """Attend in every prefix, and in every branch to its prefix and itself; (n, all heads)."""
        pieces = list(chain.from_iterable(lengths))
        parts = zip(q.split(pieces), k.split(pieces), v.split(pieces), strict=True)
        found = []
        for pack in lengths:
            queries, keys, values = next(parts)
            found.append(self._attend(queries, keys, values))
            for _ in pack[1:]:
                asked, key, value = next(parts)
                found.append(
                    self._attend(asked, torch.cat((keys, key)), torch.cat((values, value)))
                )
        return torch.cat(found).reshape(len(q), -1)

    def _attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Attend from the last positions; returns (n, groups, heads of a group, width)."""
        groups = self._kinds[1]
        by_group = q.view(len(q), groups, -1, self._width).permute(1, 2, 0, 3)
        found: Tensor = Attention.apply(by_group, k.transpose(0, 1), v.transpose(0, 1))
        return found.permute(2, 0, 1, 3)
