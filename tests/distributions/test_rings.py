"""Rings, squares and products: quadrature against other integrals and against the sampler."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy import integrate, special, stats

from mist_core.distributions.curves import NoisyFunction
from mist_core.distributions.noisy import NoisyLaw
from mist_core.distributions.numerics.quadrature import legendre_panels
from mist_core.distributions.numerics.randomness import source
from mist_core.distributions.products import GatedNoise, NoisyProduct, random_gates, random_products
from mist_core.distributions.rings import NoisySquare, Ring, random_rings, random_squares
from mist_core.errors import ParameterError

NOISE = torch.tensor([0.01, 0.1, 0.5, 3.0], dtype=torch.float64)
LAWS: dict[str, NoisyLaw] = {
    "ring": Ring(NOISE),
    "product": NoisyProduct(NOISE),
    "gate": GatedNoise(NOISE),
    "square-1": NoisySquare(NOISE, 1),
    "square-2": NoisySquare(NOISE, 2),
    "square-7": NoisySquare(NOISE, 7),
}
RANDOM: dict[str, Callable[[int, object], NoisyLaw]] = {
    "ring": random_rings,
    "product": random_products,
    "gate": random_gates,
    "square": lambda count, source: random_squares(count, source, 3),
}


@pytest.fixture(params=LAWS)
def law(request) -> NoisyLaw:
    return LAWS[request.param]


def test_the_mean_pointwise_information_is_the_mutual_information(law, generator):
    n = 10_000
    pointwise = law.pointwise_mutual_information(*law.sample(n, generator=generator))
    assert pointwise.std(-1).max() < 3  # or the next line would excuse any error
    gap = (pointwise.mean(-1) - law.mutual_information()).abs()
    assert (gap <= 4 * pointwise.std(-1) / math.sqrt(n) + 1e-9).all()


def test_samples_have_the_promised_shapes_and_types(law, generator):
    for dtype in (torch.float32, torch.float64):
        x, y = law.sample(7, generator=generator, dtype=dtype)
        assert x.shape == (4, 7, law.dim_x) and y.shape == (4, 7, law.dim_y)
        assert x.dtype == y.dtype == dtype
        assert x.unique(dim=1).shape == x.shape and y.unique(dim=0).shape == y.shape


def test_a_ring_agrees_with_an_integral_over_the_plane():
    s, cell = 0.3, 0.02
    grid = torch.arange(-3.2, 3.2, cell, dtype=torch.float64)
    angle = torch.arange(400, dtype=torch.float64) * 2 * math.pi / 400
    bump_x, bump_y = (
        torch.exp(-((grid[:, None] - f(angle)) / s).square() / 2) / (s * math.sqrt(2 * math.pi))
        for f in (torch.cos, torch.sin)
    )  # (points, angles)
    joint = bump_x @ bump_y.T / 400
    ratio = joint / (bump_x.mean(-1)[:, None] * bump_y.mean(-1))
    truth = torch.xlogy(joint, ratio).sum() * cell**2
    assert Ring(s).mutual_information().item() == pytest.approx(truth.item(), abs=1e-7)


def test_a_square_is_a_parabola_and_two_squares_are_exponential():
    # A parabola of a normal X, cut into cells by its quantiles, without the last in 20,000.
    quantiles = torch.special.ndtri(torch.linspace(5e-5, 1 - 5e-5, 20_001, dtype=torch.float64))
    parabola = NoisyFunction(quantiles.square(), torch.tensor([0.5]))
    square = NoisySquare(0.5, 1).mutual_information()
    assert square.item() == pytest.approx(parabola.mutual_information().item(), abs=2e-3)

    def minus_p_ln_p(y: float) -> float:
        p = stats.exponnorm.pdf(y, 2 / 0.5, scale=0.5)
        return -p * math.log(p) if p > 0 else 0.0

    entropy = integrate.quad(minus_p_ln_p, -4, 70, points=(0, 2, 10), limit=200)[0]
    truth = entropy - math.log(0.5 * math.sqrt(2 * math.pi * math.e))
    assert NoisySquare(0.5, 2).mutual_information().item() == pytest.approx(truth, abs=1e-7)


def test_a_product_with_little_noise_has_the_entropy_of_a_bessel_density():
    def minus_p_ln_p(y: float) -> float:
        p = special.k0(y) / math.pi
        return -p * math.log(p)

    entropy = 2 * (integrate.quad(minus_p_ln_p, 0, 1)[0] + integrate.quad(minus_p_ln_p, 1, 60)[0])
    truth = entropy - math.log(1e-4 * math.sqrt(2 * math.pi * math.e))
    assert NoisyProduct(1e-4).mutual_information().item() == pytest.approx(truth, abs=1e-3)


@pytest.mark.parametrize("s", [0.05, 1.0])
def test_a_gate_carries_the_information_of_a_normal_channel_of_random_gain(s):
    def integrand(w: float) -> float:
        return stats.norm.pdf(w) * math.log1p((w / s) ** 2)

    truth = integrate.quad(integrand, 0, s)[0] + integrate.quad(integrand, s, 10)[0]
    assert GatedNoise(s).mutual_information().item() == pytest.approx(truth, abs=1e-7)


def test_a_column_that_does_not_tell_about_the_other_side_alone(generator):
    """Without its partner a factor, or a gain, is uncorrelated with the other side."""
    x, y = NoisyProduct(0.1).sample(40_000, generator=generator)
    assert torch.corrcoef(torch.cat([x, y], dim=-1).T)[:2, 2].abs().max() < 0.04
    x, y = GatedNoise(0.1).sample(40_000, generator=generator)
    assert torch.corrcoef(torch.cat([x, y], dim=-1).T)[0, 1:].abs().max() < 0.04


def test_more_noise_means_less_information(law):
    assert (law.mutual_information().diff() < 0).all() and (law.mutual_information() > -1e-9).all()


@pytest.mark.parametrize("name", RANDOM)
def test_random_shapes_span_the_range_from_faint_to_strong(name):
    truth = RANDOM[name](300, source(np.random.SeedSequence(1))).mutual_information()
    assert truth.min() < 0.06 and 2 < truth.max() < 4


def test_legendre_panels_integrate_polynomials_exactly():
    low, high = torch.tensor([0.0, -2.0]).double(), torch.tensor([1.0, 3.0]).double()
    for panels in (1, 5):
        x, weight = legendre_panels(low, high, panels)
        assert x.shape == weight.shape == (2, 16 * panels)
        torch.testing.assert_close((weight * x**7).sum(-1), (high**8 - low**8) / 8)


def test_a_bad_parameter_is_named_in_the_error():
    for family in (Ring, NoisyProduct, GatedNoise, lambda noise: NoisySquare(noise, 2)):
        with pytest.raises(ParameterError, match="noise must be positive and finite; got 0"):
            family(0.0)
    with pytest.raises(ParameterError, match="dim_x must be an integer of at least 1; got 0"):
        NoisySquare(1.0, 0)
