"""Forward and backward passes written by hand where a processor gains by it.

Nothing is padded, the gradient of the frozen weights is never made, and the softmax over the
vocabulary is done in blocks. Each class is one differentiable operation.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

_ROWS = 128
"""Rows of the vocabulary's softmax that are in memory at once."""


class Projection(torch.autograd.Function):
    """y = x · Eᵀ for the folded weights E = W + s·B·A of projections that read the same x.

    Gradients go to x and to the A and B of every projection, none to W.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, folded: Tensor, scale: float, widths: list[int], *ab: Tensor
    ) -> Tensor:
        """Take x (n, in), E (sum of widths, in), all A (rank, in), then all B (width, rank)."""
        ctx.scale, ctx.widths = scale, widths
        ctx.save_for_backward(x, folded, *ab)
        return x @ folded.t()

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor | None, ...]:
        """Return the gradients in the order of the arguments."""
        x, folded, *ab = ctx.saved_tensors
        downs, ups = ab[: len(ab) // 2], ab[len(ab) // 2 :]
        rank, dy = downs[0].shape[0], dy.contiguous()
        dx = dy @ folded if ctx.needs_input_grad[0] else None
        inner = (x @ torch.cat(downs).to(x.dtype).t()).split(rank, 1)
        parts = dy.split(ctx.widths, 1)
        d_ups = [ctx.scale * (d.t() @ i).float() for d, i in zip(parts, inner, strict=True)]
        back = torch.cat([d @ up.to(x.dtype) for d, up in zip(parts, ups, strict=True)], 1)
        d_downs = (ctx.scale * (back.t() @ x).float()).split(rank)
        return (dx, None, None, None, *d_downs, *d_ups)


class Attention(torch.autograd.Function):
    """Attention of the last n of m positions: to all before them, and causally to each other.

    q is (groups, heads of a group, n, width), k and v are (groups, m, width). On a processor plain
    products beat the fused kernel.
    """

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Return what is attended to, in the shape of q."""
        groups, heads, n, width = q.shape
        m = k.shape[1]
        q = (q * width**-0.5).reshape(groups, heads * n, width)
        k, v = k.contiguous(), v.contiguous()
        scores = torch.bmm(q, k.transpose(1, 2)).view(groups, heads, n, m)
        scores[..., m - n :] += torch.full((n, n), float("-inf"), dtype=q.dtype).triu_(1)
        weights = torch.softmax(scores, -1).view(groups, heads * n, m)
        ctx.save_for_backward(q, k, v, weights)
        return torch.bmm(weights, v).view(groups, heads, n, width)

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the gradients of q, k and v."""
        q, k, v, weights = ctx.saved_tensors
        shape, width = dy.shape, dy.shape[-1]
        dy = dy.reshape(q.shape)
        d_weights = torch.bmm(dy, v.transpose(1, 2))
        d_scores = torch._softmax_backward_data(d_weights, weights, -1, weights.dtype)  # noqa: SLF001
        dq = (torch.bmm(d_scores, k) * width**-0.5).view(shape)
        return dq, torch.bmm(d_scores.transpose(1, 2), q), torch.bmm(weights.transpose(1, 2), dy)


class CrossEntropy(torch.autograd.Function):
    """Mean cross entropy of the rows of h (n, in) against targets (n), over the vocabulary.

    The gradient is made on the way, so that no logits are kept.
    """

    @staticmethod
    def forward(ctx: Any, h: Tensor, vocabulary: Tensor, targets: Tensor) -> Tensor:
        """Return the mean, in 32 bits; `vocabulary` is (tokens, in)."""
        gradient, total = torch.empty_like(h), torch.zeros(())
        for start in range(0, len(h), _ROWS):
            rows, wanted = slice(start, start + _ROWS), targets[start : start + _ROWS, None]
            logs = torch.log_softmax(h[rows] @ vocabulary.t(), 1, dtype=torch.float32)
            total -= logs.gather(1, wanted).sum()
            errors = logs.exp_().scatter_add_(1, wanted, -torch.ones(wanted.shape))
            gradient[rows] = errors.to(h.dtype) @ vocabulary
        ctx.save_for_backward((gradient.float() / len(h)).to(h.dtype))
        return total / len(h)

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor, None, None]:
        """Return the gradient of h."""
        (gradient,) = ctx.saved_tensors
        return gradient * dy.to(gradient.dtype), None, None


def normed(x: Tensor, weight: Tensor, epsilon: float, dtype: torch.dtype) -> Tensor:
    """Scale to a root mean square of 1. Source: Zhang and Sennrich 2019."""
    scale = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + epsilon)
    return (x * scale * weight).to(dtype)


def gated(x: Tensor) -> Tensor:
    """Multiply the second half by the SiLU of the first. Source: Shazeer 2020, "SwiGLU"."""
    gate, up = x.chunk(2, 1)
    return functional.silu(gate) * up


def rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn by position, halves as pairs. Source: Su et al. 2021, "RoFormer"."""
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat((-second, first), -1) * sin
