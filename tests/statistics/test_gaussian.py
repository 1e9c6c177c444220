"""Gaussian and elliptical statistics against closed forms, and the plug-in's exact bias."""

import math

import numpy as np
import pytest
import torch

from mist_core.distributions.correlation import canonical_correlation, dense_correlation
from mist_core.distributions.elliptical import Multinormal, StudentT
from mist_core.statistics.canonical import WHITENING_RIDGE, spectrum, standardised, whiten
from mist_core.statistics.gaussian import (
    ENTRY_LEVELS,
    canonical_spectra,
    correlation_structure,
    plug_in_bias,
    radial,
)
from mist_core.statistics.scaling import (
    LOG_FLOOR,
    both_sides,
    gaussian_information,
    interpolated_quantiles,
    log_information,
)


def radii(x, y):
    """The radial statistics of columns of any scale."""
    sides = standardised(x), standardised(y)
    return radial(sides, whiten(*sides, spectrum(x, y), WHITENING_RIDGE))


def gaussian_draws(dim_x, dim_y, n_samples, count, generator):
    """Datasets of one Gaussian law with its MI, nats."""
    rho = torch.linspace(0.2, 0.8, min(dim_x, dim_y), dtype=torch.float64)
    law = Multinormal(canonical_correlation(dim_x, dim_y, rho.expand(count, -1)), dim_x)
    x, y = law.sample(n_samples, generator=generator)
    return x, y, law.mutual_information()[0].item()


@pytest.mark.parametrize("shape", [(1, 1, 8), (3, 2, 15), (4, 4, 40)])
def test_the_debiased_plug_in_is_right_on_average(shape, generator):
    """The bias formula is exact for Gaussian data, so the mean over 4,000 datasets is the MI."""
    dim_x, dim_y, n_samples = shape
    x, y, truth = gaussian_draws(dim_x, dim_y, n_samples, 4000, generator)
    plug_in = gaussian_information(spectrum(x, y).squared_correlations(0.0)).sum(-1)
    debiased = plug_in - plug_in_bias(n_samples, dim_x, dim_y)
    standard_error = debiased.std() / math.sqrt(len(debiased))
    assert abs(debiased.mean() - truth) < 3.5 * standard_error
    assert plug_in.mean() - truth > 10 * standard_error


def test_the_bias_of_the_plug_in_is_pq_over_2n_for_many_rows():
    assert plug_in_bias(100_000, 3, 5) == pytest.approx(15 / 200_000, rel=1e-3)
    assert plug_in_bias(50, 3, 5) == plug_in_bias(50, 5, 3)


def test_with_too_few_rows_no_bias_is_taken_off():
    assert plug_in_bias(6, 3, 2) == 0
    assert plug_in_bias(7, 3, 2) > 0


def test_a_spectrum_starts_with_the_plug_in_information_and_ends_with_the_debiased(generator):
    x, y, _ = gaussian_draws(3, 2, 50, 4, generator)
    frame = spectrum(x, y)
    statistics = canonical_spectra(frame)
    information = gaussian_information(frame.squared_correlations(1e-6)).sum(-1)
    torch.testing.assert_close(statistics[:, 0], information)
    torch.testing.assert_close(statistics[:, 1], (information + LOG_FLOOR).log())
    torch.testing.assert_close(statistics[:, -2], information - plug_in_bias(50, 3, 2))


def test_more_dependence_means_more_plug_in_information_at_every_ridge(generator):
    rho = torch.tensor([[0.1, 0.1], [0.5, 0.4], [0.9, 0.8]], dtype=torch.float64)
    law = Multinormal(canonical_correlation(3, 2, rho), 3)
    statistics = canonical_spectra(spectrum(*law.sample(2000, generator=generator)))
    width = (statistics.shape[1] - 2) // 5
    totals = statistics[:, : 5 * width : width]
    assert (totals.diff(dim=0) > 0).all()


def test_structure_reads_the_cross_correlations(generator):
    """Equal correlations: every entry between the sides is the same number, and so is within."""
    law = Multinormal(dense_correlation(3, 4, torch.tensor(0.5, dtype=torch.float64)), 3)
    x, y = law.sample(200_000, generator=generator)
    structure = correlation_structure(spectrum(x[None], y[None]))[0]
    top_value, mean_entry, energy, energy_share = structure[:4].tolist()
    assert math.exp(top_value) == pytest.approx(1 + 6 * 0.5, abs=0.02)
    assert mean_entry == pytest.approx(0.5, abs=0.01)
    assert energy == pytest.approx(12 * 0.25, abs=0.05)
    assert energy_share == pytest.approx(0.25, abs=0.01)


def test_independent_sides_have_no_energy_on_average(generator):
    x = torch.randn(3000, 12, 3, generator=generator, dtype=torch.float64)
    y = torch.randn(3000, 12, 2, generator=generator, dtype=torch.float64)
    structure = correlation_structure(spectrum(x, y))
    energy, within = structure[:, 2].mean(), structure[:, 8].mean()
    # Two independent columns of n rows have a mean squared correlation of 1 / (n - 1).
    assert energy.item() == pytest.approx(6 * (1 / 11 - 1 / 12), abs=0.03)
    assert within.item() == pytest.approx(1 / 11 - 1 / 12, abs=0.005)


def test_flipped_columns_leave_the_structure_alone(generator):
    x, y, _ = gaussian_draws(3, 4, 60, 5, generator)
    signs = torch.tensor([1.0, -1, -1], dtype=torch.float64)
    torch.testing.assert_close(
        correlation_structure(spectrum(x * signs, -y)), correlation_structure(spectrum(x, y))
    )


def test_radii_of_a_student_law_move_together_and_those_of_independent_normals_do_not(generator):
    """With df = 3 and no correlation at all, dependence is in the radii alone."""
    eye = torch.eye(4, dtype=torch.float64)
    laws = {"student": StudentT(eye, torch.tensor(3.0), 2), "normal": Multinormal(eye, 2)}
    first = {}
    for name, law in laws.items():
        x, y = (side[None] for side in law.sample(5000, generator=generator))
        first[name] = radii(x, y)[0, 0].item()
    assert first["student"] > 0.15
    assert abs(first["normal"]) < 0.05


def test_the_correlation_of_the_radii_is_that_of_numpy(generator):
    x, y, _ = gaussian_draws(3, 2, 100, 1, generator)
    plain = [
        np.log((((z - z.mean(0)) / z.std(0)) ** 2).mean(-1) + 1e-4)
        for z in (x[0].numpy(), y[0].numpy())
    ]
    found = radii(x, y)[0]
    assert found[0].item() == pytest.approx(np.corrcoef(*plain)[0, 1], abs=1e-6)
    assert found[2].item() == pytest.approx(-0.5 * math.log(1 - 0.999 * found[0].item() ** 2))


def test_radii_in_the_whitened_frame_ignore_linear_maps(generator):
    """With the ridge at work only nearly so: a mild map moves nothing by more than a tenth."""
    x, y, _ = gaussian_draws(3, 3, 2000, 1, generator)
    mixed = x @ torch.tensor([[1.0, 0.3, 0], [0, 1, -0.3], [0.2, 0, 1]], dtype=torch.float64)
    before, after = (radii(z, y)[:, 9:] for z in (x, mixed))
    assert WHITENING_RIDGE > 0
    torch.testing.assert_close(before, after, atol=0.1, rtol=0)


def test_quantiles_interpolate_like_numpy():
    values = torch.from_numpy(np.random.default_rng(0).standard_normal((3, 11)))
    expected = np.quantile(values, ENTRY_LEVELS, axis=1).T
    np.testing.assert_allclose(interpolated_quantiles(values, ENTRY_LEVELS), expected, atol=1e-12)


def test_both_sides_is_all_that_an_exchange_leaves():
    of_x, of_y = torch.tensor([[1.0, 2.0]]), torch.tensor([[4.0, 0.0]])
    assert both_sides(of_x, of_y).tolist() == [[2.5, 1.0, 3.0, 2.0]]
    assert torch.equal(both_sides(of_x, of_y), both_sides(of_y, of_x))


def test_information_is_that_of_a_bivariate_normal_and_its_logarithm_has_a_floor():
    assert gaussian_information(torch.tensor(0.25)).item() == pytest.approx(-0.5 * math.log(0.75))
    nats = torch.tensor([-1.0, 0.0, 2.0])
    expected = [math.log(LOG_FLOOR), math.log(LOG_FLOOR), math.log(2 + LOG_FLOOR)]
    assert log_information(nats).tolist() == pytest.approx(expected)
