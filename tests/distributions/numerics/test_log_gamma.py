"""Stirling's remainders: the definition where it is exact enough, the series beyond."""

import math

import torch

from mist_core.distributions.numerics.log_gamma import (
    SERIES_FROM,
    entropy_remainder,
    log_gamma_remainder,
)

NEAR = torch.linspace(SERIES_FROM / 2, 2 * SERIES_FROM, 50, dtype=torch.float64)


def test_the_log_gamma_remainder_is_what_stirlings_formula_leaves_out():
    stirling = (NEAR - 0.5) * NEAR.log() - NEAR + math.log(2 * math.pi) / 2
    expected = torch.lgamma(NEAR) - stirling
    torch.testing.assert_close(log_gamma_remainder(NEAR), expected, rtol=0, atol=5e-13)


def test_the_entropy_remainder_is_t_times_the_derivative_less_the_value():
    t = NEAR.clone().requires_grad_()
    value = log_gamma_remainder(t)
    (derivative,) = torch.autograd.grad(value.sum(), t)
    expected = (t * derivative - value).detach()
    torch.testing.assert_close(entropy_remainder(NEAR), expected, rtol=0, atol=5e-13)


def test_both_remainders_vanish_at_infinity():
    infinity = torch.tensor([1e300, math.inf], dtype=torch.float64)
    for remainder in (log_gamma_remainder, entropy_remainder):
        assert remainder(infinity).abs().max() < 1e-300
