"""Log-ratios of normal and Student copulas: what a pair of rows tells under elliptical laws."""

import functools
import math

import numpy as np
import scipy.special
import torch
from torch import Tensor

from mist_core.refinement.coordinates import FOLDS, HIGHEST, Rows, shrunken, singular
from mist_core.refinement.shuffles import rolled

# Degrees of freedom that are tried; the last stands for the normal law.
DF = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0, 20.0, 1e4)
FIT_ROWS, PROFILE_ROWS = 20_000, 2_000
ITERATIONS = 6
RIDGE = 1e-3


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


class Student:
    """Student copulas fitted to each fold's training rows.

    Args:
        rows: of B datasets.
    """

    def __init__(self, rows: Rows) -> None:
        self.df = degrees_of_freedom(rows)  # (B,)
        self.scores = [t_scores(side, self.df) for side in rows.normal]
        fits = [
            _fit([s[:, rows.train(k)[:FIT_ROWS]] for s in self.scores], self.df)
            for k in range(FOLDS)
        ]
        self.maps = [torch.stack([f[s] for f in fits], 1).flatten(0, 1) for s in (0, 1)]
        self.correlations = torch.stack([f[2] for f in fits], 1).flatten(0, 1)  # (G, k)

    def values(self, places: Tensor, shifts: list[int]) -> Tensor:
        """(G, S, m) log-ratios of the rows at places (K, m) with themselves and shifted ones."""
        u, v = (
            (side[:, places].flatten(0, 1) @ map_).double()
            for side, map_ in zip(self.scores, self.maps, strict=True)
        )
        k = self.correlations.shape[-1]
        dims = u.shape[-1], v.shape[-1]
        of_u = u.square().sum(-1).unsqueeze(1)  # (G, 1, m)
        of_v = rolled(v.square().sum(-1, keepdim=True), shifts).squeeze(-1)
        rho = self.correlations.double()
        extra = joint_radius(u[:, None, :, :k], rolled(v[..., :k], shifts), rho[:, None, None])
        joint = (of_u + of_v + extra).clamp_min(0)
        df = self.df.repeat_interleave(FOLDS)[:, None, None]
        return log_ratio((of_u, of_v, joint), rho, dims, df).clamp(-HIGHEST, HIGHEST).float()


def degrees_of_freedom(rows: Rows) -> Tensor:
    """(B,) the df of DF under which the copula of some rows is likeliest."""
    few = [side[:, :PROFILE_ROWS] for side in rows.normal]
    z = torch.cat(few, -1)
    likelihoods = []
    for df in DF:
        nu = torch.full((len(z),), df, device=z.device, dtype=torch.float64)
        scores = t_scores(z, nu)
        scatter = _scatter(scores, nu)
        radius = _radius(scores, scatter)
        d = z.shape[-1]
        joint = _log_density(radius, torch.linalg.slogdet(scatter)[1], d, nu)
        single = _log_density(scores.double().square(), 0.0, 1, nu[:, None]).sum(-1)
        likelihoods.append((joint - single).mean(-1))
    best = torch.stack(likelihoods).argmax(0)
    return torch.tensor(DF, dtype=torch.float64, device=z.device)[best]


def _fit(scores: list[Tensor], df: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Maps (B, d, d) of both sides' t-scores (B, r, d) to canonical coordinates; correlations."""
    p = scores[0].shape[-1]
    scatter = _scatter(torch.cat(scores, -1), df)
    roots = [torch.linalg.cholesky(block) for block in (scatter[:, :p, :p], scatter[:, p:, p:])]
    half = torch.linalg.solve_triangular(roots[0], scatter[:, :p, p:], upper=False)
    cross = torch.linalg.solve_triangular(roots[1], half.mT, upper=False).mT
    turn_x, correlations, turn_y = singular(cross)
    maps = (
        torch.linalg.solve_triangular(root.mT, turn, upper=True).float()
        for root, turn in zip(roots, (turn_x, turn_y), strict=True)
    )
    columns = max(side.shape[-1] for side in scores)
    return *maps, shrunken(correlations, scores[0].shape[1], columns).float()


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


def _scatter(scores: Tensor, df: Tensor) -> Tensor:
    """(B, d, d) maximum-likelihood correlation matrix of t-scores (B, n, d), float64."""
    n, d = scores.shape[1:]
    eye = torch.eye(d, dtype=torch.float64, device=scores.device)
    scatter = eye.expand(len(scores), d, d)
    for _ in range(ITERATIONS):
        weight = (df[:, None] + d) / (df[:, None] + _radius(scores, scatter))  # (B, n)
        weighted = scores * weight.unsqueeze(-1).to(scores)
        scatter = (weighted.mT @ scores).double() / n
        scale = scatter.diagonal(dim1=-2, dim2=-1).clamp_min(1e-9).rsqrt()
        scatter = scatter * scale.unsqueeze(-1) * scale.unsqueeze(-2) * (1 - RIDGE) + RIDGE * eye
    return scatter


def _radius(scores: Tensor, scatter: Tensor) -> Tensor:
    """(B, n) squared Mahalanobis radii."""
    root = torch.linalg.cholesky(scatter)
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
