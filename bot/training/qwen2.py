"""The layers of a Qwen2 model in PyTorch, from its GGUF file: what llama.cpp computes, with gradients, in
bfloat16 where the processor is quick with it.

The weights are fixed; an adapter of low rank (LoRA, Hu et al. 2021) adds to what a matrix gives. Shapes: b examples of
s tokens, each vector `width` long; keys and values have the shape (b, groups, tokens, size).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

MATRICES = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
BIASED = MATRICES[:3]
# With AVX2 alone PyTorch multiplies in float32 ten times as fast and more.
NUMBERS = torch.bfloat16 if torch.backends.cpu.get_cpu_capability().startswith("AVX512") else torch.float32
KeysValues = tuple[Tensor, Tensor]


@dataclass(frozen=True, slots=True)
class LowRank:
    """The addition to a matrix: `scale` times `back @ down`."""

    down: Tensor  # (rank, in)
    back: Tensor  # (out, rank)
    scale: float
    dropped: float = 0.0  # of what goes in, at random, while it is trained

    def __call__(self, values: Tensor) -> Tensor:
        down, back = self.down.to(values.dtype), self.back.to(values.dtype)
        return self.scale * functional.linear(functional.linear(functional.dropout(values, self.dropped), down), back)


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of the attention of a model."""

    heads: int
    groups: int  # of heads that share keys and values
    size: int  # of a head
    base: float  # of the rotation by a token's place
    epsilon: float


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer's weights."""

    shape: Shape
    matrices: Mapping[str, Tensor]
    biases: Mapping[str, Tensor]
    before_attention: Tensor
    before_feeding: Tensor

    def __call__(
        self,
        hidden: Tensor,
        places: Tensor,
        mask: Tensor,
        before: KeysValues | None = None,
        adapters: Mapping[str, LowRank] | None = None,
    ) -> tuple[Tensor, KeysValues]:
        """The output for the tokens at `places` (b, s), and their keys and values; `before` are those of the tokens
        read earlier, and `mask` (b or 1, 1, s, earlier + s) is true where one token sees another."""
        count, length, _ = hidden.shape
        own, added = self.shape, adapters or {}

        def through(name: str, values: Tensor) -> Tensor:
            given = functional.linear(values, self.matrices[name])
            if name in added:
                given = given + added[name](values)
            return given + self.biases[name].to(given.dtype) if name in self.biases else given

        def split(values: Tensor, heads: int) -> Tensor:
            return values.view(count, length, heads, own.size).transpose(1, 2)

        values = _normed(hidden, self.before_attention, own.epsilon)
        asks = _rotated(split(through("attn_q", values), own.heads), places, own)
        new = (
            _rotated(split(through("attn_k", values), own.groups), places, own),
            split(through("attn_v", values), own.groups),
        )
        keys, kept = (torch.cat(pair, 2) for pair in zip(before, new, strict=True)) if before else new
        seen = functional.scaled_dot_product_attention(asks, keys, kept, attn_mask=mask, enable_gqa=True)
        hidden = hidden + through("attn_output", seen.transpose(1, 2).reshape(count, length, -1)).float()
        values = _normed(hidden, self.before_feeding, own.epsilon)
        fed = functional.silu(through("ffn_gate", values)) * through("ffn_up", values)
        return hidden + through("ffn_down", fed).float(), new


@dataclass(frozen=True, slots=True)
class Layers:
    """A model up to some layer, and what makes words of the output of its last one."""

    embedding: Tensor
    layers: tuple[Layer, ...]
    after: Tensor
    output: Tensor

    def embed(self, tokens: Sequence[int]) -> Tensor:
        """(1, s, width)"""
        return functional.embedding(torch.tensor([tokens]), self.embedding).float()

    def logits(self, hidden: Tensor) -> Tensor:
        """The logits of every token of the vocabulary, after the output (n, width) of the last layer."""
        values = _normed(hidden, self.after, self.layers[0].shape.epsilon)
        return functional.linear(values, self.output).float()


def load(path: Path, count: int) -> Layers:
    """The first `count` layers of the file."""
    from gguf import GGUFReader
    from gguf.quants import dequantize

    reader = GGUFReader(path)
    tensors = {each.name: each for each in reader.tensors}

    def field(name: str) -> Any:
        return reader.fields[f"qwen2.{name}"].contents()

    def tensor(name: str) -> Tensor:
        found = tensors[name]
        return torch.from_numpy(dequantize(found.data, found.tensor_type).copy())

    heads = field("attention.head_count")
    shape = Shape(
        heads=heads,
        groups=field("attention.head_count_kv"),
        size=field("embedding_length") // heads,
        base=field("rope.freq_base"),
        epsilon=field("attention.layer_norm_rms_epsilon"),
    )

    def layers() -> Iterator[Layer]:
        for at in (f"blk.{place}." for place in range(count)):
            yield Layer(
                shape,
                {name: tensor(f"{at}{name}.weight").to(NUMBERS) for name in MATRICES},
                {name: tensor(f"{at}{name}.bias") for name in BIASED},
                tensor(f"{at}attn_norm.weight"),
                tensor(f"{at}ffn_norm.weight"),
            )

    embedding = tensor("token_embd.weight").to(NUMBERS)
    output = tensor("output.weight").to(NUMBERS) if "output.weight" in tensors else embedding
    return Layers(embedding, tuple(layers()), tensor("output_norm.weight"), output)


def backwards(earlier: int, length: int) -> Tensor:
    """The mask of `length` tokens that each see all `earlier` ones, and of their own those up to themselves."""
    own = torch.tril(torch.ones(length, length, dtype=torch.bool))
    return torch.cat([torch.ones(length, earlier, dtype=torch.bool), own], 1)[None, None]


def _normed(values: Tensor, weights: Tensor, epsilon: float) -> Tensor:
    return (values * torch.rsqrt(values.pow(2).mean(-1, keepdim=True) + epsilon) * weights).to(NUMBERS)


def _rotated(values: Tensor, places: Tensor, shape: Shape) -> Tensor:
    """Rotary embedding (Su et al. 2021), of the first half of a vector with its second half."""
    half = shape.size // 2
    angles = places[:, None, :, None].float() / shape.base ** (torch.arange(half).float() / half)
    cosine, sine = angles.cos().repeat(1, 1, 1, 2), angles.sin().repeat(1, 1, 1, 2)
    first, second = values.float().split(half, dim=-1)
    return (torch.cat([first, second], -1) * cosine + torch.cat([-second, first], -1) * sine).to(NUMBERS)
