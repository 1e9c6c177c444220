"""A fitted flow is invertible, follows its data, and is the same every time."""

import numpy as np
import pytest
import torch

from mist_core.priors.synthesis import flow as flows
from mist_core.priors.synthesis.flow import fit_flow
from mist_core.priors.synthesis.margin_splines import MOST_KNOTS, QuantileMap, fit_knots
from mist_core.training.adaptation.energy_test import energy_test


def banana(count, seed=0):
    """Two dependent columns that no linear map makes normal, and a skew one."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=count)
    b = a**2 + 0.3 * rng.normal(size=count)
    return torch.from_numpy(np.stack([a, b, np.exp(rng.normal(size=count))], 1))


@pytest.fixture(scope="module")
def flow():
    """Fitted quickly: fewer steps, larger ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flows, "MOST_STEPS", 150)
        patch.setattr(flows, "LEARNING_RATE", 1e-2)
        return fit_flow(banana(400), seed=0)


def test_a_column_is_mapped_through_its_own_quantiles():
    values = torch.rand(500, dtype=torch.float64).exp()
    column = QuantileMap(*fit_knots(values))
    middle = column(torch.zeros(1, dtype=torch.float64))
    assert middle.item() == pytest.approx(values.median().item(), rel=0.02)


def test_a_column_map_increases_and_is_undone_beyond_its_ends_too():
    column = QuantileMap(*fit_knots(torch.tensor([3.0, 1.0, 1.0, 7.0], dtype=torch.float64)))
    u = torch.linspace(-6, 6, 200, dtype=torch.float64)
    x = column(u)
    assert (x.diff() > 0).all()
    assert torch.allclose(column.inverse(x), u, atol=1e-12)


def test_many_values_keep_few_knots():
    scores, values = fit_knots(torch.randn(5000, dtype=torch.float64))
    assert len(scores) == len(values) <= MOST_KNOTS
    assert (scores.diff() > 0).all() and (values.diff() > 0).all()


def test_a_flow_is_undone_so_the_information_stays(flow, generator):
    u = torch.randn(5, 400, 3, generator=generator)
    assert torch.allclose(flow.pull(flow.push(u)), u, atol=1e-3)


def test_pushed_rows_follow_rows_the_fit_has_not_seen(flow, generator):
    with torch.no_grad():
        simulated = flow.push(torch.randn(400, 3, generator=generator)).numpy()
    fresh = banana(400, seed=1).numpy()
    rng = np.random.default_rng(0)
    gaussian = rng.multivariate_normal(fresh.mean(0), np.cov(fresh.T), 400)
    flow_test, gaussian_test = (energy_test(fresh, s, rng=rng) for s in (simulated, gaussian))
    assert gaussian_test.p_value < 0.01
    assert flow_test.distance < gaussian_test.distance / 4


def test_pulled_rows_are_nearly_standard_normal(flow):
    u = flow.pull(banana(2000, seed=2))
    assert torch.corrcoef(u.mT).fill_diagonal_(0).abs().max() < 0.15
    assert (u.std(0) - 1).abs().max() < 0.25
    assert u.mean(0).abs().max() < 0.2


def test_the_seed_decides_the_fit_and_the_global_stream_does_not(monkeypatch):
    monkeypatch.setattr(flows, "MOST_STEPS", 12)
    torch.manual_seed(5)
    first = fit_flow(banana(60), seed=3)
    before = torch.random.get_rng_state()
    second = fit_flow(banana(60), seed=3)
    assert torch.equal(torch.random.get_rng_state(), before)
    u = torch.randn(10, 3)
    assert torch.equal(first.push(u), second.push(u))


def test_a_single_column_has_no_splines(generator):
    flow = fit_flow(banana(50)[:, :1], seed=0)
    assert flow.splines is None
    u = torch.randn(30, 1, generator=generator)
    assert torch.allclose(flow.pull(flow.push(u)), u, atol=1e-4)


def test_equal_laws_are_told_apart_as_rarely_as_the_p_value_says():
    p_values = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        p_values.append(energy_test(rng.normal(size=(30, 2)), rng.normal(size=(40, 2)), rng=rng))
    share = np.mean([test.p_value <= 0.2 for test in p_values])
    assert 0.05 < share < 0.4
    assert min(test.p_value for test in p_values) >= 1 / 500
