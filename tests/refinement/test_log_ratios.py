"""Log-ratios of known copulas and tables are what closed forms and counts say."""

import numpy as np
import scipy.stats
import torch

from mist_core.refinement.coordinates import read_rows, shrunken, whitened
from mist_core.refinement.elliptical import Student
from mist_core.refinement.grids import Grids
from mist_core.statistics.student import DF, joint_radius, log_ratio, t_scores


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def student(df: float, rho: float, n: int) -> np.ndarray:
    law = scipy.stats.multivariate_t([0, 0], [[1, rho], [rho, 1]], df)
    return law.rvs(n, random_state=1)


def test_the_student_log_ratio_is_that_of_its_densities():
    df, rho = 3.0, 0.6
    z = student(df, rho, 50)
    law = scipy.stats.multivariate_t([0, 0], [[1, rho], [rho, 1]], df)
    expected = law.logpdf(z) - scipy.stats.t.logpdf(z, df).sum(1)
    u, v = torch.from_numpy(z).T[:, None, :]  # (1, m) each
    radius = u.square() + v.square()
    radius = radius + joint_radius(u[..., None], v[..., None], torch.full((1, 1, 1), rho))
    got = log_ratio(
        (u.square()[:, None], v.square()[:, None], radius[:, None]),
        torch.full((1, 1), rho, dtype=torch.float64),
        (1, 1),
        torch.full((1, 1, 1), df, dtype=torch.float64),
    )
    np.testing.assert_allclose(got[0, 0], expected, atol=1e-6)


def test_t_scores_are_student_quantiles_of_the_ranks():
    normal = torch.linspace(-4, 4, 101, dtype=torch.float64)[None, :, None]
    got = t_scores(normal, torch.tensor([2.0], dtype=torch.float64))
    expected = scipy.stats.t.ppf(scipy.stats.norm.cdf(normal), 2.0)
    np.testing.assert_allclose(got, expected, rtol=1e-3, atol=1e-9)


def test_the_degrees_of_freedom_are_found():
    for df in (1.0, 4.0):
        z = torch.from_numpy(student(df, 0.5, 4000))
        rows = read_rows(z[None, :, :1], z[None, :, 1:], generator())
        found = Student(rows).df.item()
        assert abs(DF.index(found) - DF.index(df)) <= 1


def test_whitened_sides_have_unit_covariance_and_lose_doubled_columns():
    x = torch.randn(1, 2000, 3, generator=generator())
    white = whitened(torch.cat([x @ torch.randn(3, 3, generator=generator()), x[..., :1]], -1))
    values = torch.linalg.eigvalsh(white[0].T @ white[0] / 2000)
    assert values[0] < 1e-3
    assert torch.allclose(values[1:], torch.ones(3), atol=0.02)


def test_shrinking_takes_what_chance_explains():
    n, columns = 500, 20
    x = torch.randn(200, n, columns, generator=generator(), dtype=torch.float64)
    y = torch.randn(200, n, 1, generator=generator(), dtype=torch.float64)
    fitted = x @ torch.linalg.lstsq(x, y).solution
    rho = (fitted.square().sum(1) / y.square().sum(1)).sqrt()
    assert rho.mean() > 0.15
    assert shrunken(rho, n, columns).square().mean() < 0.01


def test_a_table_of_classes_gives_the_log_ratio_of_its_cells():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, 9000)
    y = np.where(rng.random(9000) < 0.7, x, rng.integers(0, 3, 9000))
    sides = (torch.nn.functional.one_hot(torch.from_numpy(s)).double()[None] for s in (x, y))
    rows = read_rows(*sides, generator())
    places = torch.stack([rows.held(k)[:3000] for k in range(3)])
    true = Grids(rows, 0).values(places, [1])[:, 0]
    joint = 0.7 * np.eye(3) / 3 + 0.3 / 9
    assert abs(true.mean().item() - (joint * np.log(9 * joint)).sum()) < 0.03


def test_two_sides_of_many_columns_have_no_table():
    x, y = torch.randn(2, 1, 900, 3, generator=generator())
    rows = read_rows(x, y, generator())
    places = torch.stack([rows.held(k) for k in range(3)])
    assert not Grids(rows, 1).values(places, [1, 2]).any()
