"""What normal and Student copulas make of a dataset, and how well either fits it.

Where a copula fits, its plug-in estimate converges as fast as any can; the tests tell whether it
does. They are moments that vanish under normal laws, in units of their standard errors, so that
they mean the same at every n. Letters: B datasets, n rows, p columns of X, q of Y, D both; k
canonical pairs; F statistics; C = 2 estimates.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from mist_core.statistics import student
from mist_core.statistics.canonical import Spectrum
from mist_core.statistics.gaussian import plug_in_bias
from mist_core.statistics.scaling import both_sides, gaussian_information
from mist_core.statistics.second_opinion import TIED
from mist_core.statistics.summary import Views

# With fewer rows a network knows as much; more a column are asked for.
LEAST_ROWS, ROWS_A_COLUMN = 1000, 10
# Of two columns alone, which come by the thousand.
LEAST_ROWS_OF_TWO = 1500
# Rows that choose the degrees of freedom: so many values, as many columns tell more.
PROFILE_VALUES, PROFILE_ROWS = 1 << 16, (1024, 8192)
# Times as many rows look closer.
MORE = 4
# More rows, which no draw had, count as so many where it is told how far copulas are to be trusted.
MOST_DRAWN = 30_000
# Rows that the tests and the Student copula read; of more, the normal copula alone reads all.
MOST_ROWS = 100_000
RIDGE = 1e-6
# Squared canonical correlations beyond these count as so much, and tell nothing: rounding, or one
# side a function of the other.
MOST, NOISY = 1 - 1e-6, 1 - 1e-5
SIZES, MOMENTS = 5, 8
TESTS = 4 + 2 * MOMENTS + 7
COUNT = SIZES + TESTS + 4


@dataclass(frozen=True)
class Fits:
    """Copulas fitted to B datasets.

    Attributes:
        statistics: (B, F) sizes, and tests of the copulas.
        estimates: (B, C) nats, of the information by each copula.
        errors: (B, C) nats, their standard errors if the copula fits.
        untied: (B,) whether values repeat so seldom, and no pair is a function of one another, that
            all this holds.
        beyond: by how much the errors would be greater with no more rows than any draw had.
    """

    statistics: Tensor
    estimates: Tensor
    errors: Tensor
    untied: Tensor
    beyond: float = 1.0


@dataclass(frozen=True)
class NormalFit:
    """The normal copula fitted to B datasets.

    Attributes:
        estimate, error: (B,) nats, of the information, and its standard error.
        tests: (B, TESTS) how far the rows are from it.
        noisy: (B,) whether no canonical pair is a function of one another.
        pairs: canonical coordinates of both sides, (B, r, p) and (B, r, q), in random order.
    """

    estimate: Tensor
    error: Tensor
    tests: Tensor
    noisy: Tensor
    pairs: tuple[Tensor, Tensor]


def fits(rows: int, columns: int) -> bool:
    """Whether so many rows and columns on both sides together are asked about."""
    return rows >= max(LEAST_ROWS if columns > 2 else LEAST_ROWS_OF_TWO, ROWS_A_COLUMN * columns)


def read(v: Views) -> Fits:
    """A normal and a Student copula of two sides, from the ranks alone."""
    normal = fit_normal(v.score_columns, v.scores)
    repeats = torch.cat([v.x.repeat_share, v.y.repeat_share], -1).amax(-1)
    # Pairs of single columns come by the thousand: their second copula is the normal one again.
    frame = v.scores
    columns = () if frame.dim_x + frame.dim_y == 2 else v.score_columns
    return fitted(normal, frame, MOST_DRAWN, [], columns, repeats)


def fitted(
    normal: NormalFit,
    frame: Spectrum,
    most_drawn: int,
    statistics: list[Tensor],
    columns: tuple[Tensor, ...],
    repeats: Tensor,
) -> Fits:
    """Both copulas of two sides, or of what a third leaves of them.

    Args:
        normal: the first of them.
        frame: that it was fitted to.
        most_drawn: rows that draws had at most.
        statistics: (B, any) beside what both tell.
        columns: normal scores (B, n, d) of X, of Y, and of what is known; none where the second
            copula is to be the normal one again.
        repeats: (B,) greatest probability of a repeated value.
    """
    bias = plug_in_bias(frame.n_samples, frame.dim_x, frame.dim_y)
    heavy, error, gain, df = _student(normal, columns, bias)
    of_student = [gain.asinh(), df.log(), ((heavy - normal.estimate) / normal.error).asinh()]
    of_student.append((error / normal.error).log())
    parts = [_sizes(frame, most_drawn), *statistics, normal.tests, torch.stack(of_student, -1)]
    return Fits(
        torch.cat([part.float() for part in parts], -1),
        torch.stack([normal.estimate, heavy], -1).clamp_min(0).float(),
        torch.stack([normal.error, error], -1).float(),
        (repeats < TIED) & normal.noisy,
        max(1.0, math.sqrt(frame.n_samples / most_drawn)),
    )


def _sizes(frame: Spectrum, most_drawn: int) -> Tensor:
    """(B, SIZES) rows and columns."""
    n, p, q = min(frame.n_samples, most_drawn), frame.dim_x, frame.dim_y
    numbers = [math.log(n), math.log(min(p, q)), math.log(max(p, q)), math.log(p + q), (p + q) / n]
    return frame.joint.new_tensor(numbers).expand(len(frame.joint), -1)


def fit_normal(columns: tuple[Tensor, Tensor], frame: Spectrum) -> NormalFit:
    """The normal copula of two sides.

    Args:
        columns: (B, n, p) and (B, n, q), of unit variance, rows in random order.
        frame: their correlations.
    """
    n, p, q = frame.n_samples, frame.dim_x, frame.dim_y
    left, rho, right = torch.linalg.svd(frame.coherence(RIDGE), full_matrices=True)
    squares = rho.square().clamp_max(MOST)  # (B, k)
    frames = ((frame.vectors_x, frame.values_x, left), (frame.vectors_y, frame.values_y, right.mT))
    few = tuple(side[:, :MOST_ROWS] for side in columns)
    pairs = tuple(
        (side @ (vectors * (values + RIDGE).rsqrt().unsqueeze(-2) @ turn).to(side)).float()
        for side, (vectors, values, turn) in zip(few, frames, strict=True)
    )
    return NormalFit(
        gaussian_information(squares).sum(-1) - plug_in_bias(n, p, q),
        (squares.sum(-1) / n + p * q / (2 * n * n)).sqrt(),
        _tests(few, pairs, frame.between, squares),
        squares.amax(-1) < NOISY,
        pairs,
    )


def _tests(
    columns: tuple[Tensor, Tensor], pairs: tuple[Tensor, Tensor], between: Tensor, squares: Tensor
) -> Tensor:
    """(B, TESTS) moments that vanish under normal laws, in canonical and in single columns."""
    u, w = pairs
    n, k, p, q = u.shape[1], squares.shape[-1], u.shape[-1], w.shape[-1]
    rho = squares.sqrt().unsqueeze(1).to(u)
    of_u, of_w = u.square().sum(-1), w.square().sum(-1)
    added = student.joint_radius(u[..., :k], w[..., :k], rho)
    alone = [kurtosis(radius, d).unsqueeze(-1) for radius, d in ((of_u, p), (of_w, q))]
    together = ((of_u - p) * (of_w - q)).mean(-1) - 2 * squares.sum(-1)
    joint = [kurtosis(of_u + of_w + added, p + q), together * math.sqrt(n / (4 * p * q))]
    expected = torch.zeros(len(u), p, q, dtype=u.dtype, device=u.device)
    expected.diagonal(dim1=-2, dim2=-1).copy_(squares)
    return torch.cat(
        [
            both_sides(*(part.asinh() for part in alone)),
            torch.stack(joint, -1).asinh(),
            moments(u, w, expected),
            moments(*(side.float() for side in columns), between.square().float()),
            _bends(u[..., :k], w[..., :k], rho),
        ],
        -1,
    )


def kurtosis(radius: Tensor, d: int) -> Tensor:
    """(B,) Mardia's (1970) in its standard error, from squared radii (B, n) of d columns."""
    expected = d * (d + 2)
    return (radius.square().mean(-1) - expected) * math.sqrt(radius.shape[-1] / (8 * expected))


def moments(u: Tensor, w: Tensor, squares: Tensor) -> Tensor:
    """(B, MOMENTS) Hermite moments of every pair of columns, mean square and greatest, as logs.

    Of degrees (2, 2), less what correlations with these squares (B, p, q) make of it, (1, 2) and
    (2, 1), (1, 3) and (3, 1), (2, 3) and (3, 2); of independent normal columns each has variance
    1 / n.
    """
    n = u.shape[1]
    second, third = _hermite(u, w, 2), _hermite(u, w, 3)
    products = [
        [second[0].mT @ second[1] / n - squares],
        [u.mT @ second[1] / n, second[0].mT @ w / n],
        [u.mT @ third[1] / n, third[0].mT @ w / n],
        [second[0].mT @ third[1] / n, third[0].mT @ second[1] / n],
    ]
    return torch.cat([strength([part.flatten(1) for part in parts], n) for parts in products], -1)


def strength(means: list[Tensor], rows: int) -> Tensor:
    """(B, 2) logarithms of the mean and the greatest square of means (B, any) of so many rows."""
    squares = rows * torch.cat(means, -1).square()
    return (torch.stack([squares.mean(-1), squares.amax(-1)], -1) + 0.1).log()


def _hermite(u: Tensor, w: Tensor, degree: int) -> list[Tensor]:
    """Hermite polynomials of columns, of unit variance under normal laws."""
    if degree == 2:
        return [(side.square() - 1) / math.sqrt(2) for side in (u, w)]
    return [(side.pow(3) - 3 * side) / math.sqrt(6) for side in (u, w)]


def _bends(u: Tensor, w: Tensor, rho: Tensor) -> Tensor:
    """(B, 7) what is left of canonical pairs beside their lines, both ways, on average and most."""
    n = u.shape[1]
    scale = (1 - rho.square()).rsqrt()
    told = []
    second, third = _hermite(u, w, 2), _hermite(u, w, 3)
    for place, (one, other) in enumerate(((u, w), (w, u))):
        left = (other - rho * one) * scale
        spread = (left.square() - 1) / math.sqrt(2)
        products = (left * second[place], left * third[place], spread * second[place])
        told.append(torch.stack([part.mean(1) * math.sqrt(n) for part in products], -1))
    z = torch.stack(told).square()  # (2, B, k, 3)
    along = [u[..., 0] + w[..., 0], u[..., 0] - w[..., 0]]
    squares = [t.square() for t in along]  # 0 where one side is the other
    tails = [kurtosis(s / s.mean(-1, keepdim=True).clamp_min(RIDGE**2), 1) for s in squares]
    tail = ((tails[0] + tails[1]) / 2).asinh().unsqueeze(-1)
    return torch.cat([(torch.cat([z.mean((0, 2)), z.amax((0, 2))], -1) + 0.1).log(), tail], -1)


def _student(
    normal: NormalFit, columns: tuple[Tensor, ...], bias: float
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(B,) each: the likeliest Student copula's information and its standard error, nats; how much
    likelier its rows are under it than under the normal copula, nats; its degrees of freedom.
    """
    if not columns:
        none = torch.zeros_like(normal.estimate)
        return normal.estimate, normal.error, none, none + student.DF[-1]
    scores = torch.cat(columns, -1)[:, :MOST_ROWS].float()
    rows = min(max(PROFILE_VALUES // scores.shape[-1], PROFILE_ROWS[0]), PROFILE_ROWS[1])
    found = student.likeliest(scores, rows, MORE * rows)
    told = student.information(scores, found.df, *(c.shape[-1] for c in columns[:2]))
    error = (told.ratios.var(-1) / scores.shape[1] + (told.slope * found.error).square()).sqrt()
    return told.nats - bias, error, min(rows, scores.shape[1]) * found.gain, found.df
