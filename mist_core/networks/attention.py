"""Attention over sets: MAB, ISAB and PMA with explicit masks.

Lee et al., "Set Transformer" (2019), with the residual branches normalized before rather than
after the sum, as in Zhang et al., "Set Transformer++" (2022): it trains without warm-up tricks.

Shapes: B sets (leading dimensions), Q queries, K keys, M inducing points or seed vectors,
D = embed_dim. A `key_padding_mask` (B, K) is boolean, True = ignore, and leaves at least one key
of each set; rows that a mask hides still come out of an ISAB (finite, meaningless), so the
next layer gets the same mask.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention


class MAB(nn.Module):
    """Multihead attention block: each query looks at a set, then passes a two-layer perceptron.

    H = query + Attention(LN(query), LN(keys)) and MAB = H + MLP(LN(H)).

    Args:
        embed_dim: width D of queries and keys, a multiple of `num_heads`.
        num_heads: number of attention heads.
        hidden_dim: width of the perceptron; 2 D unless given.
    """

    def __init__(self, embed_dim: int, num_heads: int, hidden_dim: int | None = None):
        super().__init__()
        assert embed_dim % num_heads == 0, (embed_dim, num_heads)
        self.num_heads = num_heads
        self.norm_query = nn.LayerNorm(embed_dim)
        self.norm_key = nn.LayerNorm(embed_dim)
        self.to_query = nn.Linear(embed_dim, embed_dim)
        # No bias: the softmax cancels one on keys, and `output` already has one for values.
        self.to_key_value = nn.Linear(embed_dim, 2 * embed_dim, bias=False)
        self.output = nn.Linear(embed_dim, embed_dim)
        self.mlp = _perceptron(embed_dim, hidden_dim or 2 * embed_dim)

    def forward(
        self, query: Tensor, keys: Tensor, key_padding_mask: Tensor | None = None
    ) -> Tensor:
        """Let queries (B, Q, D) attend to keys (B, K, D); returns (B, Q, D)."""
        q = self._split_heads(self.to_query(self.norm_query(query)))  # (B, heads, Q, D/heads)
        k, v = self.to_key_value(self.norm_key(keys)).chunk(2, dim=-1)
        visible = None if key_padding_mask is None else ~key_padding_mask[..., None, None, :]
        attended = _attend(q, self._split_heads(k), self._split_heads(v), visible)
        hidden = query + self.output(attended.transpose(-3, -2).flatten(-2))  # (B, Q, D)
        return hidden + self.mlp(hidden)

    def _split_heads(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.num_heads, -1)).transpose(-3, -2)


class ISAB(nn.Module):
    """Induced set attention block: MAB(X, MAB(I, X)), permutation-equivariant, cost K M.

    The M learned inducing points I read the set, then the set reads them: memory linear in K.
    """

    def __init__(self, embed_dim: int, num_heads: int, num_inducing: int):
        super().__init__()
        self.read = PMA(embed_dim, num_heads, num_inducing)
        self.write = MAB(embed_dim, num_heads)

    def forward(self, x: Tensor, key_padding_mask: Tensor | None = None) -> Tensor:
        """Map a set (B, K, D) to (B, K, D)."""
        return self.write(x, self.read(x, key_padding_mask))


class PMA(nn.Module):
    """Pooling by multihead attention: MAB(S, X) with M learned seed vectors S.

    Permutation-invariant: any number of keys becomes `num_seeds` vectors.
    """

    def __init__(self, embed_dim: int, num_heads: int, num_seeds: int):
        super().__init__()
        self.seeds = nn.Parameter(torch.randn(num_seeds, embed_dim) / embed_dim**0.5)
        self.block = MAB(embed_dim, num_heads)

    def forward(self, x: Tensor, key_padding_mask: Tensor | None = None) -> Tensor:
        """Pool a set (B, K, D) to (B, M, D)."""
        seeds = self.seeds.expand(*x.shape[:-2], -1, -1)
        return self.block(seeds, x, key_padding_mask)


def _attend(query: Tensor, key: Tensor, value: Tensor, visible: Tensor | None) -> Tensor:
    """Scaled dot-product attention, in float32 on a CPU.

    There the backward pass of the bf16 kernel is the slow one: with 32 keys or 32 queries it
    takes 2 to 5 times as long as the float32 kernel (torch 2.13).
    """
    if not query.is_cpu:
        return scaled_dot_product_attention(query, key, value, attn_mask=visible)
    with torch.autocast("cpu", enabled=False):
        return scaled_dot_product_attention(
            query.float(), key.float(), value.float(), attn_mask=visible
        )


def _perceptron(embed_dim: int, hidden_dim: int) -> nn.Sequential:
    return nn.Sequential(
        nn.LayerNorm(embed_dim),
        nn.Linear(embed_dim, hidden_dim),
        nn.GELU(),
        nn.Linear(hidden_dim, embed_dim),
    )
