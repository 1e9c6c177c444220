"""Rows turned back: what a spiral hides comes back, and no rotation changes a number."""

import pytest
import torch

from mist_core.distributions.correlation import canonical_correlation
from mist_core.distributions.elliptical import Multinormal
from mist_core.distributions.transforms.spirals import Spiral
from mist_core.statistics.canonical import WHITENING_RIDGE, spectrum, standardised, whiten
from mist_core.statistics.spirals import twists

# Places of the information: one side turned back, mean and difference of the two; and both.
ONE_SIDE, DIFFERENCE, BOTH_SIDES = 2, 8, 14


def law(dim):
    """Two pairs of columns with correlation 0.8 among `dim` a side."""
    rho = torch.zeros(1, dim, dtype=torch.float64)
    rho[:, :2] = 0.8
    return Multinormal(canonical_correlation(dim, dim, rho), dim)


def seen(x, y):
    sides = standardised(x), standardised(y)
    return twists(*whiten(*sides, spectrum(x, y), WHITENING_RIDGE))


@pytest.mark.parametrize("dim", [2, 3, 6, 12])
@pytest.mark.parametrize("speed", [0.5, 1.0])
def test_the_information_that_spirals_hide_comes_back(generator, dim, speed):
    x, y = law(dim).sample(10_000, generator=generator)
    plane = (0, 1) if dim == 2 else (1, 2)
    turned = Spiral((0, 1), speed / dim)(x), Spiral(plane, -speed / dim)(y)
    assert seen(*turned)[0, BOTH_SIDES] == pytest.approx(
        law(dim).mutual_information().item(), rel=0.2
    )


def test_a_spiral_on_one_side_needs_only_that_one_turned_back(generator):
    x, y = law(3).sample(10_000, generator=generator)
    found = seen(Spiral((0, 1), 1 / 3)(x), y)[0]
    better, worse = (found[ONE_SIDE] + sign * found[DIFFERENCE] / 2 for sign in (1, -1))
    assert better == pytest.approx(law(3).mutual_information().item(), rel=0.2)
    assert worse < 0.5 * better


def test_independent_sides_have_no_information_on_average(generator):
    x, y = torch.randn(2, 2000, 60, 3, generator=generator)
    found = twists(standardised(x), standardised(y)).mean(0)
    assert abs(found[0]) < 0.1
    assert abs(found[ONE_SIDE]) < 0.1
    assert abs(found[BOTH_SIDES]) < 0.2


@pytest.mark.parametrize(("n", "p", "q"), [(4, 1, 1), (10, 64, 64), (300, 64, 1), (2000, 1, 1)])
def test_few_rows_many_columns_and_copies_give_finite_numbers(generator, n, p, q):
    x, y = torch.randn(3, n, p, generator=generator), torch.randn(3, n, q, generator=generator)
    y[:, :, 0] = x[:, :, 0]
    found = seen(x, y)
    assert found.isfinite().all()
    assert (found.abs() < 1000).all()


def test_rotations_of_the_whitened_columns_change_nothing(generator):
    x, y = torch.randn(2, 5, 80, 4, generator=generator, dtype=torch.float64)
    y = y + x.square()
    turn = torch.linalg.qr(torch.randn(4, 4, generator=generator, dtype=torch.float64)).Q
    torch.testing.assert_close(twists(x @ turn, y @ turn.mT), twists(x, y))


def test_constant_columns_give_finite_numbers(generator):
    x = torch.zeros(2, 30, 2)
    assert twists(x, torch.randn(2, 30, 3, generator=generator)).isfinite().all()
