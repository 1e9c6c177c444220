"""A blend of two laws holds what each of them is, and its draws say which they are."""

import pytest
import torch

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.priors.blends import (
    WAYS,
    added,
    chained,
    random_blends,
    shuffled,
    switched,
)
from mist_core.priors.block import Request
from mist_core.priors.blocks import BLOCKS
from mist_core.priors.general import strange
from mist_core.priors.outliers import STRANGERS
from mist_core.training.labels import blocks_in

ROWS = 401  # odd, so that the median is a row


def normal(*shape: int, seed: int = 0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).double()


def generator():
    return torch.Generator().manual_seed(0)


def ranks(column):
    return column.argsort(-2).argsort(-2)


@pytest.fixture
def first():
    """Y falls as X rises."""
    x = normal(3, ROWS, 1)
    return x, -x


@pytest.fixture
def second():
    """Y is X cubed."""
    x = 7 + 5 * normal(3, ROWS, 1, seed=1)
    return x, x**3


def share(value: float):
    return torch.full((3, 1, 1), value).double()


def test_a_chain_of_two_functions_is_the_second_after_the_first(first, second):
    x, y = chained(first, second, share(1.0), generator())
    assert torch.equal(x, first[0])
    assert torch.equal(ranks(y), ranks(-x))
    torch.testing.assert_close(y.sort(-2).values, second[1].sort(-2).values)


def test_a_switch_is_the_first_law_below_its_place_and_the_second_above(first, second):
    x, y = switched(first, second, share(1.0), generator())
    order = x.argsort(-2)
    sorted_y = y.gather(-2, order)
    low, high = sorted_y[:, : ROWS // 2], sorted_y[:, ROWS // 2 :]
    assert (low.diff(dim=-2) <= 0).all() and (high.diff(dim=-2) >= 0).all()


def test_rows_are_of_the_one_law_or_the_other(first, second):
    x, y = shuffled(first, second, share(1.0), generator())
    falling = torch.isclose(y, -x)
    assert 0.4 < falling.double().mean() < 0.6
    x, y = shuffled(first, second, share(0.0), generator())
    torch.testing.assert_close(y, -x)


def test_a_sum_without_the_second_law_is_the_first_rescaled(first, second):
    x, y = added(first, second, share(0.0), generator())
    torch.testing.assert_close(ranks(x), ranks(first[0]))
    torch.testing.assert_close(ranks(y), ranks(first[1]))
    torch.testing.assert_close(x.abs().median(-2).values, torch.ones(3, 1).double())


@pytest.mark.parametrize("way", WAYS)
def test_heavy_tails_and_columns_of_few_values_stay_finite(way):
    heavy = normal(2, ROWS, 2) / normal(2, ROWS, 2, seed=1).abs() ** 3
    flat = (normal(2, ROWS, 2, seed=2) > 3).double()
    for sides in (((heavy, heavy), (flat, flat)), ((flat, flat), (heavy, heavy))):
        assert all(side.isfinite().all() for side in WAYS[way](*sides, share(1.0)[:2], generator()))


@pytest.mark.parametrize("dims", [(1, 1), (3, 1), (2, 5)])
def test_two_kinds_fill_the_columns_asked_for(dims):
    for seed in range(15):
        law = random_blends(Request(*dims, 4, source(stream(seed, "strange", 0)), 0.05))
        x, y = law.sample(30, generator=generator())
        assert x.shape == (4, 30, dims[0]) and y.shape == (4, 30, dims[1])
        assert x.isfinite().all() and y.isfinite().all()
        assert len(set(law.names)) == 2 and set(law.names) < set(BLOCKS)


def test_the_draws_of_blends_name_both_laws_and_others_none():
    seeds = [source(stream(seed, "strange", 1)) for seed in range(30)]
    drawn = {blocks for seed in seeds for blocks in blocks_in(strange().draw(8, seed))}
    for names in map(set, drawn - {("independent",)}):
        assert names & set(STRANGERS)
        assert bool(names & set(BLOCKS)) == ("strange-blend" in names)
    assert any("strange-blend" in blocks for blocks in drawn)
