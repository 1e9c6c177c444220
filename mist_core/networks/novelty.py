"""How much a dataset resembles the training laws: a distance in the space of its statistics."""

import torch
from torch import Tensor, nn

COMPONENTS = 48
LEVELS = 201
# Groups of datasets that are alike, equally large in training; and where they are to be alike in
# two respects, in the first of them.
GROUPS, OUTER_GROUPS = 12, 4


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


class RanksAmongLike(nn.Module):
    """Ranks of a score among training datasets that are alike in one respect, as in their rows.

    The statistics of ten rows scatter far more than those of a thousand: in one ranking all small
    datasets would look strange.
    """

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("edges", torch.zeros(GROUPS - 1))
        self.register_buffer("grouped", torch.linspace(0, 1, LEVELS).repeat(GROUPS, 1))

    def fit_ranks(self, respect: Tensor, score: Tensor) -> None:
        """Fit to the scores (N,) of training datasets, alike where `respect` (N,) is."""
        self.edges.copy_(_quantiles(respect, GROUPS + 1)[1:-1])
        group = self._group(respect)
        for k in group.unique():
            self.grouped[k] = _quantiles(score[group == k], LEVELS).to(self.grouped)

    def share_below(self, respect: Tensor, score: Tensor) -> Tensor:
        """(B,) share of like datasets among those it was fitted to with a lower score."""
        among = self.grouped[self._group(respect)]  # (B, LEVELS)
        place = torch.searchsorted(among, score.unsqueeze(-1))
        return place.squeeze(-1).float() / LEVELS

    def _group(self, respect: Tensor) -> Tensor:
        return torch.searchsorted(self.edges, respect.contiguous())


class RanksAmongTwiceLike(nn.Module):
    """The same among datasets that are alike in two respects."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("edges", torch.zeros(OUTER_GROUPS - 1))
        self.inner = nn.ModuleList(RanksAmongLike() for _ in range(OUTER_GROUPS))

    def fit_ranks(self, respects: tuple[Tensor, Tensor], score: Tensor) -> None:
        """Fit to the scores (N,) of training datasets; each of `respects` is (N,)."""
        outer, inner = respects
        self.edges.copy_(_quantiles(outer, OUTER_GROUPS + 1)[1:-1])
        group = torch.searchsorted(self.edges, outer.contiguous())
        for k in group.unique().tolist():
            self.inner[k].fit_ranks(inner[group == k], score[group == k])

    def share_below(self, respects: tuple[Tensor, Tensor], score: Tensor) -> Tensor:
        """(B,) share of like datasets among those it was fitted to with a lower score."""
        outer, inner = respects
        group = torch.searchsorted(self.edges, outer.contiguous())
        shares = torch.stack([ranks.share_below(inner, score) for ranks in self.inner])
        return shares.gather(0, group.unsqueeze(0)).squeeze(0)


class FamiliarityByRows(Familiarity, RanksAmongLike):
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


class AllFamiliar(nn.Module):
    """In the place of `Familiarity` where all data count as familiar."""

    def forward(self, features: Tensor) -> Tensor:
        """(B,) ones for statistics (B, F)."""
        return features.new_ones(len(features))
