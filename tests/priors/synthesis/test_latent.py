"""Sides are exactly standard normal, and the information has two routes."""

import numpy as np
import pytest
import torch
from scipy.stats import kstest

from mist_core.distributions.copulas import Clayton, Frank
from mist_core.distributions.correlation import bivariate_correlation
from mist_core.distributions.elliptical import Multinormal
from mist_core.distributions.numerics.randomness import source
from mist_core.priors.synthesis.latent import CutNormal, FoldedCopula, SharedLength
from mist_core.priors.synthesis.random_latent import Port, random_standard_law

RHO = torch.tensor([0.0, 0.5, 0.95], dtype=torch.float64)
EDGES = torch.tensor([-0.7, 0.4])
CLAYTON = Clayton(torch.tensor([0.5, 3.0], dtype=torch.float64))
LAWS = {
    "folded": FoldedCopula(CLAYTON, 3, 2),
    "not folded": FoldedCopula(CLAYTON),
    "length": SharedLength(CLAYTON, 3, 2),
    "cut on x": CutNormal(RHO, EDGES, None),
    "cut on y, folded": CutNormal(RHO, None, EDGES, folds=2),
    "cut on both": CutNormal(RHO, EDGES, torch.tensor([0.1])),
}


@pytest.mark.parametrize("name", LAWS)
def test_the_information_is_the_mean_of_the_pointwise_one(name, generator):
    law = LAWS[name]
    x, y = law.sample(40_000, generator=generator)
    pointwise = law.pointwise_mutual_information(x, y)
    error = pointwise.std(-1) / 200
    assert ((pointwise.mean(-1) - law.mutual_information()).abs() < 4 * error + 1e-9).all()


@pytest.mark.parametrize("name", ["folded", "not folded", "length"])
def test_every_column_is_standard_normal(name, generator):
    for side in LAWS[name].sample(4000, generator=generator):
        for column in side.flatten(0, -3).mT.flatten(0, 1).numpy():
            assert kstest(column, "norm").pvalue > 1e-4


def test_columns_of_one_side_are_uncorrelated_and_directions_uniform(generator):
    x, _ = LAWS["length"].sample(20_000, generator=generator)
    assert torch.allclose(torch.cov(x[0].mT), torch.eye(3, dtype=x.dtype), atol=0.05)
    signs = (x[0] > 0).double().mean(0)
    assert torch.allclose(signs, torch.full_like(signs, 0.5), atol=0.02)


def test_a_fold_hides_the_sign_and_keeps_the_information(generator):
    copula = Frank(torch.tensor(20.0, dtype=torch.float64))
    x, y = FoldedCopula(copula, 2, 1).sample(20_000, generator=generator)
    assert np.corrcoef(x[:, 0], y[:, 0])[0, 1] == pytest.approx(0, abs=0.03)
    assert abs(np.corrcoef(x[:, 0].abs(), y[:, 0])[0, 1]) > 0.8


def test_ever_finer_cuts_tend_to_the_information_of_the_normal_pair():
    rho = torch.tensor(0.8, dtype=torch.float64)
    whole = Multinormal(bivariate_correlation(rho), dim_x=1).mutual_information()
    values = []
    for bins in (2, 8, 64):
        levels = torch.arange(1, bins, dtype=torch.float64) / bins
        values.append(CutNormal(rho, torch.special.ndtri(levels), None).mutual_information())
    assert values[0] < values[1] < values[2] < whole
    assert values[2] == pytest.approx(whole.item(), abs=0.01)


def test_a_normal_cut_at_its_median_on_both_sides_has_sheppards_information():
    rho, cut = torch.tensor(0.6, dtype=torch.float64), torch.zeros(1)
    same = 0.5 + np.arcsin(0.6) / np.pi  # Sheppard, 1899
    expected = np.log(2) + same * np.log(same) + (1 - same) * np.log(1 - same)
    assert CutNormal(rho, cut, cut).mutual_information().item() == pytest.approx(expected, abs=1e-6)


def test_shares_of_the_bins_are_those_of_the_cuts(generator):
    x, _ = LAWS["cut on both"].sample(20_000, generator=generator)
    shares = torch.stack([(x == k).double().mean((-1, -2)) for k in range(3)])
    expected = torch.tensor([0.2420, 0.4134, 0.3446], dtype=shares.dtype)
    assert torch.allclose(shares, expected[:, None], atol=0.015)


@pytest.mark.parametrize("dims", [(1, 1), (3, 1), (4, 2)])
def test_random_laws_have_standard_normal_sides_whatever_their_kind(dims):
    for seed in range(12):
        draws = source(np.random.SeedSequence(seed))
        law = random_standard_law(Port(dims[0]), Port(dims[1]), 4, draws)
        assert (law.mutual_information() >= 0).all()
        for side in law.sample(2000, generator=draws.generator):
            squares = side.square().sum(-1).flatten().numpy()
            assert kstest(squares, "chi2", args=(side.shape[-1],)).pvalue > 1e-4


def test_a_discrete_side_takes_the_bins_of_its_carrier():
    draws = source(np.random.SeedSequence(3))
    law = random_standard_law(Port(3), Port(1, EDGES), 4, draws)
    x, y = law.sample(500, generator=draws.generator)
    assert x.shape == (4, 500, 3) and set(y.unique().tolist()) == {0.0, 1.0, 2.0}
