"""Shapes by name: their truths by a second route, and what each is known for."""

import numpy as np
import pytest
import torch

from mist_core.distributions.families import FAMILIES
from mist_core.distributions.mixtures import GaussianMixture
from mist_core.distributions.planar import PlanarMixture
from mist_core.distributions.shapes import SHAPES


def drawn(name, n=40_000, **values):
    law = SHAPES[name].build(*SHAPES[name].fixed_dims, **values)
    x, y = law.sample(n, generator=torch.Generator().manual_seed(1))
    return law, x, y


@pytest.mark.parametrize("name", SHAPES)
def test_the_truth_is_the_mean_of_the_pointwise_information(name):
    law, x, y = drawn(name)
    pointwise = law.pointwise_mutual_information(x, y)
    error = pointwise.std() / len(x) ** 0.5 + law.standard_error()
    assert abs(pointwise.mean() - law.mutual_information()) < 4 * error


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_builds_at_the_ends_of_its_parameters(name):
    family = SHAPES[name]
    for parameter in family.parameters:
        for end in (parameter.low, parameter.high):
            law = family.build(*family.fixed_dims, **{parameter.name: end})
            assert law.mutual_information() >= 0


def test_no_shape_has_the_name_of_another_family():
    assert not SHAPES.keys() & FAMILIES.keys()


@pytest.mark.parametrize("name", ["parabola", "ring", "cross", "growing-noise", "xor"])
def test_shapes_without_a_line_have_no_correlation_and_much_information(name):
    law, x, y = drawn(name)
    assert abs(np.corrcoef(x[:, 0], y[:, 0])[0, 1]) < 0.05
    assert law.mutual_information() > 0.3


def test_simpsons_groups_fall_together_and_rise_each():
    _, x, y = drawn("simpson")
    assert np.corrcoef(x[:, 0], y[:, 0])[0, 1] < -0.5
    middle = (x[:, 0] + y[:, 0]).abs() < 9
    centre = middle & ((x[:, 0] - y[:, 0]).abs() < 1)
    assert np.corrcoef(x[centre, 0], y[centre, 0])[0, 1] > 0.5


def test_quadrature_and_monte_carlo_agree_on_a_mixture():
    means = torch.tensor([[0.0, 0.0], [2.0, 1.0]], dtype=torch.float64)
    covariances = torch.tensor([[[1.0, 0.5], [0.5, 2.0]], [[0.3, 0.0], [0.0, 0.2]]]).double()
    planar = PlanarMixture(means, covariances)
    other = GaussianMixture(torch.ones(2), means, covariances, 1, tolerance=0.002)
    assert abs(planar.mutual_information() - other.mutual_information()) < 0.008
    x, y = planar.sample(50, generator=torch.Generator().manual_seed(0))
    pointwise = planar.log_joint(x[:, 0], y[:, 0]) - sum(planar.log_margins(x[:, 0], y[:, 0]))
    torch.testing.assert_close(pointwise, other.pointwise_mutual_information(x, y))


def test_a_single_normal_has_its_closed_form():
    covariance = torch.tensor([[[1.0, 0.8], [0.8, 1.0]]], dtype=torch.float64)
    law = PlanarMixture(torch.zeros(1, 2), covariance)
    assert law.mutual_information() == pytest.approx(-0.5 * np.log(1 - 0.64), abs=1e-7)
