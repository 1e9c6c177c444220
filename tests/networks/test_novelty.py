"""Familiarity is a rank among the training data, by distance in units of their own spread."""

import torch

from mist_core.networks.novelty import Familiarity, FamiliarityByRows, RanksAmongTwiceLike


def test_familiarity_is_uniform_on_its_own_training_data(generator):
    mixing = torch.randn(60, 60, generator=generator)
    features = torch.randn(5000, 60, generator=generator) @ mixing / 60**0.5
    familiarity = Familiarity(60)
    familiarity.fit(features)
    fresh = torch.randn(5000, 60, generator=generator) @ mixing / 60**0.5
    levels = torch.linspace(0.1, 0.9, 9)
    for data, tolerance in ((features, 0.01), (fresh, 0.06)):
        scores = familiarity(data)
        assert scores.min() >= 0 and scores.max() <= 1
        torch.testing.assert_close(scores.quantile(levels), levels, atol=tolerance, rtol=0)


def test_familiarity_orders_a_few_features_by_their_mahalanobis_distance(generator):
    features = torch.randn(4000, 10, generator=generator) @ torch.randn(10, 10, generator=generator)
    familiarity = Familiarity(10)
    familiarity.fit(features)
    centred = (features - features.mean(0))[:300]
    distances = (centred @ torch.cov(features.T).inverse() * centred).sum(-1)
    scores = familiarity(features[:300])[distances.argsort()]
    assert (scores.diff() <= 0).all()


def test_familiarity_measures_each_direction_in_its_own_spread(generator):
    """One unit along a direction of spread 5 is nothing; along one of spread 0.1 it is far."""
    spreads = torch.cat([torch.full((48,), 5.0), torch.full((12,), 0.1)])
    features = spreads * torch.randn(4000, 60, generator=generator)
    familiarity = Familiarity(60)
    familiarity.fit(features)
    steps = torch.eye(60)[[0, 59]]
    wide, narrow = familiarity(steps).tolist()
    assert wide > 0.9
    assert narrow < 0.01


def test_fewer_features_than_components_leave_nothing_outside(generator):
    features = torch.randn(500, 4, generator=generator)
    familiarity = Familiarity(4)
    familiarity.fit(features)
    assert all(buffer.isfinite().all() for buffer in familiarity.buffers())
    assert familiarity(features).mean() > 0.4


def test_familiarity_falls_with_the_distance_from_the_training_data(generator):
    features = torch.randn(3000, 60, generator=generator)
    familiarity = Familiarity(60)
    familiarity.fit(features)
    direction = torch.randn(60, generator=generator)
    scores = familiarity(torch.stack([k * direction for k in (0.0, 1.0, 1.5, 5.0)]))
    assert (scores.diff() <= 0).all()
    assert scores[0] > 0.95 and scores[-1] < 0.01


def test_by_rows_small_datasets_are_as_familiar_as_large_ones(generator):
    """Their statistics scatter ten times as far; one ranking of all finds them strange."""
    rows = torch.rand(20_000, 1, generator=generator) * 2 - 1
    spread = torch.where(rows < 0, 1.0, 0.1)
    features = torch.cat([rows, spread * torch.randn(20_000, 59, generator=generator)], -1)
    small = features[:, 0] < 0
    scores = {}
    for kind in (Familiarity, FamiliarityByRows):
        familiarity = kind(60)
        familiarity.fit(features)
        scores[kind] = familiarity(features)
    assert scores[Familiarity][small].mean() < 0.3
    by_rows = scores[FamiliarityByRows]
    levels = torch.linspace(0.1, 0.9, 9)
    for part in (by_rows[small], by_rows[~small]):
        torch.testing.assert_close(part.quantile(levels), levels, atol=0.02, rtol=0)


def test_ranks_among_twice_like_are_uniform_wherever_one_looks(generator):
    """The score hangs on both respects; among like datasets nothing of that is left."""

    def drawn(count):
        rows, answer = torch.randn(2, count, generator=generator)
        noise = torch.randn(count, generator=generator)
        many, much = rows > 0, answer > 0
        return (rows, answer), 5.0 * many - 2.0 * much + noise * (1 + many * much)

    ranks = RanksAmongTwiceLike()
    ranks.fit_ranks(*drawn(40_000))
    respects, score = drawn(20_000)
    shares = ranks.share_below(respects, score)
    for respect in respects:
        for part in (respect < -0.5, respect > 0.5):
            assert abs(shares[part].mean() - 0.5) < 0.02
            assert abs(shares[part].std() - 12**-0.5) < 0.02
