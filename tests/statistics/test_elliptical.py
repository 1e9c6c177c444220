"""Copulas that fit are as right as can be, tests say where they do not; ranks are all they read."""

import math

import pytest
import torch

from mist_core.distributions.elliptical import Multinormal, StudentT
from mist_core.statistics import elliptical, elliptical_given
from mist_core.statistics.summary import views
from mist_core.statistics.triple import triple

EVEN = torch.full((6, 6), 0.5, dtype=torch.float64) + 0.5 * torch.eye(6, dtype=torch.float64)


def drawn(law, rows: int, count: int = 6) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(7)
    pairs = [law.sample(rows, generator=generator) for _ in range(count)]
    return tuple(torch.stack(sides) for sides in zip(*pairs, strict=True))


def test_under_normal_laws_the_estimate_errs_by_its_standard_error():
    law = Multinormal(EVEN, 3)
    found = elliptical.read(views(*drawn(law, 2000, 16)))
    z = (found.estimates[:, 0] - law.mutual_information()) / found.errors[:, 0]
    assert z.mean().abs() < 4 / math.sqrt(16)
    assert 0.6 < z.std() < 1.5


@pytest.mark.parametrize("df", [1.0, 3.0])
def test_under_student_laws_the_student_copula_does(df):
    law = StudentT(EVEN, df, 3)
    found = elliptical.read(views(*drawn(law, 4000)))
    truth = law.mutual_information()
    assert ((found.estimates[:, 1] - truth).abs() < 5 * found.errors[:, 1]).all()
    assert (found.estimates[:, 0] < truth - 5 * found.errors[:, 0]).all()


def test_moments_are_of_unit_variance_under_independence_and_grow_where_columns_bend():
    u, w = torch.randn(2, 4, 4000, 3, generator=torch.Generator().manual_seed(1))
    none = torch.zeros(())
    mean = elliptical.moments(u, w, none)[:, ::2].exp() - 0.1
    assert (mean > 0.2).all() and (mean < 3).all()
    bent = elliptical.moments(u, (u.square() + w) / math.sqrt(3), none)[:, 2].exp()
    assert (bent > 100).all()


def test_a_parabola_fails_the_tests_that_a_normal_law_passes():
    x, e = torch.randn(2, 1, 2000, 1, generator=torch.Generator().manual_seed(2)).double()
    normal, bent = (elliptical.read(views(x, y)).statistics[0] for y in (x + e, x * x + e))
    tests = slice(elliptical.SIZES, elliptical.SIZES + elliptical.TESTS)
    assert (bent[tests] - normal[tests]).max() > 3


def test_statistics_know_neither_order_nor_side_nor_increasing_maps():
    x, y = drawn(StudentT(EVEN, 4.0, 2), 1500, 2)
    plain = elliptical.read(views(x, y))
    order = torch.randperm(1500, generator=torch.Generator().manual_seed(3))
    for other in ((x[:, order], y[:, order]), (y, x), (x.asinh(), y.pow(3))):
        found = elliptical.read(views(*other))
        torch.testing.assert_close(found.statistics, plain.statistics, atol=2e-3, rtol=2e-3)
        torch.testing.assert_close(found.estimates, plain.estimates, atol=1e-5, rtol=1e-4)


def test_ties_are_seen():
    x, y = drawn(Multinormal(EVEN, 3), 1500, 1)
    assert elliptical.read(views(x, y)).untied.all()
    assert not elliptical.read(views(x.round(decimals=1), y)).untied.any()


@pytest.mark.parametrize("df", [math.inf, 2.0])
def test_given_z_the_copula_of_the_law_is_right(df):
    """By the chain rule I(X;Y|Z) = I(X;Y,Z) - I(X;Z), both of which the law knows."""
    law = StudentT(EVEN, df, 2)
    x, rest = drawn(law, 3000)
    y, z = rest.split([1, 3], -1)
    found = elliptical_given.read(triple(x, y, z))
    alone = StudentT(EVEN[:5, :5], df, 2).mutual_information()
    truth = law.mutual_information() - alone
    place = int(df < math.inf)
    off = (found.estimates[:, place] - truth) / found.errors[:, place]
    assert off.mean().abs() < 3
    assert found.statistics.shape == (6, elliptical_given.COUNT)
