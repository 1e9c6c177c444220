"""Mutually strongest pairs of columns, against a plain search."""

import math

import numpy as np
import pytest
import torch

from mist_core.distributions.additive import AdditiveUniform
from mist_core.statistics.canonical import spectrum
from mist_core.statistics.pairs import (
    THRESHOLDS,
    additive_information,
    mutual_partners,
    paired_columns,
)


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (5, 3), (6, 6)])
def test_partners_are_each_others_strongest(shape):
    strength = torch.from_numpy(np.random.default_rng(0).uniform(size=(4, *shape)))
    found = mutual_partners(strength)
    assert found.shape == (4, min(shape))
    for table, pairs in zip(strength.numpy(), found.tolist(), strict=True):
        plain = [
            v for (i, j), v in np.ndenumerate(table) if v == table[i].max() == table[:, j].max()
        ]
        assert sorted(v for v in pairs if v > 0) == pytest.approx(sorted(plain))


def test_additive_information_is_that_of_the_law_at_its_correlation():
    """X uniform on (0, 1) and noise uniform on (-e, e): rho^2 = 1 / (1 + 4 e^2)."""
    epsilon = torch.tensor([0.05, 0.3, 0.5, 0.8, 2.0], dtype=torch.float64)
    truth = AdditiveUniform(epsilon.unsqueeze(-1)).mutual_information()
    torch.testing.assert_close(additive_information(1 / (1 + 4 * epsilon.square())), truth)


def test_two_strong_pairs_among_independent_columns_are_counted_and_added_up(generator):
    n, rho = 20_000, 0.8
    x, y = torch.randn(2, 1, n, 5, generator=generator, dtype=torch.float64)
    y[..., :2] = rho * x[..., :2] + 0.6 * y[..., :2]
    found = paired_columns(spectrum(x, y).between, n)[0]
    width = 9
    strict = found[(len(THRESHOLDS) - 1) * width : len(THRESHOLDS) * width].tolist()
    assert strict[0] == pytest.approx(-math.log(0.36), abs=0.05)  # two pairs of -1/2 ln(1 - rho^2)
    assert strict[1] == pytest.approx(strict[0], abs=0.01)
    assert strict[6] == pytest.approx(2 / 5)
    assert found[-2].item() == pytest.approx(0, abs=0.005)  # nothing is left over


def test_pairs_beside_a_shared_factor_stand_out_in_what_it_leaves(generator):
    """X_i and Y_i share Z_i, all columns share U: beside U, two pairs of correlation 1/2 remain."""
    n, d = 50_000, 30
    x, y = torch.randn(2, 1, n, d, generator=generator, dtype=torch.float64)
    z = torch.randn(1, n, 2, generator=generator, dtype=torch.float64)
    x[..., :2], y[..., :2] = (t[..., :2] / 2**0.5 + z / 2**0.5 for t in (x, y))
    u = 3 * torch.randn(1, n, 1, generator=generator, dtype=torch.float64)
    frame = spectrum(x + u, y + u)
    assert frame.between.amin() > 0.85
    strength = mutual_partners(frame.residual_between.abs()).sort(descending=True).values[0]
    assert strength[:2].tolist() == pytest.approx([0.5, 0.5], abs=0.05)
    assert strength[2:].max() < 0.05
