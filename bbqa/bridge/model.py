"""The bridges: a frozen vector of a head, and what is asked of it, become a point in text space.

All three compute ``h' = P(h) + f(P(h), head type, relation, tail type)``, where P is a linear
projection without bias, one for each type of input, and the identity for what is text already:

    Linear       f is a translation that depends on types and relation alone
    MLP          f is a perceptron over the four, end to end
    Transformer  f is the paper's: a transformer over the four as tokens, its first one read out

Types and relations enter as the text encoder's vectors of their names, through a learned linear
map, so that a type or relation that was not trained on can be asked for by name.

Sizes: B heads, D numbers in a text vector, W width inside.

Source: Wang et al. 2024, arXiv:2310.03320, section 3 and appendix; the paper looks types and
relations up in a table, which leaves nothing to say of new ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from bbqa.bridge.settings import Kind
from bbqa.bridge.triples import INPUTS, Link
from bbqa.schema import NodeType

HEADS: Final = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """What a bridge looks like.

    Attributes:
        kind: Which of the three.
        inputs: Numbers in a vector of each type of input.
        dimension: Numbers in a text vector, D.
        width: Numbers in a hidden layer (MLP) or token (transformer), W.
        layers: Hidden layers (MLP, at least 1) or blocks (transformer; 6 in the paper).
        dropout: Share of hidden numbers left out in training.
    """

    kind: Kind
    inputs: Mapping[NodeType, int]
    dimension: int = 384
    width: int = 1024
    layers: int = 2
    dropout: float = 0.2


class Bridge(nn.Module):
    """A bridge; ``forward`` gives unit vectors whose cosine with a tail's text is its score.

    Args:
        shape: What it looks like.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.project = nn.ModuleDict(
            {
                _key(node_type): nn.Linear(size, shape.dimension, bias=False)
                for node_type, size in sorted(shape.inputs.items())
            }
        )
        self.residual = _RESIDUALS[shape.kind](shape)

    def forward(self, heads: Tensor, link: Link, words: Tensor) -> Tensor:
        """Where heads of one type point to, unit vectors [B, D].

        Args:
            heads: Vectors of the heads, standardised, [B, D of the head's type].
            link: What is asked of them.
            words: Text vectors of head type, relation and tail type, [3, D].
        """
        projected = heads
        if link.head in INPUTS:
            projected = self.project[_key(link.head)](heads)
        return nn.functional.normalize(projected + self.residual(projected, words), dim=1)

    @property
    def parameters_count(self) -> int:
        """How many numbers are learned."""
        return sum(parameter.numel() for parameter in self.parameters())


class Translation(nn.Module):
    """f of the linear bridge: the same for every head, [1, D]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.context = nn.Linear(3 * shape.dimension, shape.dimension)

    def forward(self, _projected: Tensor, words: Tensor) -> Tensor:
        """The translation for what is asked."""
        moved: Tensor = self.context(words.reshape(1, -1))
        return moved


class Perceptron(nn.Module):
    """f of the MLP bridge: hidden layers over the projected head and what is asked, [B, D]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(shape.dimension)
        self.first = nn.Linear(shape.dimension, shape.width)
        self.context = nn.Linear(3 * shape.dimension, shape.width, bias=False)
        self.hidden = nn.ModuleList(
            nn.Linear(shape.width, shape.width) for _ in range(shape.layers - 1)
        )
        self.last = nn.Linear(shape.width, shape.dimension)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, projected: Tensor, words: Tensor) -> Tensor:
        """What is added to the projected heads."""
        state = self.first(self.norm(projected)) + self.context(words.reshape(1, -1))
        state = self.dropout(nn.functional.gelu(state))
        for layer in self.hidden:
            state = self.dropout(nn.functional.gelu(layer(state)))
        added: Tensor = self.last(state)
        return added


class Attention(nn.Module):
    """f of the paper's bridge: four tokens through a transformer, the head's read out, [B, D]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.into = nn.Linear(shape.dimension, shape.width)
        self.words = nn.Linear(shape.dimension, shape.width)
        self.places = nn.Parameter(torch.zeros(4, shape.width))
        block = nn.TransformerEncoderLayer(
            shape.width,
            HEADS,
            dim_feedforward=4 * shape.width,
            dropout=shape.dropout,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.blocks = nn.TransformerEncoder(block, shape.layers, enable_nested_tensor=False)
        self.out = nn.Linear(shape.width, shape.dimension)

    def forward(self, projected: Tensor, words: Tensor) -> Tensor:
        """What is added to the projected heads."""
        head = self.into(projected)[:, None]
        asked = self.words(words)[None].expand(len(projected), -1, -1)
        tokens = torch.cat([head, asked], dim=1) + self.places
        added: Tensor = self.out(self.blocks(tokens)[:, 0])
        return added


_RESIDUALS: Final[Mapping[Kind, type[nn.Module]]] = {
    "linear": Translation,
    "mlp": Perceptron,
    "transformer": Attention,
}


def _key(node_type: NodeType) -> str:
    """A name that PyTorch takes for a part: without a slash."""
    return node_type.name.lower()
