"""Kinds of conditional laws: their shapes, and their truths by a second route."""

import math

import numpy as np
import pytest
import torch

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.priors.conditional import prior
from mist_core.priors.conditional.batch import Shape, remembering
from mist_core.priors.conditional.mechanisms import table_information
from mist_core.priors.conditional.series import channel, embedded, series, transfer
from mist_core.statistics.neighbours import Search, conditional
from mist_core.statistics.triple import triple

MAKE = {name: kind.make for name, kind in prior.KINDS.items()} | {"series": series}
IN_TIME = [name for name, kind in prior.KINDS.items() if kind.in_time]
# Where nearest neighbours in one column a side are a fair second opinion.
SMOOTH = ("gaussian", "moderated", "collider", "mechanism")


def drawn(kind, seed=1, **asked):
    asked = {"count": 3, "n": 200, "p": 2, "q": 3, "r": 2} | asked
    return MAKE[kind](Shape(**asked), source(stream(seed, "validation", 0)))


@pytest.mark.parametrize("kind", MAKE)
def test_draws_are_finite_and_know_their_information(kind):
    found = drawn(kind, ordered=kind == "series")
    for side in (found.x, found.y, found.z):
        assert side.shape[0] == 3 and side.isfinite().all() and side.dtype == torch.float32
    assert found.x.shape[1] == found.y.shape[1] == found.z.shape[1]
    assert found.information.isfinite().all() and (found.information >= 0).all()


@pytest.mark.parametrize("kind", MAKE)
def test_nothing_is_left_where_nothing_is_asked_for(kind):
    found = drawn(kind, nothing=True, ordered=kind == "series")
    assert found.information.abs().max() < 1e-9


@pytest.mark.parametrize("kind", SMOOTH)
def test_truths_are_what_nearest_neighbours_find(kind):
    found = drawn(kind, seed=3, count=4, n=4000, p=1, q=1, r=1)
    sides = triple(found.x, found.y, found.z)
    z = sides.z.scores
    told = conditional(sides.x.scores, sides.y.scores, z, Search(1500, 4000, (1,)))[:, 0]
    assert (told - found.information).abs().max() < 0.12 + 0.15 * found.information.max()


@pytest.mark.parametrize("kind", IN_TIME)
def test_series_remember_and_keep_their_truth(kind):
    found = drawn(kind, count=4, n=3000, p=1, q=1, r=1, ordered=True)
    assert found.ordered
    x = found.x[..., 0]
    before, after = x[:, :-1] - x.mean(1, keepdim=True), x[:, 1:] - x.mean(1, keepdim=True)
    correlation = (before * after).mean(1) / x.var(1)
    assert correlation.abs().max() > 0.2


def test_a_remembering_series_has_unit_variance_and_its_memory():
    noise = torch.from_numpy(np.random.default_rng(0).standard_normal((40_000, 1)))
    x = remembering(noise, 0.9)[:, 0]
    assert x.var() == pytest.approx(1, abs=0.1)
    assert (x[1:] * x[:-1]).mean() / x.var() == pytest.approx(0.9, abs=0.02)


def test_information_of_a_table_is_its_sum():
    table = torch.rand(2, 3, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    p = (table / table.sum((1, 2, 3), keepdim=True)).numpy()[1]
    by_hand = sum(
        p[i, j, k] * math.log(p[i, j, k] * p[:, :, k].sum() / (p[i, :, k].sum() * p[:, j, k].sum()))
        for i in range(3)
        for j in range(4)
        for k in range(5)
    )
    assert table_information(table)[1].item() == pytest.approx(by_hand, abs=1e-12)


def test_transfer_of_a_delayed_copy_is_that_of_a_channel():
    gain = 0.8
    matrix = np.array([[0.0, 0.0], [gain, 0.0]])  # y_t = gain x_{t-1} + noise
    covariance = np.diag([1.0, 1 + gain**2])
    for history in (1, 2):
        nats = transfer(matrix, covariance, 1, history)
        assert nats == pytest.approx(math.log1p(gain**2) / 2, abs=1e-9)


def test_a_straight_channel_has_its_closed_form():
    assert channel(lambda e: 1.5 * e, 0.5) == pytest.approx(math.log1p(9) / 2, abs=1e-3)


def test_past_and_present_stand_side_by_side():
    x, y = np.arange(6.0)[:, None], 10 + np.arange(6.0)[:, None]
    past_x, now, past_y = embedded(x, y, 2)
    assert past_x.tolist() == [[1, 0], [2, 1], [3, 2], [4, 3]]
    assert now[:, 0].tolist() == [12, 13, 14, 15]
    assert past_y[0].tolist() == [11, 10]


def test_draws_are_the_same_whenever_they_are_drawn():
    first, second = (prior.draw(2, source(stream(4, "train", 7))) for _ in range(2))
    assert first.kind == second.kind and torch.equal(first.x, second.x)
    assert torch.equal(first.information, second.information)
