"""How much a dataset resembles the training laws: a distance in the space of its statistics."""

import torch
from torch import Tensor, nn

COMPONENTS = 48
LEVELS = 201
# Groups of about as many rows, equally large in training.
ROW_GROUPS = 12


class Familiarity(nn.Module):
    """Mahalanobis distance in the leading principal components plus the residual outside them.

    The score is the share of training datasets that lie farther out, so it is uniform on (0, 1) for
    data of the training laws and near 0 far from them.
    """

    def __init__(self, num_features: int) -> None:
        super().__init__()
        k = min(COMPONENTS, num_features)
        self.register_buffer("center", torch.zeros(num_features))
        self.register_buffer("components", torch.zeros(num_features, k))
        self.register_buffer("precision", torch.ones(k))
        self.register_buffer("residual_precision", torch.ones(1))
        self.register_buffer("distances", torch.linspace(0, 1, LEVELS))

    def fit(self, features: Tensor) -> None:
        """Fit to standardised statistics (N, F) of the training laws, N well above F."""
        k = self.components.shape[-1]
        center = features.double().mean(0)
        covariance = torch.cov((features.double() - center).T)
        values, vectors = torch.linalg.eigh(covariance)
        self.center.copy_(center)
        self.components.copy_(vectors[:, -k:])
        self.precision.copy_(1 / values[-k:].clamp_min(1e-6))
        if len(values) > k:  # else nothing is left outside the components
            self.residual_precision.fill_(float(1 / values[:-k].mean().clamp_min(1e-6)))
        self.distances.copy_(_quantiles(self._distance(features), LEVELS))

    def forward(self, features: Tensor) -> Tensor:
        """(B,) scores in [0, 1] of standardised statistics (B, F)."""
        place = torch.searchsorted(self.distances, self._distance(features).contiguous())
        return 1 - place.float() / LEVELS

    def _distance(self, features: Tensor) -> Tensor:
        centred = features - self.center
        scores = centred @ self.components
        residual = centred.square().sum(-1) - scores.square().sum(-1)
        return (scores.square() * self.precision).mean(-1) + (
            self.residual_precision * residual / max(1, centred.shape[-1] - scores.shape[-1])
        )


class RanksByRows(nn.Module):
    """Ranks of a score among training datasets of about as many rows.

    The statistics of ten rows scatter far more than those of a thousand: in one ranking all small
    datasets would look strange.
    """

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("edges", torch.zeros(ROW_GROUPS - 1))
        self.register_buffer("grouped", torch.linspace(0, 1, LEVELS).repeat(ROW_GROUPS, 1))

    def fit_ranks(self, rows: Tensor, score: Tensor) -> None:
        """Fit to the scores (N,) of training datasets; `rows` (N,) grows with their rows."""
        self.edges.copy_(_quantiles(rows, ROW_GROUPS + 1)[1:-1])
        group = self._group(rows)
        for k in group.unique():
            self.grouped[k] = _quantiles(score[group == k], LEVELS).to(self.grouped)

    def share_below(self, rows: Tensor, score: Tensor) -> Tensor:
        """(B,) share of the datasets of about as many rows it was fitted to with a lower score."""
        among = self.grouped[self._group(rows)]  # (B, LEVELS)
        place = torch.searchsorted(among, score.unsqueeze(-1))
        return place.squeeze(-1).float() / LEVELS

    def _group(self, rows: Tensor) -> Tensor:
        return torch.searchsorted(self.edges, rows.contiguous())


class FamiliarityByRows(Familiarity, RanksByRows):
    """The same, ranked by rows; the first statistic has to grow with their number."""

    def fit(self, features: Tensor) -> None:
        super().fit(features)
        self.fit_ranks(features[:, 0], self._distance(features))

    def forward(self, features: Tensor) -> Tensor:
        return 1 - self.share_below(features[:, 0], self._distance(features))


def _quantiles(values: Tensor, count: int) -> Tensor:
    """(count,) evenly spaced quantiles, from the least value to the greatest."""
    levels = torch.linspace(0, 1, count, device=values.device, dtype=torch.float64)
    return values.double().quantile(levels)
