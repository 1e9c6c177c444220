"""Any finite numbers have a finite information and finite slopes: no unit is too large or small."""

import numpy as np
import pytest
import torch

from mist_core.inference.estimator import MISTEstimator

ROWS = 24
LARGEST = np.finfo(float).max
ODD = [LARGEST, -LARGEST, 5e-324, -5e-324, 0.0, -0.0, 1.0, 2.3e-308, 1e-300, 1e300, 1e-160, 1e160]
SIDES = {
    "odd numbers only": lambda rng, d: rng.choice(ODD, (ROWS, d)),
    "two odd numbers": lambda rng, d: rng.choice(rng.choice(ODD, 2, replace=False), (ROWS, d)),
    "all orders of magnitude": lambda rng, d: 10.0 ** rng.uniform(-300, 300, (ROWS, d)),
    "columns of far units": lambda rng, d: (
        rng.standard_normal((ROWS, d)) * 10.0 ** rng.uniform(-320, 300, d)
    ),
    "one odd row": lambda rng, d: np.r_[
        rng.choice(ODD, (1, d)), rng.standard_normal((ROWS - 1, d))
    ],
    "whole steps of an odd number": lambda rng, d: rng.integers(-1, 2, (ROWS, d)) * rng.choice(ODD),
    "plain numbers": lambda rng, d: rng.standard_normal((ROWS, d)),
}


@pytest.fixture(scope="module")
def general():
    return MISTEstimator.load()


@pytest.mark.parametrize("kind_y", SIDES)
@pytest.mark.parametrize("kind_x", SIDES)
def test_any_finite_numbers_have_a_finite_answer_and_finite_slopes(general, kind_x, kind_y):
    rng = np.random.default_rng(7)
    x, y = SIDES[kind_x](rng, 2), SIDES[kind_y](rng, 1)
    sides = [torch.tensor(side, requires_grad=True) for side in (x, y)]
    information = general.mutual_information(*sides)
    information.backward()
    assert information.isfinite()
    assert all(side.grad.isfinite().all() for side in sides)
    assert np.isfinite(general.posterior(x, y).mean)


@pytest.mark.parametrize("power", [-1000, -500, -100, 100, 500, 1000])
def test_a_unit_changes_neither_the_answer_nor_the_direction_of_its_slope(general, power):
    rng = np.random.default_rng(8)
    x = rng.standard_normal((ROWS, 2))
    y = torch.tensor(x[:, :1] + rng.standard_normal((ROWS, 1)))
    plain, scaled = (torch.tensor(x * unit, requires_grad=True) for unit in (1.0, 2.0**power))
    answers = [general.mutual_information(side, y) for side in (plain, scaled)]
    for answer in answers:
        answer.backward()
    assert torch.equal(*answers)
    slopes = [side.grad / side.grad.abs().max() for side in (plain, scaled)]
    torch.testing.assert_close(*slopes, rtol=1e-6, atol=1e-9)
