"""Correlations of rows turned back: what a spiral hides, and what no rotation changes."""

import pytest
import torch

from mist_core.canonical import WHITENING_RIDGE, spectrum, standardised, whiten
from mist_core.dispersion import canonical_correlation
from mist_core.distributions import Multinormal
from mist_core.spirals import Spiral
from mist_core.twists import SPEEDS, twists

SQUARES = 2 * 0.8**2  # sum of the squared canonical correlations of the law below
FULL_SPEED = -4  # place of the strength of both sides at the greatest speed


def law(dim):
    """Two pairs of columns with correlation 0.8 among `dim` a side."""
    rho = torch.zeros(1, dim, dtype=torch.float64)
    rho[:, :2] = 0.8
    return Multinormal(canonical_correlation(dim, dim, rho), dim)


def seen(x, y):
    sides = standardised(x), standardised(y)
    return twists(*whiten(*sides, spectrum(x, y), WHITENING_RIDGE))


@pytest.mark.parametrize("dim", [3, 6])
def test_at_the_speed_of_a_spiral_nearly_all_that_it_hides_comes_back(generator, dim):
    x, y = law(dim).sample(20_000, generator=generator)
    turned = Spiral((0, 1), SPEEDS[-1] / dim)(x), Spiral((1, 2), -SPEEDS[-1] / dim)(y)
    found = seen(*turned)[0]
    assert found[0] < 0.65 * SQUARES
    assert found[FULL_SPEED] > 0.8 * SQUARES


def test_without_a_spiral_the_first_number_is_the_sum_of_the_squared_correlations(generator):
    found = seen(*law(4).sample(20_000, generator=generator))[0]
    assert found[0].item() == pytest.approx(SQUARES, rel=0.08)  # the ridge takes a little


def test_independent_sides_have_no_strength_on_average(generator):
    x, y = torch.randn(2, 2000, 60, 3, generator=generator)
    found = twists(standardised(x), standardised(y)).mean(0)
    assert abs(found[0]) < 0.02
    assert abs(found[FULL_SPEED]) < 0.1


def test_rotations_of_the_whitened_columns_change_nothing(generator):
    x, y = torch.randn(2, 5, 80, 4, generator=generator, dtype=torch.float64)
    y = y + x.square()
    turn = torch.linalg.qr(torch.randn(4, 4, generator=generator, dtype=torch.float64)).Q
    torch.testing.assert_close(twists(x @ turn, y @ turn.mT), twists(x, y))


def test_constant_columns_give_finite_numbers(generator):
    x = torch.zeros(2, 30, 2)
    assert twists(x, torch.randn(2, 30, 3, generator=generator)).isfinite().all()
