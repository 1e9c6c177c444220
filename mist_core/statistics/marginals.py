"""Marginals removed: ranks, normal scores and robust scales of the columns of a batch.

Dimension letters, here and in every module of statistics:
    B datasets in a batch, all of one shape; n rows; d columns of a side (p of X, q of Y).

Mutual information does not change under an increasing map of a column, and neither do its ranks.
Normal scores (van der Waerden, 1952) keep exactly the ranks.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

# Robustly standardised columns are cut here: a Gaussian column of a million rows never reaches it,
# a Cauchy column would otherwise be one row and nothing else.
CLIP = 8.0
# Columns whose greatest value is farther from 1, as a power of 2, are scaled: squares overflow.
LARGEST_EXPONENT = {torch.float64: 100, torch.float32: 30}
# Levels of the quantiles that smooth scores pass through, by the most rows they are for.
KNOTS = (
    (19, (0.25, 0.75)),
    (99, (0.1, 0.25, 0.75, 0.9)),
    (math.inf, (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)),
)
# Quantiles nearer to each other than this share of the spread count as one: steeper slopes, and
# their squares in a gradient, are no numbers of the type any more.
NEAREST = {torch.float64: 2.0**-400, torch.float32: 2.0**-40}
# Rows that the smooth ranks compare with; beyond it the smooth CDF uses an evenly spaced subset.
SOFT_REFERENCES = 2048


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


def smooth_ranks(columns: Tensor) -> Tensor:
    """Differentiable stand-in for mid-ranks: a logistic-kernel CDF of each column.

    The kernel works on normal scores, so that neither the unit nor a far row nor a heavy tail makes
    a difference. Its width shrinks like n^(-1/2), so that the smooth ranks tend to the exact ones.

    Args:
        columns: (B, d, n).

    Returns:
        (B, d, n) values in (0, 1).
    """
    n = columns.shape[-1]
    step = -(-n // SOFT_REFERENCES)
    scores = _smooth_scores(columns)
    references = scores[..., ::step]  # (B, d, r)
    bandwidth = 0.5 / n**0.5
    pieces = [
        torch.sigmoid((piece.unsqueeze(-1) - references.unsqueeze(-2)) / bandwidth).mean(-1)
        for piece in scores.split(SOFT_REFERENCES, dim=-1)
    ]
    # A row's comparison with itself gives 1/2, as a mid-rank does; the margin keeps ndtri finite.
    return torch.cat(pieces, -1).clamp(0.25 / n, 1 - 0.25 / n)


def _smooth_scores(columns: Tensor) -> Tensor:
    """(B, d, n) about normal scores, linear in the values between a few quantiles and beyond.

    Increasing and continuous in the values, of which the quantiles are functions, too, so that
    what autograd makes of it is the slope.
    """
    n = columns.shape[-1]
    levels = columns.new_tensor(next(levels for most, levels in KNOTS if n <= most))
    place = levels * (n - 1)
    low, high = place.floor().long(), place.ceil().long()
    ordered = columns.gather(-1, argsort(columns))
    values = ordered[..., low] + (place - low) * (ordered[..., high] - ordered[..., low])
    heights = torch.special.ndtri(levels).expand(values.shape)  # (B, d, k)
    right = torch.searchsorted(values.detach().contiguous(), columns.detach())
    right = right.clamp(1, len(levels) - 1)
    (x0, y0), (x1, y1) = ((values.gather(-1, k), heights.gather(-1, k)) for k in (right - 1, right))
    spread = columns.detach().std(-1, keepdim=True)
    # Where many rows share a value two quantiles are one: the slope of all rows must do.
    apart = x1 - x0 > NEAREST[columns.dtype] * spread
    slope = torch.where(spread > 0, 1 / torch.where(spread > 0, spread, 1.0), 0.0)
    steep = torch.where(apart, (y1 - y0) / torch.where(apart, x1 - x0, 1.0), slope)
    return y0 + steep * (columns - x0)


def argsort(columns: Tensor) -> Tensor:
    """Order of the last axis; on CPU by NumPy, whose argsort is four times as fast as torch's.

    Not stable: where equal values stand depends on the machine and on NumPy's version.
    """
    if columns.device.type != "cpu":
        return columns.argsort(dim=-1)
    return torch.from_numpy(columns.detach().numpy().argsort(axis=-1))


def sort(columns: Tensor) -> Tensor:
    """The last axis in order, likewise."""
    if columns.device.type != "cpu":
        return columns.sort(dim=-1).values
    return torch.from_numpy(np.sort(columns.detach().numpy(), axis=-1))


def places_of(ordered: Tensor, order: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Twice the 0-based mid-rank of every row, an integer, and the shares of ties and repeats.

    Args:
        ordered: (B, d, n) sorted columns.
        order: (B, d, n) the row of each sorted value.
    """
    position = torch.arange(ordered.shape[-1], device=ordered.device)
    doubled = (2 * position).repeat(*ordered.shape[:-1], 1)
    tie_share = ordered.new_zeros(ordered.shape[:-1], dtype=torch.float32)
    repeat_share = torch.zeros_like(tie_share)
    same = ordered[..., 1:] == ordered[..., :-1]  # (B, d, n - 1)
    tied = same.any(-1)  # (B, d): a few columns even of continuous data, by rounding
    if tied.any():
        doubled[tied], tie_share[tied], repeat_share[tied] = _tie_sums(position, same[tied])
    return torch.empty_like(doubled).scatter_(-1, order, doubled), tie_share, repeat_share


def _tie_sums(position: Tensor, same: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """First plus last position of each run of equal sorted values, shares of ties and of repeats.

    Args:
        position: (n,) from 0.
        same: (k, n - 1) whether a sorted value is equal to the next, for each of k columns.
    """
    edge = torch.ones_like(same[..., :1])
    starts = torch.cat([edge, ~same], -1)
    ends = torch.cat([~same, edge], -1)
    beyond = position.shape[-1]
    first = torch.where(starts, position, 0).cummax(-1).values
    last = torch.where(ends, position, beyond).flip(-1).cummin(-1).values.flip(-1)
    others = (last - first).float()  # rows of the same value
    return first + last, (others > 0).float().mean(-1), others.mean(-1) / same.shape[-1]


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
