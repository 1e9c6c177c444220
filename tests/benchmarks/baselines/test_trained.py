"""MINDE and the bridge of density ratios: what their integrals and sums are, and what they find."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Generator

from mist_core.benchmarks.baselines.bridge import SPANS, Bridge
from mist_core.benchmarks.baselines.estimators import BASELINES
from mist_core.benchmarks.baselines.minde import Denoiser
from mist_core.benchmarks.baselines.trained import MINDE, TelescopingBridge

BOTH = pytest.mark.parametrize("name", ["minde", "bridge"])
SHORT = pytest.mark.parametrize(
    ("kind", "critic"), [(MINDE, Denoiser), (TelescopingBridge, Bridge)]
)
R = 0.8
TRUTH = -0.5 * math.log1p(-(R**2))


def normal_pair(correlation: float, n: int, dim: int = 1, seed: int = 1):
    x, e = np.random.default_rng(seed).standard_normal((2, n, dim))
    return x, correlation * x + math.sqrt(1 - correlation**2) * e


def tensors(correlation: float, n: int):
    return [torch.from_numpy(side).float() for side in normal_pair(correlation, n)]


class ExactDenoiser(Denoiser):
    """Knows the noise to expect in x of a normal pair, with correlation R or without knowing y."""

    def forward(self, noisy, y, told, log_snr):
        signal, noise = torch.sigmoid(log_snr), torch.sigmoid(-log_snr)
        expected, left = told * R * y, 1 - told * R**2
        return noise.sqrt() * (noisy - signal.sqrt() * expected) / (signal * left + noise)


class ExactBridge(Bridge):
    """Knows the ratios of neighbouring waymarks, which are normal pairs of falling correlation."""

    def forward(self, x, y):
        correlation = R * self.angles.cos()[:, None, None]
        left = 1 - correlation**2
        log_density = -((y - correlation[:-1] * x) ** 2) / left[:-1] / 2 - left[:-1].log() / 2
        log_density += (y - correlation[1:] * x) ** 2 / left[1:] / 2 + left[1:].log() / 2
        return log_density.squeeze(2)


@pytest.mark.parametrize("exact", [ExactDenoiser, ExactBridge])
def test_exact_scores_and_exact_ratios_give_the_information(exact):
    found = exact(1, 1).information(*tensors(R, 20_000), Generator().manual_seed(0))
    assert float(found) == pytest.approx(TRUTH, abs=0.02)


@pytest.mark.parametrize("exact", [ExactDenoiser, ExactBridge])
def test_no_network_has_less_loss_than_the_exact_one(exact):
    sides = tensors(R, 20_000)
    best = float(exact(1, 1).loss(*sides, Generator().manual_seed(0)))
    for factor in (0.8, 1.2):

        class Scaled(exact):
            def forward(self, *shown, factor=factor):
                return factor * super().forward(*shown)

        assert float(Scaled(1, 1).loss(*sides, Generator().manual_seed(0))) > best


def test_a_bridge_leads_from_the_pairs_themselves_to_independent_ones():
    x, y = tensors(R, 20_000)
    ways = Bridge(1, 1)._waymarks(y, Generator().manual_seed(0))
    assert len(ways) == SPANS + 1 and torch.equal(ways[0], y)
    assert abs(float((x * ways[-1]).mean())) < 0.03
    assert torch.allclose(ways.var((1, 2)), torch.ones(SPANS + 1), atol=0.05)


@BOTH
def test_a_moderate_normal_correlation_is_estimated_nearly(name):
    # Over eight datasets errors had mean -.01 and standard deviation .01, of either; the largest
    # was .034.
    truth = -0.5 * math.log1p(-(0.6**2))
    answer = BASELINES[name].ask(*normal_pair(0.6, 3000))
    assert answer.failure is None
    assert answer.estimate == pytest.approx(truth, abs=0.06)


@BOTH
def test_independent_columns_tell_next_to_nothing(name):
    assert BASELINES[name].ask(*normal_pair(0.0, 500)).estimate == pytest.approx(0, abs=0.05)


@SHORT
def test_the_same_seed_gives_the_same_estimate(kind, critic, monkeypatch):
    monkeypatch.setattr(critic, "steps", 20)
    x, y = normal_pair(0.6, 60)
    first, again, other = (kind(seed=seed).estimate(x, y) for seed in (1, 1, 2))
    assert first == again != other


def test_exchanging_sides_of_unequal_width_leaves_minde_as_it_is(monkeypatch):
    monkeypatch.setattr(Denoiser, "steps", 20)
    x = normal_pair(0.6, 60, 2)[1]
    y = x[:, :1] + 1
    assert MINDE().estimate(x, y) == MINDE().estimate(y, x)


@SHORT
def test_increasing_maps_change_nothing(kind, critic, monkeypatch):
    monkeypatch.setattr(critic, "steps", 20)
    x, y = normal_pair(0.6, 60)
    assert kind().estimate(np.exp(x), y**3) == kind().estimate(x, y)


@SHORT
def test_four_rows_are_enough_for_a_number(kind, critic, monkeypatch):
    monkeypatch.setattr(critic, "steps", 20)
    assert math.isfinite(kind().estimate(*normal_pair(0.5, 4)))


@BOTH
def test_a_late_one_is_stopped_with_a_sentence(name):
    late = replace(BASELINES[name], time_limit=0.1).ask(*normal_pair(0.5, 100))
    assert late.failure == "It took longer than 0.1 seconds."
