"""Never more than there is, and nothing new from copies of rows."""

import math

import numpy as np
import pytest
import torch

from mist_core import MISTEstimator
from mist_core.inference.ceiling import ceilings, labels
from mist_core.inference.copies import without_copies


@pytest.fixture(scope="module")
def estimator():
    return MISTEstimator.load(device="cpu")


def batch(*columns):
    return labels(torch.as_tensor(np.stack(columns, 1))[None].double())


@pytest.mark.parametrize("classes", [2, 3, 16])
def test_no_answer_about_classes_exceeds_their_entropy(estimator, classes):
    code = np.random.default_rng(0).integers(0, classes, 1000)
    for types in ("class", None):
        p = estimator.posterior(code, 10 * code + 1, types)
        assert p.mean <= math.log(classes) and p.quantile(0.99) <= math.log(classes) + 1e-9


def test_the_ceiling_holds_the_entropy_of_the_law_in_most_samples():
    """The plug-in entropy would cut off one-to-one truths in nearly all of them."""
    share = np.array([0.5, 0.2, 0.1, 0.1, 0.05, 0.05])
    entropy = -(share * np.log(share)).sum()
    draws = np.random.default_rng(1).choice(len(share), (400, 200), p=share)
    found = np.array([ceilings(batch(d), batch(d)).item() for d in draws])
    assert np.mean(found >= entropy) > 0.9
    assert np.mean(found) < entropy + 0.1


def test_several_columns_of_classes_are_one_class_together():
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 2, (2, 500))
    assert ceilings(batch(a, b), batch(rng.normal(size=500))) == pytest.approx(
        math.log(4), abs=0.05
    )


def test_numbers_have_no_ceiling():
    x, y = np.random.default_rng(3).normal(size=(2, 100))
    assert ceilings(batch(x), batch(y)).item() == math.inf


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0, None])
def test_copied_rows_change_nothing_but_the_width(estimator, share):
    rng = np.random.default_rng(4)
    x, noise = rng.normal(size=(2, 400))
    y = x + noise
    rows = np.r_[:400, : int(400 * share)] if share else rng.integers(0, 400, 400)
    once, copied = (
        estimator.posterior(*(v[np.unique(rows)] for v in (x, y))),
        (estimator.posterior(x[rows], y[rows])),
    )
    assert copied.mean == pytest.approx(once.mean, abs=1e-6)


def test_classes_and_rounded_numbers_keep_their_rows():
    rng = np.random.default_rng(5)
    code, number = rng.integers(0, 3, 300), rng.normal(size=300).round(1)
    rain = np.where(rng.random(300) < 0.5, rng.exponential(size=300), 0)
    other = np.where(rain > 0, rain + rng.exponential(size=300), 0)
    noisy = number + rng.normal(size=300).round(1)
    for x, y in ((code, code), (code, number), (number, noisy), (rain, other)):
        sides = (torch.as_tensor(s)[:, None].double() for s in (x, y))
        assert len(without_copies(*sides)[0]) == 300


@pytest.mark.parametrize("factor", [1e-320, 1e-300, 1e-160, 1e160, 1e300])
def test_a_common_factor_changes_nothing(estimator, factor):
    x, noise = np.random.default_rng(6).integers(-999, 999, (2, 200)).astype(float)
    y = x + noise
    plain = estimator.posterior(x, y).mean
    assert estimator.posterior(x * factor, y * factor).mean == pytest.approx(plain, abs=1e-5)


@pytest.mark.parametrize(
    "change",
    [lambda v: v * 1e-30, lambda v: np.exp(4 * v), lambda v: np.r_[v[:-1], 1e6]],
    ids=["tiny unit", "heavy tail", "far row"],
)
def test_the_differentiable_estimate_is_the_estimate(estimator, change):
    x, noise = np.random.default_rng(7).normal(size=(2, 400))
    x, y = change(x), change(x + noise)
    smooth = estimator.mutual_information(torch.tensor(x), torch.tensor(y)).item()
    assert smooth == pytest.approx(estimator.estimate(x, y), abs=0.02)


def test_moving_all_rows_alike_does_not_raise_the_estimate(estimator):
    x, noise = torch.randn(2, 300, generator=torch.Generator().manual_seed(8)).double()
    x, y = x.requires_grad_(), (x + noise).detach()
    estimator.mutual_information(x, y).backward()
    assert x.grad.sum().abs() < 0.05 * x.grad.abs().sum()
