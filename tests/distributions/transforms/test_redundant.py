"""One column shown as two: it can be read back, and rounding hides next to nothing."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.distributions.ordinal import OrdinalNormals
from mist_core.distributions.transforms.lifts import WAVE, Beside
from mist_core.distributions.transforms.redundant import (
    Coil,
    OfFirst,
    WithSquare,
    random_redundancy,
)
from mist_core.errors import ParameterError
from mist_core.priors.batch import Batch, Composition
from mist_core.priors.rounding import COARSEST, FINEST, rounded
from mist_core.statistics.gaussian import gaussian_information


def fresh(index=0):
    return source(stream(0, "train", index))


@pytest.mark.parametrize(("dim", "more"), [(1, 0), (1, 1), (3, 1), (1, 9), (4, 20)])
def test_the_columns_can_be_read_back(dim, more):
    for index in range(30):
        randomness = fresh(index)
        transform = random_redundancy(dim, more, 4, randomness)
        assert transform.output_dim(dim) == dim + more
        x = torch.randn(4, 200, dim, generator=randomness.generator, dtype=torch.float64)
        seen = transform(x)
        assert seen.shape == (4, 200, dim + more)
        torch.testing.assert_close(transform.inverse(seen), x, atol=1e-6, rtol=1e-6)


def test_a_coil_goes_round_as_often_as_said_and_outwards():
    one, coil = torch.ones(1, dtype=torch.float64), torch.linspace(-40, 40, 4001)
    seen = Coil(2 * one, 0.2 * one, 0 * one)(coil.double().view(1, -1, 1))[0]
    angle = np.unwrap(torch.atan2(seen[:, 1], seen[:, 0]).numpy())
    assert (angle[-1] - angle[0]) / (2 * math.pi) == pytest.approx(2, abs=0.01)
    assert (seen.norm(dim=-1).diff() > 0).all()


def test_a_column_stands_beside_its_parabola():
    x = torch.tensor([[[-1.0], [2.0]]], dtype=torch.float64)
    seen = WithSquare(torch.zeros(1, dtype=torch.float64))(x)
    torch.testing.assert_close(seen[..., 1], x[..., 0].asinh().square())


def test_only_a_single_column_can_be_coiled():
    coil = Coil(*torch.ones(3, 1))
    with pytest.raises(ParameterError, match="Coil"):
        coil.output_dim(2)
    assert OfFirst(coil).output_dim(4) == 5


def pairs(correlation, n):
    """One dataset of normal pairs, and its truth."""
    z = torch.randn(1, n, 2, generator=torch.Generator().manual_seed(0))
    y = correlation * z[..., :1] + math.sqrt(1 - correlation**2) * z[..., 1:]
    truth = gaussian_information(torch.tensor([correlation**2], dtype=torch.float64))
    return Batch(z[..., :1], y, truth, (Composition.of("gaussian"),))


def test_steps_stay_in_their_range_and_values_within_half_a_step():
    batch = pairs(0.8, 4000)
    for index in range(20):
        seen = rounded(batch, fresh(index))
        for before, after in ((batch.x, seen.x), (batch.y, seen.y)):
            values = after.flatten().unique()
            if len(values) == before.numel():
                continue
            step = values.diff().min().item()
            scale = (-batch.mutual_information).exp().item()
            assert 0.9 * FINEST * scale < step < 1.1 * COARSEST * scale
            assert (before - after).abs().max() <= 0.51 * step


@pytest.mark.parametrize("correlation", [0.1, 0.7, 0.95, 0.99])
def test_the_coarsest_steps_hide_little_of_a_normal_pair(correlation):
    truth = gaussian_information(torch.tensor(correlation**2, dtype=torch.float64))
    step = COARSEST * math.exp(-truth.item())
    cuts = torch.arange(-7, 7, step, dtype=torch.float64)
    law = OrdinalNormals(torch.tensor(correlation, dtype=torch.float64), cuts, cuts)
    assert truth - law.mutual_information() < 2 * COARSEST**2 / 24 + 1e-3


def test_classes_of_a_constant_column_and_families_stay():
    batch = pairs(0.5, 50)
    constant = replace(batch, x=0 * batch.x)
    seen = rounded(constant, fresh())
    assert seen.x.abs().max() == 0 and seen.families == batch.families
    assert torch.isfinite(seen.y).all()


def test_functions_beside_columns_are_functions_of_these_alone():
    x = torch.randn(2, 100, 3, generator=fresh().generator, dtype=torch.float64)
    directions = torch.zeros(2, 3, 2, dtype=torch.float64)
    directions[:, 0, 0], directions[:, 2, 1] = 1.0, 2.0
    lift = Beside(directions, torch.zeros(2, 2, dtype=torch.float64), (1, WAVE))
    seen = lift(x)
    torch.testing.assert_close(seen[..., 3], x[..., 0].asinh().square())
    torch.testing.assert_close(seen[..., 4], (4 * x[..., 2].asinh()).sin())


def test_one_function_a_direction_is_asked_for():
    with pytest.raises(ParameterError, match="1 functions for 2 directions"):
        Beside(torch.zeros(1, 3, 2), torch.zeros(1, 2), (0,))
