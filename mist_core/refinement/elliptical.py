"""Log-ratios of Student copulas, fitted to the training rows of each fold."""

import torch
from torch import Tensor

from mist_core.refinement.coordinates import FOLDS, HIGHEST, Rows, shrunken, singular
from mist_core.refinement.shuffles import rolled
from mist_core.statistics.student import DF, joint_radius, log_ratio, profile, scatter, t_scores

FIT_ROWS, PROFILE_ROWS = 20_000, 2_000


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
    z = torch.cat([side[:, :PROFILE_ROWS] for side in rows.normal], -1)
    tried = torch.tensor(DF, dtype=torch.float64, device=z.device)
    return tried[profile(z, tried.expand(len(z), -1)).argmax(-1)]


def _fit(scores: list[Tensor], df: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Maps (B, d, d) of both sides' t-scores (B, r, d) to canonical coordinates; correlations."""
    p = scores[0].shape[-1]
    found = scatter(torch.cat(scores, -1), df)
    roots = [torch.linalg.cholesky(block) for block in (found[:, :p, :p], found[:, p:, p:])]
    half = torch.linalg.solve_triangular(roots[0], found[:, :p, p:], upper=False)
    cross = torch.linalg.solve_triangular(roots[1], half.mT, upper=False).mT
    turn_x, correlations, turn_y = singular(cross)
    maps = (
        torch.linalg.solve_triangular(root.mT, turn, upper=True).float()
        for root, turn in zip(roots, (turn_x, turn_y), strict=True)
    )
    columns = max(side.shape[-1] for side in scores)
    return *maps, shrunken(correlations, scores[0].shape[1], columns).float()
