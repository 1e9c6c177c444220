"""Conditional laws kept out of every prior: their truths, each by a second route."""

import numpy as np
import pytest
from scipy.stats import rankdata

from mist_core.benchmarks.kept_out.conditional import LAWS
from mist_core.benchmarks.kept_out.conditional.truths import truths

every_law = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
OPEN = [law for law in LAWS.values() if law.exact is None]
NOTHING_LEFT = [law for law in LAWS.values() if law.exact == 0]


def test_they_are_many_of_many_kinds_small_and_large():
    assert len(LAWS) >= 20
    assert len({law.kind for law in LAWS.values()}) >= 8
    shapes = [law.sample(2, rng=np.random.default_rng(0)) for law in LAWS.values()]
    assert max(side.shape[1] for shape in shapes for side in shape) >= 4
    assert len(NOTHING_LEFT) >= 4


def test_each_truth_is_exact_or_known_better_than_a_million_rows_could_tell():
    assert set(truths()) == set(LAWS)
    for name, truth in truths().items():
        assert truth.standard_error <= 0.3 / 1e6**0.5, name
        if LAWS[name].exact is not None:
            assert truth.mutual_information == pytest.approx(LAWS[name].exact, abs=1e-6)
            assert abs(truth.measured - LAWS[name].exact) <= 4.5 * truth.measured_error + 1e-6, name


@every_law
def test_pointwise_information_is_that_of_the_rows_drawn(law):
    values = law.pointwise(*law.draw(50_000, np.random.default_rng(5)))
    truth = truths()[law.name]
    assert np.isfinite(values).all()
    error = max(truth.deviation / len(values) ** 0.5, 1e-9)
    assert abs(values.mean() - truth.mutual_information) < 5 * error


@pytest.mark.parametrize("law", OPEN, ids=lambda law: law.name)
def test_the_inverse_density_ratio_has_mean_one(law):
    """E[p(x | z) p(y | z) / p(x, y | z)] = 1 where the joint law lacks nothing of the product."""
    values = law.pointwise(*law.draw(200_000, np.random.default_rng(6)))
    # Below the least ratio that is met the product has mass that no row shows: a share of 1e-3.
    ratio = np.exp(-values)
    assert abs(ratio.mean() - 1) < max(5 * ratio.std() / len(ratio) ** 0.5, 2e-3)


@pytest.mark.parametrize(
    "law", [law for law in NOTHING_LEFT if law.draw(2, np.random.default_rng(0))[2].shape[1] == 1]
)
def test_where_nothing_is_left_ranks_within_thin_slices_of_z_do_not_correlate(law):
    u, v, w = (side[:, 0] for side in law.draw(100_000, np.random.default_rng(8)))
    order = np.argsort(w, kind="stable")
    ranks = [
        np.stack([rankdata(part) for part in side[order].reshape(1000, 100)]) for side in (u, v)
    ]
    u, v = (rank - rank.mean(1, keepdims=True) for rank in ranks)
    assert abs((u * v).sum() / np.sqrt((u * u).sum() * (v * v).sum())) < 4.5 / 100_000**0.5 + 2e-3


@every_law
def test_what_is_shown_is_finite_and_has_as_many_rows(law):
    sides = law.sample(1000, rng=np.random.default_rng(7))
    assert [side.shape[0] for side in sides] == [1000] * 3
    assert all(side.ndim == 2 and np.isfinite(side).all() for side in sides)
