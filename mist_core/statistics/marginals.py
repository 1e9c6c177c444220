"""Marginals removed: ranks, normal scores and robust scales of the columns of a batch.

Dimension letters, here and in every module of statistics:
    B datasets in a batch, all of one shape; n rows; d columns of a side (p of X, q of Y).

Mutual information does not change under an increasing map of a column, and neither do its ranks.
Normal scores (van der Waerden, 1952) keep exactly the ranks.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from mist_core.statistics.ordering import argsort, places_of
from mist_core.statistics.smooth_ranks import smooth_ranks

# Robustly standardised columns are cut here: a Gaussian column of a million rows never reaches it,
# a Cauchy column would otherwise be one row and nothing else.
CLIP = 8.0
# Columns whose greatest value is farther from 1, as a power of 2, are scaled: squares overflow.
LARGEST_EXPONENT = {torch.float64: 100, torch.float32: 30}


@dataclass(frozen=True)
class Marginals:
    """One side of a batch in both frames, each computed when first asked for.

    Attributes:
        columns: (B, d, n) the values.
        quartiles: (B, d, 3) lower quartile, median and upper quartile of each column.
        places: (B, d, n) twice the 0-based mid-rank of each value, an integer.
        tie_share: (B, d) share of rows whose value another row of the column has too.
        repeat_share: (B, d) probability that two different rows have the same value.
        soft: whether `ranks` and `scores` are smooth in `columns`.
    """

    columns: Tensor
    quartiles: Tensor
    places: Tensor
    tie_share: Tensor
    repeat_share: Tensor
    soft: bool

    @cached_property
    def scores(self) -> Tensor:
        """(B, n, d) normal scores, each column of mean 0 and variance 1 (0 where constant)."""
        if self.soft:
            return normal_scores(smooth_ranks(self.columns)).mT
        # n rows have at most 2n - 1 mid-ranks: look their scores up.
        return _standardise(self._at_places(torch.special.ndtri(self._grid))).mT

    @cached_property
    def ranks(self) -> Tensor:
        """(B, n, d) mid-ranks scaled to (0, 1)."""
        return smooth_ranks(self.columns).mT if self.soft else self.exact_ranks

    @cached_property
    def exact_ranks(self) -> Tensor:
        """(B, n, d) the ranks, also where `ranks` are smooth: for choices among rows."""
        return self._at_places(self._grid).mT

    @cached_property
    def raw(self) -> Tensor:
        """(B, n, d) columns centred by their median and scaled by their quartiles, float32."""
        return _robust_standardise(self.columns, self.quartiles).float().mT

    def in_order(self, rows: Tensor) -> "Marginals":
        """The same side with its rows in another order, `rows` (B, n)."""
        index = rows.unsqueeze(-2).expand(self.columns.shape)
        columns, places = (t.gather(-1, index) for t in (self.columns, self.places))
        return replace(self, columns=columns, places=places)

    def turned(self, where: Tensor) -> "Marginals":
        """The same side with the columns `where` (B, d) is true negated."""
        where, highest = where.unsqueeze(-1), 2 * self.columns.shape[-1] - 2
        return replace(
            self,
            columns=torch.where(where, -self.columns, self.columns),
            quartiles=torch.where(where, -self.quartiles.flip(-1), self.quartiles),
            places=torch.where(where, highest - self.places, self.places),
        )

    def with_columns(self, order: Tensor) -> "Marginals":
        """The same side with its columns in another order, `order` (B, d)."""
        tensors = (
            t.gather(-2, order.unsqueeze(-1).expand(t.shape))
            for t in (self.columns, self.quartiles, self.places)
        )
        shares = (t.gather(-1, order) for t in (self.tie_share, self.repeat_share))
        return Marginals(*tensors, *shares, self.soft)

    def _at_places(self, table: Tensor) -> Tensor:
        """(B, d, n) entries of a table by place; twice as fast as indexing with all places."""
        return table.index_select(0, self.places.flatten()).view(self.places.shape)

    @property
    def _grid(self) -> Tensor:
        n = self.columns.shape[-1]
        return (torch.arange(2 * n - 1, device=self.columns.device) + 1.0) / (2 * n)


def marginals(x: Tensor, *, soft: bool = False) -> Marginals:
    """One side in both frames.

    Args:
        x: (B, n, d) finite values.
        soft: smooth ranks, differentiable in `x`, instead of exact ones.
    """
    columns = _in_range(x.mT.contiguous())  # (B, d, n)
    order = argsort(columns)  # (B, d, n)
    ordered = columns.gather(-1, order)  # (B, d, n)
    return Marginals(columns, _quartiles(ordered), *places_of(ordered.detach(), order), soft)


def _in_range(columns: Tensor) -> Tensor:
    """Columns (B, d, n) of any unit in one whose squares are finite; most are so as they are.

    By powers of 2, which round nothing; in two steps, as the factor itself may not be finite.
    """
    exponent = torch.frexp(columns.detach().abs().amax(-1, keepdim=True)).exponent
    far = exponent.abs() > LARGEST_EXPONENT[columns.dtype]
    if not far.any():
        return columns
    if columns.requires_grad:  # a slope beyond the greatest number is that number
        columns = columns.clone()
        columns.register_hook(_finite)
    half = torch.where(far, -exponent // 2, 0)
    rest = torch.where(far, -exponent - half, 0)
    return columns * torch.exp2(half.to(columns)) * torch.exp2(rest.to(columns))


def _finite(slopes: Tensor) -> Tensor:
    greatest = torch.finfo(slopes.dtype).max
    return slopes.clamp(-greatest, greatest)


def normal_scores(ranks: Tensor) -> Tensor:
    """Gaussian scores of ranks in (0, 1), standardised over the last axis; constants give 0."""
    return _standardise(torch.special.ndtri(ranks))


def _standardise(scores: Tensor) -> Tensor:
    centred = scores - scores.mean(-1, keepdim=True)
    return centred / centred.square().mean(-1, keepdim=True).clamp_min(1e-6).sqrt()


def _quartiles(ordered: Tensor) -> Tensor:
    """(B, d, 3) quartiles of sorted columns (B, d, n)."""
    n = ordered.shape[-1]
    quarter, half = (n - 1) // 4, (n - 1) // 2  # mirrored indices: a sign flip changes nothing
    median = (ordered[..., half] + ordered[..., n - 1 - half]) / 2
    return torch.stack([ordered[..., quarter], median, ordered[..., n - 1 - quarter]], -1)


def _robust_standardise(columns: Tensor, quartiles: Tensor) -> Tensor:
    """Columns minus their median over their normal-consistent quartile range, cut at `CLIP`.

    Columns with equal quartiles fall back to the standard deviation, constants to 0.
    """
    low, median, high = quartiles.split(1, -1)  # (B, d, 1) each
    scale = (high - low) / 1.349
    # Without a gradient, which is infinite at 0; every statistic standardises once more anyway.
    spread = (columns - median).detach().square().mean(-1, keepdim=True).sqrt()
    scale = torch.where(scale > 1e-6 * spread, scale, spread)
    scale = torch.where(scale > 0, scale, 1.0)
    return ((columns - median) / scale).clamp(-CLIP, CLIP)
