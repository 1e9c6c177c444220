"""The sampler benchmark counts what was drawn, and has bmi draw the same laws."""

import numpy as np
import pytest
import torch

from mist_core.commands import bench_sampler
from mist_core.distributions.numerics.randomness import source
from mist_core.priors.paper import PAPER_BASES, PAPER_TRANSFORMS, Paper


def randomness():
    return source(np.random.SeedSequence(0))


@pytest.mark.parametrize("base", PAPER_BASES)
def test_bmi_draws_a_law_of_the_same_information(bmi, base):
    law = PAPER_BASES[base](3, 1, randomness())
    sampler = bench_sampler._bmi_sampler(law, "base")
    truth = law.mutual_information().item()
    assert float(sampler.mutual_information()) == pytest.approx(truth, rel=1e-4)


@pytest.mark.parametrize("transform", PAPER_TRANSFORMS)
def test_bmi_draws_under_the_same_transform(bmi, transform):
    law = PAPER_BASES["normal-dense"](3, 1, randomness())
    plain = bench_sampler._bmi_sampler(law, "base").sample(11, 0)
    mapped = bench_sampler._bmi_sampler(law, transform).sample(11, 0)
    for ours, before, after in zip(PAPER_TRANSFORMS[transform], plain, mapped, strict=True):
        expected = ours(torch.from_numpy(np.array(before)))
        assert np.allclose(after, expected, atol=1e-5)


def test_each_round_of_statistics_counts_a_whole_batch(monkeypatch):
    monkeypatch.setattr(bench_sampler, "DATASETS_A_DRAW", 5)
    draws = bench_sampler.with_statistics(Paper(), ("sizes",), randomness())
    assert [next(draws), next(draws)] == [5, 5]


def test_a_training_step_counts_its_batch_and_learns(monkeypatch):
    monkeypatch.setattr(bench_sampler, "TRAINED_BATCH", 16)
    seen, whole = [], bench_sampler.training_loss
    monkeypatch.setattr(
        bench_sampler, "training_loss", lambda *a: seen.append(whole(*a)) or seen[-1]
    )
    with torch.no_grad():  # as the measurement asks for it
        steps = bench_sampler.with_training(randomness())
        assert [next(steps) for _ in range(30)] == [16] * 30
    assert seen[-1] < 0.7 * seen[0]


@pytest.mark.slow
def test_two_processes_report_a_rate():
    rate = bench_sampler.measure("Gaussian and radial statistics", seconds=1.0, processes=2)
    assert rate.total > 0 and rate.per_core > 0
