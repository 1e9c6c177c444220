"""Draws of the general meta-distribution: blocks that add up, seen through invertible maps."""

import math
from collections import Counter

import numpy as np
import pytest
import torch

from mist_core.distributions.composite import noise
from mist_core.distributions.elliptical import Multinormal
from mist_core.distributions.numerics.randomness import source, stream
from mist_core.distributions.transforms.maps import HalfCube, Identity
from mist_core.distributions.transforms.random import MONOTONE, PerColumn, random_maps
from mist_core.priors import general
from mist_core.priors.block import Request
from mist_core.priors.blocks import BLOCKS
from mist_core.priors.general import (
    INDEPENDENT,
    LONG_ROWS,
    PUBLISHED,
    TALL_CELLS,
    TALL_DIM,
    TALL_ROWS,
    TOLERANCE,
    General,
    _decoupled,
)
from mist_core.priors.paper import PAPER_TRAIN

SMALL = General(rows=(10, 60))


def fresh(index=0, seed=0):
    return source(stream(seed, "train", index))


@pytest.fixture(scope="module")
def draws():
    return [SMALL.draw(16, fresh(index)) for index in range(250)]


def blocks_of(batch):
    """The blocks of those datasets of a batch that are of no published law."""
    own = [c.blocks for c in batch.compositions if c.name not in PAPER_TRAIN]
    return set().union(*own)


def test_truths_and_data_are_finite(draws):
    for batch in draws:
        assert torch.isfinite(batch.mutual_information).all()
        assert batch.mutual_information.min() >= 0
        assert torch.isfinite(batch.x).all() and torch.isfinite(batch.y).all(), batch.families
        assert batch.x.dtype == torch.float32


def test_every_block_occurs(draws):
    seen = set().union(*map(blocks_of, draws))
    assert seen == {*BLOCKS, "independent"}


def test_published_families_and_independence_have_their_shares(draws):
    published = np.mean([batch.families[0] in PAPER_TRAIN for batch in draws])
    groups = [f for b in draws if b.families[0] not in PAPER_TRAIN for f in b.families[::8]]
    for share, expected, count in (
        (published, PUBLISHED, len(draws)),
        (np.mean([g == "independent" for g in groups]), INDEPENDENT, len(groups)),
    ):
        assert share == pytest.approx(expected, abs=4 * math.sqrt(expected / count))


def test_independent_draws_have_no_information(draws):
    truths = [
        truth
        for batch in draws
        for family, truth in zip(batch.families, batch.mutual_information.tolist(), strict=True)
        if family == "independent"
    ]
    assert len(truths) > 50
    assert set(truths) == {0.0}


def test_decoupled_sides_keep_their_margins_and_lose_each_other():
    covariance = torch.tensor([[4.0, 1.9], [1.9, 1.0]], dtype=torch.float64).expand(3, 2, 2)
    batch = _decoupled(Multinormal(covariance, 1), 5000, fresh(), 3)
    for x, y in zip(batch.x, batch.y, strict=True):
        assert abs(torch.corrcoef(torch.cat([x, y], -1).T)[0, 1]) < 0.06
        assert x.std().item() == pytest.approx(2, rel=0.05)
        assert y.std().item() == pytest.approx(1, rel=0.05)


def test_shapes_stay_in_their_ranges_and_small_dimensions_are_common():
    rng = np.random.default_rng(0)
    meta = General(tall=0.0, long=0.0)
    shapes = np.array([meta._shape(rng) for _ in range(3000)])
    n, dims = shapes[:, 0], shapes[:, 1:]
    assert n.min() >= meta.rows[0] and n.max() <= meta.rows[1]
    assert n.min() < 11 and n.max() > 0.95 * meta.rows[1]
    assert dims.min() == 1 and dims.max() == meta.dims
    assert (n * dims.sum(1) <= np.maximum(meta.cells, 2 * n)).all()
    assert 0.3 < (dims == 1).mean() < 0.65
    assert (dims[:, 0] != dims[:, 1]).mean() > 0.5


def test_tall_draws_have_many_rows_and_many_columns():
    rng = np.random.default_rng(0)
    meta = General(tall=1.0)
    shapes = np.array([meta._shape(rng) for _ in range(1000)])
    assert shapes[:, 0].min() >= TALL_ROWS and shapes[:, 1:].min() == TALL_DIM
    assert shapes.prod(1).max() > meta.cells
    assert (shapes[:, 0] * shapes[:, 1:].sum(1)).max() <= TALL_CELLS * meta.cells
    few = np.array([General(rows=(10, 60), dims=2, tall=1.0)._shape(rng) for _ in range(100)])
    assert few[:, 0].max() <= 60 and few[:, 1:].max() == 2


def test_a_few_draws_have_more_rows_than_the_rest_and_bounded_size():
    rng = np.random.default_rng(0)
    meta = General(tall=0.0, long=1.0)
    shapes = np.array([meta._shape(rng) for _ in range(1000)])
    assert LONG_ROWS[0] <= shapes[:, 0].min() and shapes[:, 0].max() <= LONG_ROWS[1]
    assert shapes[:, 0].max() > 0.95 * LONG_ROWS[1] and shapes[:, 1:].max() > 8
    assert (shapes[:, 0] * shapes[:, 1:].sum(1)).max() <= 2e6
    few = np.array([General(rows=(10, 500), long=1.0)._shape(rng) for _ in range(100)])
    assert few[:, 0].max() <= 500


def test_some_columns_are_rounded_and_some_are_shown_twice(monkeypatch):
    monkeypatch.setattr(general, "ROUNDED", 1.0)
    monkeypatch.setattr(general, "REDUNDANT", 1.0)
    monkeypatch.setattr(general, "REDUNDANT_SIDE", 1.0)
    meta = General(rows=(300, 300), dims=3, blocks=("gaussian",), published=0.0)
    repeated = 0
    for index in range(20):
        batch = meta.draw(8, fresh(index))
        assert batch.x.shape[-1] <= 3 and torch.isfinite(batch.x).all()
        repeated += any(len(column.unique()) < 300 for column in batch.x[0].T)
    assert repeated > 5


def test_rows_are_log_uniform():
    rng = np.random.default_rng(0)
    logs = np.log([General(cells=10**9, tall=0.0, long=0.0)._shape(rng)[0] for _ in range(3000)])
    low, high = np.log(10), np.log(20_000)
    assert logs.mean() == pytest.approx(
        (low + high) / 2, abs=4 * (high - low) / math.sqrt(12 * 3000)
    )


def test_draws_have_the_shape_of_their_law(draws):
    assert {batch.x.shape[-1] for batch in draws} >= {1, 2, 3, 32}
    for batch in draws:
        assert batch.x.shape[:2] == batch.y.shape[:2]
        assert batch.x.shape[0] == len(batch.families) == len(batch.mutual_information) == 16


@pytest.mark.parametrize("count", [1, 8, 13])
def test_any_number_of_datasets_can_be_drawn(count):
    for index in range(6):
        assert len(SMALL.draw(count, fresh(index)).families) == count


@pytest.mark.parametrize("left_out", ["curve", "gaussian"])
def test_a_block_that_is_left_out_never_occurs(left_out):
    meta = General(rows=(10, 20), blocks=tuple(name for name in BLOCKS if name != left_out))
    seen = set().union(*(blocks_of(meta.draw(8, fresh(index))) for index in range(120)))
    assert left_out not in seen
    assert len(seen) > 8


def test_the_same_place_in_a_stream_gives_the_same_datasets():
    first, again, other = (SMALL.draw(16, fresh(index)) for index in (5, 5, 6))
    assert torch.equal(first.x, again.x) and torch.equal(first.y, again.y)
    assert torch.equal(first.mutual_information, again.mutual_information)
    assert not (first.x.shape == other.x.shape and torch.equal(first.x, other.x))


def deviations(law, n, randomness):
    """How far the mean pointwise information lies from the truth, in its standard errors.

    Events too rare for the sample, such as a parity that fails once in 10,000 rows, get 0.001 nats.
    """
    x, y = law.sample(n, generator=randomness.generator)
    pointwise = law.pointwise_mutual_information(x, y)
    error = (pointwise.var(-1) / n + law.standard_error().square()).sqrt()
    return (pointwise.mean(-1) - law.mutual_information()).abs() / (error + 1e-3)


@pytest.mark.parametrize("name", BLOCKS)
def test_the_truth_of_a_block_is_the_mean_of_its_pointwise_information(name):
    for index in range(3):
        randomness = fresh(index)
        dim_x, dim_y = BLOCKS[name].size(4, 3, randomness.rng)
        law = BLOCKS[name].build(Request(dim_x, dim_y, 6, randomness, 0.01))
        assert (law.dim_x, law.dim_y, law.batch_shape) == (dim_x, dim_y, (6,))
        assert deviations(law, 4000, randomness).max() < 5


def test_information_of_blocks_side_by_side_adds_up_and_noise_adds_none():
    for index in range(25):
        randomness = fresh(index, seed=1)
        law, name, _ = General()._compose(Request(5, 4, 4, randomness, 0.02))
        assert (law.dim_x, law.dim_y) == (5, 4), name
        total = sum(part.mutual_information() for part in law.laws)
        torch.testing.assert_close(law.mutual_information(), total)
        assert deviations(law, 2000, randomness).max() < 5, name


def test_monte_carlo_truths_are_known_to_a_share_of_what_the_rows_can_tell():
    for index in range(10):
        randomness = fresh(index)
        law = BLOCKS["mixture"].build(Request(3, 2, 8, randomness, TOLERANCE / 500**0.5))
        assert 0 < law.standard_error().max() <= TOLERANCE / 500**0.5


def test_noise_may_stand_on_one_side_only():
    law = noise(0, 3, 2, fresh())
    x, y = law.sample(10, generator=fresh().generator)
    assert x.shape == (2, 10, 0) and y.shape == (2, 10, 3)
    assert law.mutual_information().tolist() == [0, 0]
    assert law.pointwise_mutual_information(x, y).abs().max() == 0


@pytest.mark.parametrize("dim", [1, 2, 5])
def test_random_maps_are_invertible(dim):
    errors = []
    for index in range(60):
        randomness = fresh(index)
        (transform,) = random_maps([dim], 3, randomness)
        x = torch.randn(3, 50, dim, generator=randomness.generator, dtype=torch.float64)
        seen = transform(x)
        assert seen.shape == x.shape and torch.isfinite(seen).all()
        errors.append((transform.inverse(seen) - x).abs().max().item())
    assert max(errors) < 1e-4


def test_random_maps_differ_from_draw_to_draw_and_a_third_only_reorders():
    x = torch.randn(1, 50, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    kept = [
        torch.equal(random_maps([3], 1, fresh(index))[0](x).sort(-1).values, x.sort(-1).values)
        for index in range(300)
    ]
    assert 0.33 < np.mean(kept) < 0.33 + 0.67 * 0.35


def test_codes_and_indicators_only_change_place():
    x = torch.eye(4, dtype=torch.float64).repeat(5, 1).expand(3, -1, -1)
    for index in range(20):
        seen = random_maps([4], 3, fresh(index), numeric=False)[0](x)
        assert torch.equal(seen.sort(-1).values, x.sort(-1).values)
        assert sorted(seen[0].mT.tolist()) == sorted(x[0].mT.tolist())


@pytest.mark.parametrize("transform", MONOTONE, ids=lambda t: type(t).__name__)
def test_monotone_maps_keep_the_order(transform):
    x = torch.linspace(-4, 4, 400, dtype=torch.float64).view(1, -1, 1)
    assert (transform(x).diff(dim=1) > 0).all()


def test_each_column_may_have_a_map_of_its_own():
    x = torch.tensor([[[1.0, 4.0], [2.0, 9.0]]], dtype=torch.float64)
    both = PerColumn([Identity(), HalfCube()])
    assert torch.equal(both(x)[..., 0], x[..., 0])
    assert torch.equal(both(x)[..., 1], HalfCube()(x[..., 1]))
    torch.testing.assert_close(both.inverse(both(x)), x)


def test_families_of_a_draw_name_their_blocks(draws):
    assert all(Counter(b.families).total() == 16 for b in draws)
    for composition in {c for batch in draws for c in batch.compositions}:
        published = composition.name in PAPER_TRAIN
        assert published == (composition.laws != composition.blocks)
        assert set(composition.blocks) <= {*BLOCKS, "independent"}
        assert published or composition.name == "+".join(sorted(composition.blocks))
