"""Levels of a hidden normal pair: known tables, and the limit of fine steps."""

import math

import pytest
import torch
from scipy import stats

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.distributions.ordinal import OrdinalNormals, random_ordinals
from mist_core.errors import ParameterError
from mist_core.statistics.gaussian import gaussian_information

RHO = torch.tensor([-0.99, -0.5, 0.0, 0.8], dtype=torch.float64)


def cuts(*values):
    return torch.tensor(values, dtype=torch.float64).expand(len(RHO), -1)


@pytest.mark.parametrize("both", [False, True])
def test_the_mean_pointwise_information_is_the_mutual_information(both, generator):
    n = 50_000
    law = OrdinalNormals(RHO, cuts(-1.2, 0.1, 0.3), cuts(-0.5, 2.0) if both else None)
    x, y = law.sample(n, generator=generator)
    assert x.shape == y.shape == (4, n, 1)
    pointwise = law.pointwise_mutual_information(x, y)
    gap = (pointwise.mean(-1) - law.mutual_information()).abs()
    assert (gap <= 4 * pointwise.std(-1) / math.sqrt(n) + 1e-9).all()


def test_signs_of_a_normal_pair_agree_as_often_as_the_arcsine_says():
    table = OrdinalNormals(RHO, cuts(0.0), cuts(0.0))._table
    agree = 0.25 + RHO.asin() / (2 * math.pi)
    torch.testing.assert_close(table[:, 1, 1], agree, atol=1e-10, rtol=0)
    torch.testing.assert_close(table.sum((-2, -1)), torch.ones(4, dtype=torch.float64))


def test_the_table_is_that_of_the_bivariate_normal():
    table = OrdinalNormals(RHO, cuts(-0.7, 1.1), cuts(0.4))._table
    for rho, joint in zip(RHO.tolist(), table, strict=True):
        below = stats.multivariate_normal.cdf([-0.7, 0.4], cov=[[1, rho], [rho, 1]])
        assert joint[0, 0].item() == pytest.approx(below, abs=1e-6)


@pytest.mark.parametrize(("rho", "steps", "both"), [(RHO, 2001, False), (RHO[1:], 501, True)])
def test_fine_levels_tell_as_much_as_the_values(rho, steps, both):
    # On both sides, memory grows with the square of the steps; strong correlation wants small ones.
    fine = torch.linspace(-5, 5, steps, dtype=torch.float64).expand(len(rho), -1)
    law = OrdinalNormals(rho, fine, fine if both else None)
    whole = gaussian_information(rho.square())
    torch.testing.assert_close(law.mutual_information(), whole, atol=2e-4, rtol=0)


def test_coarser_levels_tell_less():
    values = OrdinalNormals(RHO, cuts(-1.0, 0.0, 1.0)).mutual_information()
    fewer = OrdinalNormals(RHO, cuts(0.0)).mutual_information()
    both = OrdinalNormals(RHO, cuts(0.0), cuts(0.0)).mutual_information()
    assert (values >= fewer - 1e-12).all() and (fewer >= both - 1e-12).all()
    assert values[2].item() == pytest.approx(0, abs=1e-12)


def test_random_ordinals_reach_from_no_information_to_nearly_that_of_the_pair():
    laws = [random_ordinals(8, source(stream(0, "train", k))) for k in range(40)]
    truths = torch.cat([law.mutual_information() for law in laws])
    assert torch.isfinite(truths).all()
    assert truths.min() < 0.02 and truths.max() > 1
    assert {law.cuts_y is None for law in laws} == {True, False}


@pytest.mark.parametrize("thresholds", [[1.0, 1.0], [1.0, 0.0], []])
def test_thresholds_that_do_not_increase_are_refused(thresholds):
    with pytest.raises(ParameterError, match="cuts"):
        OrdinalNormals(torch.tensor(0.5), torch.tensor(thresholds))
