"""Two discrete sides, and how classes become columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.numerics.parameters import as_tensor, require, require_dim
from mist_core.distributions.numerics.randomness import coin, dirichlet, log_uniform
from mist_core.errors import ParameterError

if TYPE_CHECKING:
    from mist_core.distributions.numerics.randomness import Source

# Class k of K as the number k, as K columns with a one in place k, or as a uniform on (k, k + 1).
ENCODINGS = ("codes", "onehot", "uniform")


class Contingency(Law):
    """Two discrete sides with a joint probability table; I = sum p ln(p / (p_x p_y)), exact.

    Args:
        table: shape (*batch, K, L), not negative, scaled to sum to 1.
        encoding_x: "codes" (one column 0..K-1), "onehot" (K columns), or "uniform" (one column,
            uniform on (k, k + 1) in class k, which says no more: both sides uniform are a
            checkerboard density).
        encoding_y: the same for Y and its L classes.

    Raises:
        ParameterError: a table that is no table of weights, or an unknown encoding.
    """

    def __init__(self, table: Tensor, encoding_x: str = "codes", encoding_y: str = "codes") -> None:
        table = as_tensor(table, "table")
        if table.ndim < 2:
            raise ParameterError(f"table must have shape (*batch, K, L); got {tuple(table.shape)}.")
        require((table >= 0) & table.isfinite(), table, "table must not be negative or infinite")
        total = table.sum((-2, -1))
        require(total > 0, total, "table must have a positive sum")
        self.table = table / total[..., None, None]
        self.batch_shape, self.device = table.shape[:-2], table.device
        self.encoding_x, self.encoding_y = encoding_x, encoding_y
        self.dim_x = encoded_dim(table.shape[-2], encoding_x)
        self.dim_y = encoded_dim(table.shape[-1], encoding_y)

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        rows, columns = self.table.shape[-2:]
        n = require_dim(n_samples, "n_samples")
        cell = draw_classes(self.table.flatten(-2), n, generator)  # (*batch, n)
        x = encode(cell // columns, rows, self.encoding_x, generator, dtype)
        return x, encode(cell % columns, columns, self.encoding_y, generator, dtype)

    def mutual_information(self):
        return torch.xlogy(self.table, self._ratio()).sum((-2, -1)).clamp_min(0)

    def pointwise_mutual_information(self, x, y):
        cell = decode(x, self.encoding_x) * self.table.shape[-1] + decode(y, self.encoding_y)
        return self._ratio().log().flatten(-2).gather(-1, cell)

    def _ratio(self) -> Tensor:
        """p / (p_x p_y), shape (*batch, K, L); 1 where a margin is 0."""
        product = self.table.sum(-1, keepdim=True) * self.table.sum(-2, keepdim=True)
        return torch.where(product > 0, self.table / product.where(product > 0, 1.0), 1.0)


def random_contingencies(
    count: int,
    source: Source,
    rows: int,
    columns: int,
    encoding_x: str = "codes",
    encoding_y: str = "codes",
) -> Contingency:
    """Tables from near-independent to near-deterministic, with unequal margins.

    Half of them have rows without order, Dirichlet with a mean concentration of 0.01 to 2 a column;
    in the others both codes follow a common scale, with a band of random width.

    Args:
        count: laws in the batch.
        source: of all randomness.
        rows, columns: classes of X and of Y.
        encoding_x, encoding_y: as for `Contingency`.
    """
    base = dirichlet(source, log_uniform(source, 0.5, 20, count, 1).expand(count, columns))
    concentration = log_uniform(source, 0.01, 2, count, 1) * columns * base + 0.01
    given = dirichlet(source, concentration[:, None].expand(count, rows, columns))  # p(y | x)
    given = torch.where(coin(source, 0.5, count, 1, 1), given, _bands(count, source, rows, columns))
    margin = dirichlet(source, log_uniform(source, 0.5, 20, count, 1).expand(count, rows))
    alike = (margin[..., None] * given).sum(-2, keepdim=True)
    mixing = source.uniform(0, 1, count, 1, 1).pow(3)
    table = margin[..., None] * (mixing * alike + (1 - mixing) * given)
    return Contingency(table, encoding_x, encoding_y)


def _bands(count: int, source: Source, rows: int, columns: int) -> Tensor:
    """p(y | x) that falls with the distance of y from x on a common scale."""
    x, y = (source.uniform(0, 1, count, k).sort(-1).values for k in (rows, columns))
    width = log_uniform(source, 0.02, 1, count, 1, 1)
    band = (-((x[..., :, None] - y[..., None, :]) / width).square() / 2).exp() + 1e-9
    return band / band.sum(-1, keepdim=True)


def draw_classes(probabilities: Tensor, n: int, generator: torch.Generator) -> Tensor:
    """Class numbers (*batch, n) for probabilities (*batch, K)."""
    flat = probabilities.reshape(-1, probabilities.shape[-1])
    drawn = torch.multinomial(flat, n, replacement=True, generator=generator)
    return drawn.reshape(*probabilities.shape[:-1], n)


def encoded_dim(classes: int, encoding: str) -> int:
    """Columns of a side with so many classes; ParameterError for an unknown encoding."""
    if encoding not in ENCODINGS:
        raise ParameterError(
            f"An encoding must be one of {', '.join(ENCODINGS)}; got {encoding!r}."
        )
    return classes if encoding == "onehot" else 1


def encode(
    label: Tensor, classes: int, encoding: str, generator: torch.Generator, dtype: torch.dtype
) -> Tensor:
    """Columns (*batch, n, encoded_dim) for class numbers (*batch, n)."""
    if encoding == "onehot":
        return torch.nn.functional.one_hot(label, classes).to(dtype)
    column = label[..., None].to(dtype)
    if encoding == "codes":
        return column
    return column + torch.rand(column.shape, generator=generator, dtype=dtype, device=label.device)


def decode(side: Tensor, encoding: str) -> Tensor:
    """Class numbers (*batch, n), undoing `encode`."""
    return side.argmax(-1) if encoding == "onehot" else side[..., 0].long()
