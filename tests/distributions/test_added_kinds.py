"""Truths of angles, folds, spikes, counts, heaps, interactions and indices by other routes."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from mist_core.distributions.circles import NARROWEST, OnCircle, Wound
from mist_core.distributions.counts import RateAndCount, random_counts
from mist_core.distributions.curves import NoisyFunction
from mist_core.distributions.heaped import Heaped, random_heaps
from mist_core.distributions.indices import CELLS, EDGE, random_indices
from mist_core.distributions.interactions import ClassSlopes
from mist_core.distributions.numerics.randomness import source, stream
from mist_core.distributions.ordinal import OrdinalNormals
from mist_core.distributions.rings import NoisySquare
from mist_core.distributions.skewed_classes import NOISES, SkewedClasses
from mist_core.distributions.spikes import Spiked, random_spikes
from mist_core.errors import ParameterError


def fresh(index=0):
    return source(stream(1, "train", index))


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


def normal_information(rho):
    return -0.5 * math.log1p(-rho * rho)


# Angles and folds


@pytest.mark.parametrize("width", [NARROWEST, 0.02, 0.1, 0.5])
def test_wrapped_cauchy_noise_has_a_closed_form(width):
    law = Wound(tensor(1, -2, 5), tensor(width, width, width), "cauchy")
    expected = -math.log1p(-math.exp(-4 * math.pi * width))
    assert law.mutual_information().tolist() == pytest.approx([expected] * 3, abs=2e-5)


@pytest.mark.parametrize("width", [NARROWEST, 0.02, 0.05])
def test_narrow_normal_noise_has_the_entropy_of_a_normal(width):
    law = Wound(tensor(1), tensor(width))
    expected = -math.log(width * math.sqrt(2 * math.pi * math.e))
    assert law.mutual_information().item() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("noise", ["normal", "cauchy"])
def test_a_fold_hides_at_most_a_bit(noise):
    width = tensor(NARROWEST, 0.02, 0.1, 0.3)
    whole = Wound(torch.ones_like(width), width, noise).mutual_information()
    folded = Wound(torch.ones_like(width), width, noise, folded=True).mutual_information()
    assert (folded <= whole + 1e-9).all() and (folded >= whole - math.log(2) - 1e-9).all()
    # Where the noise is narrow, whoever sees the fold and X knows which branch it was.
    assert folded[0] > whole[0] - math.log(2) - 1e-4
    assert whole[0] - folded[0] == pytest.approx(math.log(2), abs=0.12)


def test_a_point_on_a_circle_is_read_back_as_its_angle():
    u = torch.rand(2, 50, 1, generator=fresh().generator, dtype=torch.float64)
    circle = OnCircle(tensor(0.5, 2))
    torch.testing.assert_close(circle(u).norm(dim=-1), tensor(0.5, 2)[:, None].expand(2, 50))
    torch.testing.assert_close(circle.inverse(circle(u)), u)


def test_angles_ask_for_whole_turns_and_a_known_noise():
    with pytest.raises(ParameterError, match="whole and not 0"):
        Wound(tensor(0), tensor(0.1))
    with pytest.raises(ParameterError, match="noise must be one of"):
        Wound(tensor(1), tensor(0.1), "uniform")


# Spikes


def test_zeros_together_add_the_entropy_of_being_off():
    share, rho = 0.3, 0.8
    table = tensor(1 - share, 0, 0, share).reshape(1, 2, 2)
    law = Spiked(table, tensor(rho), torch.zeros(1, 2), torch.ones(1, 2))
    entropy = -share * math.log(share) - (1 - share) * math.log(1 - share)
    expected = entropy + share * normal_information(rho)
    assert law.mutual_information().item() == pytest.approx(expected)


def test_zeros_apart_dilute_the_pair():
    table = torch.outer(tensor(0.4, 0.6), tensor(0.3, 0.7))[None]
    law = Spiked(table, tensor(-0.9), torch.zeros(1, 2), torch.ones(1, 2))
    expected = 0.42 * normal_information(0.9)
    assert law.mutual_information().item() == pytest.approx(expected)


def test_spikes_have_the_shares_of_their_table():
    law = random_spikes(6, fresh())
    x, y = law.sample(40_000, generator=fresh().generator)
    for k in range(6):
        on = [(side[k, :, 0] > 0).double() for side in (x, y)]
        assert (on[0] * on[1]).mean().item() == pytest.approx(law.table[k, 1, 1].item(), abs=0.012)


# Counts


@pytest.mark.parametrize(("shape", "mean", "zeros"), [(0.5, 1.0, 0.0), (2.0, 12.0, 0.4)])
def test_a_rate_and_its_count_by_adaptive_quadrature(shape, mean, zeros):
    k = np.arange(400)
    margin = stats.nbinom.pmf(k, shape, shape / (shape + mean)) * (1 - zeros)
    margin[0] += zeros

    def entropy(p):
        return -(p[p > 0] * np.log(p[p > 0])).sum()

    def within(rate):
        given = stats.poisson.pmf(k, mean * rate) * (1 - zeros)
        given[0] += zeros
        return entropy(given) * stats.gamma.pdf(rate, shape, scale=1 / shape)

    # The root of the rate has no pole at 0.
    left = integrate.quad(lambda t: 2 * t * within(t * t), 0, 8, limit=300)[0]
    law = RateAndCount(tensor(shape), tensor(mean), tensor(zeros))
    assert law.mutual_information().item() == pytest.approx(entropy(margin) - left, abs=1e-5)


def test_two_counts_of_a_rate_tell_less_of_each_other_than_of_the_rate():
    law = random_counts(8, fresh(3))
    assert law.table.sum((-2, -1)).tolist() == pytest.approx([1.0] * 8)
    assert (law.mutual_information() >= 0).all() and law.mutual_information().max() > 0.01


# Classes with noise that is not normal


def test_uniform_noise_that_half_overlaps_tells_half_a_bit():
    law = SkewedClasses(
        torch.ones(1, 2),
        tensor(0, 0.5).reshape(1, 2, 1),
        torch.ones(1, 2, 1),
        "uniform",
        tolerance=0.002,
    )
    expected = math.log(2) / 2
    assert law.mutual_information().item() == pytest.approx(expected, abs=4 * 0.002)


@pytest.mark.parametrize("noise", NOISES)
def test_noise_has_the_density_it_says(noise):
    """Far classes tell all, by their weights; near ones of the same law nothing."""
    weights, scales = tensor(0.2, 0.8)[None], torch.ones(1, 2, 1)
    far = SkewedClasses(weights, tensor(0, 1e4).reshape(1, 2, 1), scales, noise, tolerance=0.002)
    entropy = -(weights * weights.log()).sum().item()
    assert far.mutual_information().item() == pytest.approx(entropy, abs=0.01)
    same = SkewedClasses(weights, torch.zeros(1, 2, 1), scales, noise)
    assert same.mutual_information().item() < 1e-12


# A class and numbers that act together


def test_one_class_is_a_normal_pair():
    one = torch.ones(1, 1)
    law = ClassSlopes(one, tensor(1.5).reshape(1, 1, 1), 0 * one, 0.5 * one)
    assert law.mutual_information().item() == pytest.approx(0.5 * math.log1p(9), abs=1e-6)


def test_far_classes_add_their_entropy():
    weights, slopes = tensor(0.3, 0.7)[None], tensor(1, -1).reshape(1, 2, 1)
    law = ClassSlopes(weights, slopes, tensor(0, 100)[None], 0.5 * torch.ones(1, 2))
    expected = -(weights * weights.log()).sum().item() + 0.5 * math.log1p(4)
    assert law.mutual_information().item() == pytest.approx(expected, abs=1e-5)


def test_crossing_lines_tell_nothing_by_the_class_alone():
    law = ClassSlopes(
        torch.ones(1, 2), tensor(2, -2).reshape(1, 2, 1), torch.zeros(1, 2), 0.3 * torch.ones(1, 2)
    )
    x, y = law.sample(50_000, generator=fresh().generator)
    assert abs(torch.corrcoef(torch.stack([x[0, :, 1], y[0, :, 0]]))[0, 1]) < 0.02
    # Y is normal, whatever the class: all its variance but the noise is told.
    assert law.mutual_information().item() == pytest.approx(0.5 * math.log1p(4 / 0.09), abs=1e-6)


# Heaps


def test_no_heaps_leave_a_normal_pair_and_all_of_them_ordered_levels():
    rho, steps = tensor(0.8), (0.7, 1.5)
    none = Heaped(rho, steps, torch.zeros(1, 2))
    assert none.mutual_information().item() == pytest.approx(normal_information(0.8))
    whole = Heaped(rho, steps, torch.ones(1, 2))
    cuts = (torch.arange(8) - 3.5) * 0.7, (torch.arange(4) - 1.5) * 1.5
    levels = OrdinalNormals(rho, *(c.double()[None] for c in cuts))
    torch.testing.assert_close(whole.mutual_information(), levels.mutual_information())


def test_heaps_are_seen_as_often_as_said():
    law = random_heaps(4, fresh(2))
    x, _ = law.sample(20_000, generator=fresh().generator)
    for k in range(4):
        tied = 20_000 - len(x[k].unique())
        assert tied / 20_000 == pytest.approx(law.shares[k, 0].item(), abs=0.02)


# Hidden directions


def test_a_parabola_of_an_index_is_a_noisy_square():
    z = torch.special.ndtri(torch.linspace(0, 1, CELLS + 1).double().clamp(EDGE, 1 - EDGE))
    noise = tensor(0.4)
    curve = NoisyFunction(z.square()[None], noise[:, None]).mutual_information().item()
    assert curve == pytest.approx(NoisySquare(noise, 1).mutual_information().item(), abs=0.02)


def test_an_index_is_hidden_from_single_columns_and_found_by_its_pointwise_information():
    law = random_indices(12, 1, 6, fresh(4))
    x, y = law.sample(20_000, generator=fresh().generator)
    assert x.shape == (6, 20_000, 12) and y.shape == (6, 20_000, 1)
    seen = law.pointwise_mutual_information(x, y)
    error = seen.std(-1) / 20_000**0.5
    assert ((seen.mean(-1) - law.mutual_information()).abs() < 5 * error).all()
    covariance = torch.stack([torch.cov(rows.T) for rows in x])
    eye = torch.eye(12, dtype=covariance.dtype).expand(6, -1, -1)
    torch.testing.assert_close(covariance, eye, atol=0.06, rtol=0)
