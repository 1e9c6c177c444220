"""Noisy functions: the quadrature against integrals by hand and against the sampler."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from mist_core.distributions.composite import Swapped
from mist_core.distributions.curves import RANDOM_CURVES, NoisyFunction, random_curves
from mist_core.distributions.numerics.randomness import source
from mist_core.errors import ParameterError


@pytest.fixture
def curves() -> NoisyFunction:
    return random_curves(32, source(np.random.SeedSequence(1)))


def entropy(density: Callable[[float], float], pieces: Sequence[float]) -> float:
    """Differential entropy in nats of a density that is smooth on each piece."""

    def minus_p_ln_p(y: float) -> float:
        p = density(y)
        return -p * math.log(p) if p > 0 else 0.0

    return sum(integrate.quad(minus_p_ln_p, a, b, epsabs=1e-9)[0] for a, b in pairwise(pieces))


def test_the_mean_pointwise_information_is_the_mutual_information(curves, generator):
    n = 4_000
    pointwise = curves.pointwise_mutual_information(*curves.sample(n, generator=generator))
    assert pointwise.std(-1).max() < 3  # or the next line would excuse any error
    gap = (pointwise.mean(-1) - curves.mutual_information()).abs()
    assert (gap <= 4 * pointwise.std(-1) / math.sqrt(n)).all()


@pytest.mark.parametrize("noise", [0.02, 0.3, 2.0])
def test_a_line_with_noise_has_the_entropy_of_a_smeared_uniform(noise):
    smeared = entropy(
        lambda y: stats.norm.cdf(y / noise) - stats.norm.cdf((y - 1) / noise),
        [-9 * noise, *np.linspace(0, 1, 9), 1 + 9 * noise],
    )
    truth = smeared - math.log(noise * math.sqrt(2 * math.pi * math.e))
    for cells in (1, 50):  # cutting a line into cells changes nothing, nor do units
        line = 3 * torch.linspace(0, 1, cells + 1, dtype=torch.float64)
        law = NoisyFunction(line, torch.tensor([3 * noise]))
        assert law.mutual_information().item() == pytest.approx(truth, abs=1e-5)


def test_a_flat_curve_tells_only_through_the_width_of_its_noise():
    constant = NoisyFunction(torch.zeros(4), torch.tensor([0.7]))
    assert constant.mutual_information().item() == pytest.approx(0, abs=1e-7)
    varying = NoisyFunction(torch.zeros(3), torch.tensor([1.0, 1000.0]))
    half = entropy(
        lambda y: (stats.norm.pdf(y) + stats.norm.pdf(y, scale=1000)) / 2, [0, 4, 20, 3000, 9000]
    )
    within = (math.log(2 * math.pi * math.e) + math.log(1000)) / 2
    assert varying.mutual_information().item() == pytest.approx(2 * half - within, abs=1e-5)


def test_turning_a_curve_over_or_around_keeps_the_information(curves):
    truth = curves.mutual_information()
    for law in (
        NoisyFunction(-curves.curve, curves.noise),
        NoisyFunction(curves.curve.flip(-1), curves.noise.flip(-1)),
        NoisyFunction(5 + 10 * curves.curve, 10 * curves.noise),
        Swapped(curves),
    ):
        torch.testing.assert_close(law.mutual_information(), truth, atol=1e-5, rtol=0)


def test_swapped_sides_are_the_same_rows(curves):
    x, y = curves.sample(5, generator=torch.Generator().manual_seed(1))
    v, u = Swapped(curves).sample(5, generator=torch.Generator().manual_seed(1))
    assert torch.equal(x, u) and torch.equal(y, v)
    torch.testing.assert_close(
        Swapped(curves).pointwise_mutual_information(y, x),
        curves.pointwise_mutual_information(x, y),
    )


def test_samples_follow_curve_and_noise(generator):
    curve, noise = torch.tensor([0.0, 2.0, 2.0, -1.0]), torch.tensor([0.1, 1.0, 0.3])
    x, y = NoisyFunction(curve, noise).sample(30_000, generator=generator)
    third = (3 * x[:, 0]).long()
    residual = y[:, 0] - torch.as_tensor(
        np.interp(x[:, 0].numpy(), np.linspace(0, 1, 4), curve.numpy())
    )
    for cell in range(3):
        spread = residual[third == cell]
        assert spread.mean().abs() < 4 * noise[cell] / 100
        assert spread.std().item() == pytest.approx(noise[cell].item(), rel=0.04)


def test_random_curves_span_the_range_from_faint_to_strong(generator):
    truth = random_curves(400, source(np.random.SeedSequence(7))).mutual_information()
    assert truth.isfinite().all() and truth.min() < 0.1 and 3 < truth.max() < 5
    assert 0.5 < truth.median() < 1.5


@pytest.mark.parametrize("draw", RANDOM_CURVES, ids=lambda draw: draw.__name__.strip("_"))
def test_curves_of_a_kind_differ(draw):
    x = torch.linspace(0, 1, 65, dtype=torch.float64)
    curves = draw(6, x, source(np.random.SeedSequence(3)))
    assert curves.shape == (6, 65) and curves.isfinite().all()
    assert curves.unique(dim=0).shape[0] == 6


@pytest.mark.parametrize(
    ("curve", "noise", "message"),
    [
        ([0.0, 1.0], [0.0], "noise must be positive and finite; got 0"),
        ([0.0, math.inf], [1.0], "curve must be finite; got inf"),
        ([0.0], [1.0], "curve and noise must have shapes"),
        ([0.0, 1.0, 2.0], [1.0, 1.0, 1.0], "curve and noise must have shapes"),
    ],
)
def test_a_bad_parameter_is_named_in_the_error(curve, noise, message):
    with pytest.raises(ParameterError, match=message):
        NoisyFunction(torch.tensor(curve), torch.tensor(noise))
