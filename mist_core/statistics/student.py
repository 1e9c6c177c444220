"""Student copulas: their scores, their likelihood over the degrees of freedom, their log-ratios.

Letters: B datasets, n rows, d columns, p of X and q of Y; G fits.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np
import scipy.special
import torch
from torch import Tensor

# Degrees of freedom that are tried; the last stands for the normal law.
DF = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0, 20.0, 1e4)
LEAST_DF = 0.7
# Of ln df, between those whose tables are kept.
STEP = 0.05
# Steps from the top at which a parabola is laid, and the least information of a row about ln df.
NEAR, LEAST_BEND = 3, 1e-6
ITERATIONS = 6
RIDGE = 1e-3
# Values of all datasets and df that are worked on together: beyond it they wait for memory.
CACHED = 1 << 20


def profile(z: Tensor, df: Tensor) -> Tensor:
    """(B, T) mean log-likelihoods a row of Student copulas of df (B, T); normal scores z (B, n, d).

    Of df that recur: the tables of their quantiles are kept.
    """
    size = max(1, CACHED // (z[0].numel() * df.shape[1]))
    return torch.cat([_profile(*part) for part in zip(z.split(size), df.split(size), strict=True)])


def _profile(z: Tensor, df: Tensor) -> Tensor:
    each = df.flatten()  # (B T,)
    scores = t_scores(z.repeat_interleave(df.shape[1], 0), each)
    found = scatter(scores, each)
    joint = _log_density(_radius(scores, found), torch.linalg.slogdet(found)[1], z.shape[-1], each)
    single = _log_density(scores.double().square(), 0.0, 1, each[:, None]).sum(-1)
    return (joint - single).mean(-1).view(df.shape)


@dataclass(frozen=True)
class Likeliest:
    """The likeliest Student copulas of B datasets.

    Attributes:
        df: (B,) degrees of freedom.
        error: (B,) standard error of ln df; 0 where the copula is normal.
        gain: (B,) how much likelier than under the normal copula a row is, nats.
    """

    df: Tensor
    error: Tensor
    gain: Tensor


def likeliest(z: Tensor, few: int, more: int) -> Likeliest:
    """Of normal scores (B, n, d): by parabolas through the three best of DF, then near their top.

    Args:
        few, more: rows that choose among DF, and that are looked at near the top.
    """
    tried = z.new_tensor((LEAST_DF, *DF), dtype=torch.float64).expand(len(z), -1)
    likelihoods = profile(z[:, :few], tried)
    best = likelihoods.argmax(-1)
    around = best.clamp(1, tried.shape[1] - 2).unsqueeze(-1) + torch.arange(-1, 2).to(best)
    top = _vertex(tried.gather(1, around).log(), likelihoods.gather(1, around))
    near = ((top / STEP).round().unsqueeze(-1) + NEAR * torch.arange(-1, 2).to(top)) * STEP
    rows = z[:, :more]
    found = profile(rows, near.exp())
    top = _vertex(near, found)
    bend = (2 * found[:, 1] - found[:, 0] - found[:, 2]) / (NEAR * STEP) ** 2
    error = (rows.shape[1] * bend.clamp_min(LEAST_BEND)).rsqrt().clamp_max(1)
    is_normal = best == tried.shape[1] - 1
    return Likeliest(
        torch.where(is_normal, DF[-1], top.exp()),
        torch.where(is_normal, 0.0, error),
        likelihoods.amax(-1) - likelihoods[:, -1],
    )


def _vertex(places: Tensor, values: Tensor) -> Tensor:
    """(B,) the top of parabolas through values (B, 3) at places (B, 3), not far beyond them."""
    a, b, c = places.unbind(-1)
    fa, fb, fc = values.unbind(-1)
    over = (b - a).square() * (fb - fc) - (b - c).square() * (fb - fa)
    under = (b - a) * (fb - fc) - (b - c) * (fb - fa)
    top = b - over / torch.where(under.abs() < 1e-12, 1e-12, 2 * under)
    return torch.minimum(torch.maximum(top, 1.5 * a - 0.5 * b), c)


@dataclass(frozen=True)
class Information:
    """What Student copulas that are fitted to the rows make of I(X;Y|Z) of B datasets.

    Attributes:
        nats: (B,) the information.
        slope: (B,) by how much it changes with ln df, nats.
        ratios: (B, n) log-ratios of the rows, right up to a constant of each dataset.
    """

    nats: Tensor
    slope: Tensor
    ratios: Tensor


def information(normal: Tensor, df: Tensor, p: int, q: int) -> Information:
    """Of the copulas with these degrees of freedom; without columns of Z it is I(X;Y).

    Args:
        normal: (B, n, D) normal scores, those of X, then of Y, then of Z.
        df: (B,).
        p, q: columns of X and of Y.
    """
    near = (df.log() / STEP).round().mul(STEP).exp()
    scores = t_scores(normal, near)
    found, nu = scatter(scores, near), df.double()
    x, y, z = torch.arange(scores.shape[-1]).tensor_split((p, p + q))
    parts = ((torch.cat([x, z]), 1), (torch.cat([y, z]), 1), (z, -1), (torch.cat([x, y, z]), -1))
    total, slope, ratios = torch.zeros_like(nu), torch.zeros_like(nu), 0.0
    for places, sign in parts:
        d = len(places)
        total = total + sign * (_half_log_det(found, places) + _tails(nu, d))
        slope = slope + sign * (_tails(nu * math.exp(STEP), d) - _tails(nu, d)) / STEP
        ratios = ratios + sign * _kernel(scores, found, nu, places)
    return Information(total, slope, ratios)


def _half_log_det(scatter: Tensor, places: Tensor) -> Tensor:
    return torch.linalg.slogdet(scatter[:, places][..., places])[1] / 2


def _tails(nu: Tensor, d: int) -> Tensor:
    """(B,) what tails add to the entropy of d columns, less what is linear in d."""
    t = (nu + d) / 2
    return torch.where(nu >= DF[-1], 0.0, t * torch.digamma(t) - torch.lgamma(t))


def _kernel(scores: Tensor, scatter: Tensor, nu: Tensor, places: Tensor) -> Tensor:
    """(B, n) what varies of minus the log-density of some columns."""
    if not len(places):
        return scores.new_zeros(scores.shape[:2], dtype=torch.float64)
    radius = _radius(scores[..., places], scatter[:, places][..., places]) / nu[:, None]
    return (nu[:, None] + len(places)) / 2 * radius.log1p()


def log_ratio(radii: tuple[Tensor, Tensor, Tensor], correlations: Tensor, dims, df) -> Tensor:
    """ln p(x, y) / p(x) p(y) of Student laws.

    Args:
        radii: squared Mahalanobis radii of X, of Y and of both together, broadcasting.
        correlations: canonical ones, (G, k).
        dims: p and q.
        df: degrees of freedom (G, 1, 1).
    """
    p, q = dims
    of_x, of_y, joint = (radius / df for radius in radii)
    half = [torch.lgamma((df + d) / 2) for d in (p + q, 0, p, q)]
    constant = half[0] + half[1] - half[2] - half[3]
    constant = constant - torch.log1p(-correlations.square()).sum(-1).view(constant.shape) / 2
    tails = (df + p) * of_x.log1p() + (df + q) * of_y.log1p() - (df + p + q) * joint.log1p()
    return constant + tails / 2


def joint_radius(u: Tensor, v: Tensor, correlations: Tensor) -> Tensor:
    """(...,) what pairs of canonical coordinates add to |u|^2 + |v|^2.

    Args:
        u, v: (..., m, k) the first k coordinates.
        correlations: (..., 1, k).
    """
    rho = correlations
    return ((rho.square() * (u.square() + v.square()) - 2 * rho * u * v) / (1 - rho**2)).sum(-1)


def t_scores(normal: Tensor, df: Tensor) -> Tensor:
    """Student quantiles of the ranks whose normal quantiles are (B, n, d); df (B,)."""
    table = torch.stack([_table(float(nu)) for nu in df.tolist()]).to(normal)  # (B, T)
    place = (normal.clamp(-_EDGE, _EDGE) + _EDGE) * (_POINTS - 1) / (2 * _EDGE)
    low = place.floor().clamp_max(_POINTS - 2)
    flat, share = low.long().flatten(1), (place - low)
    below, above = (table.gather(1, flat + k).view(place.shape) for k in (0, 1))
    return torch.sinh(below + share * (above - below))


_EDGE, _POINTS = 5.5, 2201


@functools.cache
def _table(df: float) -> Tensor:
    """(T,) asinh of Student quantiles at evenly spaced normal quantiles."""
    at = np.linspace(-_EDGE, _EDGE, _POINTS)
    upper = -scipy.special.stdtrit(df, scipy.special.ndtr(-np.abs(at)))  # no digits lost near 1
    return torch.from_numpy(np.arcsinh(np.sign(at) * np.abs(upper)))


def scatter(scores: Tensor, df: Tensor) -> Tensor:
    """(B, d, d) maximum-likelihood correlation matrix of t-scores (B, n, d), float64."""
    n, d = scores.shape[1:]
    eye = torch.eye(d, dtype=torch.float64, device=scores.device)
    found = eye.expand(len(scores), d, d)
    for _ in range(ITERATIONS):
        weight = (df[:, None] + d) / (df[:, None] + _radius(scores, found))  # (B, n)
        weighted = scores * weight.unsqueeze(-1).to(scores)
        found = (weighted.mT @ scores).double() / n
        scale = found.diagonal(dim1=-2, dim2=-1).clamp_min(1e-9).rsqrt()
        found = found * scale.unsqueeze(-1) * scale.unsqueeze(-2) * (1 - RIDGE) + RIDGE * eye
    return found


def _radius(scores: Tensor, of: Tensor) -> Tensor:
    """(B, n) squared Mahalanobis radii of scores (B, n, d) by scatter matrices (B, d, d)."""
    root = torch.linalg.cholesky(of)
    inverse = torch.linalg.solve_triangular(
        root, torch.eye(root.shape[-1], dtype=root.dtype, device=root.device), upper=False
    )
    return (scores @ inverse.mT.to(scores)).square().sum(-1).double()


def _log_density(radius: Tensor, log_det, d: int, df: Tensor) -> Tensor:
    """Of the Student law in d columns at squared radii (B, n) or (B, n, d); df (B,) or (B, 1)."""
    nu = df.unsqueeze(-1)
    constant = torch.lgamma((nu + d) / 2) - torch.lgamma(nu / 2) - d / 2 * (nu * math.pi).log()
    log_det = log_det / 2 if isinstance(log_det, float) else log_det.unsqueeze(-1) / 2
    return constant - log_det - (nu + d) / 2 * (radius / nu).log1p()
