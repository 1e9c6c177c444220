"""Two-dimensional attention over (row, column) tokens: what the statistics may have missed.

Tokens are the leading canonical coordinates of both sides on a seeded subsample of the rows. Both
sides share all weights and meet only in symmetric ways, so exchanging X and Y changes nothing.
Letters: B datasets, R rows, C coordinates a side, E = embed_dim.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from mist_core.networks.attention import ISAB, PMA
from mist_core.statistics.canonical import COORDINATES

# Widened by powers, a value's embedding is no longer linear in it.
VALUE_FEATURES = 6
STATISTICS = 4


def tokens(a: Tensor, b: Tensor, *, rows: int) -> dict[str, Tensor]:
    """Padded coordinates and lengths.

    Args:
        a: (B, r, k) and b: (B, r, l) canonical coordinates, rows in hash order.
        rows: rows kept, R = min(r, rows).

    Returns:
        values (B, R, 2, C), zero-padded, half precision to keep training pools small; and lengths
        rows (B,) and columns (B, 2).
    """
    sides = [functional.pad(c[:, :rows], (0, COORDINATES - c.shape[-1])) for c in (a, b)]
    values = torch.stack(sides, -2)
    count = values.shape[0]
    columns = torch.tensor([a.shape[-1], b.shape[-1]], device=a.device).expand(count, 2)
    length = torch.full((count,), values.shape[1], device=a.device)
    return {"values": values.clamp(-30, 30).half(), "rows": length, "columns": columns}


def collate_tokens(parts: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Concatenate `tokens` of different row counts, padding the rows."""
    most = max(part["values"].shape[1] for part in parts)
    values = [
        functional.pad(part["values"], (0, 0, 0, 0, 0, most - part["values"].shape[1]))
        for part in parts
    ]
    lengths = {name: torch.cat([part[name] for part in parts]) for name in ("rows", "columns")}
    return {"values": torch.cat(values), **lengths}


class SetEncoder(nn.Module):
    """Embedding of each value, attention along a row's columns, then attention across rows.

    A token carries its value, and an embedding of its column made from the column's place in the
    canonical order and the column's own statistics. Learned queries pool the columns of each side;
    the sides of a row meet as sum and product; ISAB and PMA work across rows.
    """

    def __init__(self, embed_dim: int) -> None:
        super().__init__()
        self.output_dim = 4 * embed_dim
        self.value = nn.Linear(VALUE_FEATURES, embed_dim)
        self.column = nn.Linear(STATISTICS, embed_dim)
        self.place = nn.Parameter(0.1 * torch.randn(COORDINATES, embed_dim))
        self.pool = ColumnPool(embed_dim, num_heads=4)
        self.row = nn.Linear(2 * embed_dim, 2 * embed_dim)
        self.across_rows = ISAB(2 * embed_dim, num_heads=2, num_inducing=16)
        self.summary = PMA(2 * embed_dim, num_heads=2, num_seeds=2)

    def forward(self, inputs: dict[str, Tensor]) -> Tensor:
        """(B, 4E) one vector a dataset; `inputs` as `collate_tokens` gives them."""
        values = inputs["values"].float().permute(0, 2, 1, 3)  # (B, 2, R, C)
        no_row, no_column = _masks(inputs, values.shape[2])  # (B, R), (B, 2, C)
        embedded = self._embed(values, no_row, no_column)  # (B, 2, R, C, E)
        sides = self.pool(embedded, no_column.unsqueeze(2))  # (B, 2, R, E)
        met = torch.cat([sides.sum(1), sides[:, 0] * sides[:, 1]], -1)  # (B, R, 2E), symmetric
        rows = self.across_rows(self.row(met), no_row)  # (B, R, 2E)
        return self.summary(rows, no_row).flatten(-2)  # (B, 4E)

    def _embed(self, values: Tensor, no_row: Tensor, no_column: Tensor) -> Tensor:
        bounded = values.clamp(-6, 6)
        waves = [torch.tanh(values), values / (1 + values.abs())]
        powers = [bounded / 2, bounded.square() / 8, torch.sin(2 * bounded), torch.cos(2 * bounded)]
        column = self.column(_column_statistics(values, no_row)) + self.place  # (B, 2, C, E)
        return functional.gelu(self.value(torch.stack(powers + waves, -1)) + column.unsqueeze(2))


class ColumnPool(nn.Module):
    """Multihead attention of one learned query a head over the few columns of a side.

    A row has at most COORDINATES of them: scores and weighted sums are elementwise arithmetic.
    """

    def __init__(self, embed_dim: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.score = nn.Linear(embed_dim, num_heads)
        self.to_value = nn.Linear(embed_dim, embed_dim)

    def forward(self, x: Tensor, key_padding_mask: Tensor) -> Tensor:
        """Pool (..., C, E) to (..., E); the mask (..., C) is True where a column is missing."""
        scores = self.score(x).masked_fill(key_padding_mask.unsqueeze(-1), -torch.inf)
        weights = scores.float().softmax(-2).to(x)  # (..., C, heads)
        values = self.to_value(x).unflatten(-1, (self.num_heads, -1))  # (..., C, heads, E / heads)
        return (weights.unsqueeze(-1) * values).sum(-3).flatten(-2)


def _masks(inputs: dict[str, Tensor], rows: int) -> tuple[Tensor, Tensor]:
    """True = ignore: rows (B, R) and columns of each side (B, 2, C)."""
    device = inputs["values"].device
    no_row = torch.arange(rows, device=device) >= inputs["rows"].unsqueeze(-1)
    no_column = torch.arange(COORDINATES, device=device) >= inputs["columns"].unsqueeze(-1)
    return no_row, no_column


def _column_statistics(values: Tensor, no_row: Tensor) -> Tensor:
    """(B, 2, C, STATISTICS) a column's third and fourth moment and its correlations across."""
    seen = (~no_row).float()[:, None, :, None]  # (B, 1, R, 1)
    share = seen / seen.sum(2, keepdim=True)
    bounded = values.clamp(-4, 4) * seen
    cross = torch.einsum("bri,brj->bij", bounded[:, 0] * share[:, 0], bounded[:, 1])  # (B, C, C)
    moments = [(bounded.pow(k) * share).sum(2) for k in (3, 4)]  # (B, 2, C)
    own = torch.stack([cross.diagonal(dim1=-2, dim2=-1)] * 2, 1)
    best = torch.stack([cross.abs().amax(-1), cross.abs().amax(-2)], 1)
    return torch.stack([moments[0], moments[1] / 3 - 1, own, best], -1)
