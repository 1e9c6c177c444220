"""What a combination of log-ratios proves."""

import numpy as np
import torch

from mist_core.refinement.stacking import bound, stack

RHO = 0.7
MI = -0.5 * np.log1p(-(RHO**2))


def exact(n: int, seed: int = 0) -> torch.Tensor:
    """(1, 3, 2, n) log-ratios of normal pairs, true and independent."""
    rng = np.random.default_rng(seed)
    x, e, other = rng.standard_normal((3, 3, n))
    both = []
    for y in (RHO * x + np.sqrt(1 - RHO**2) * e, other):
        part = (RHO**2 * (x**2 + y**2) - 2 * RHO * x * y) / (1 - RHO**2)
        both.append(MI - part / 2)
    return torch.from_numpy(np.stack(both, 1))[None]


def test_the_exact_log_ratio_proves_all_of_the_information():
    errors = []
    for seed in range(40):
        found = bound(exact(2000, seed))
        errors.append((found.value.item() - MI) / found.standard_error.item())
    assert abs(np.mean(errors)) < 0.4
    assert 0.7 < np.std(errors) < 1.3


def test_a_wrong_log_ratio_proves_less():
    wrong = 0.5 * exact(20_000)
    assert bound(wrong).value < MI - 0.02


def test_the_stack_finds_the_right_one_and_its_scale():
    truth = exact(20_000)
    noise = torch.randn(truth.shape, generator=torch.Generator().manual_seed(1)).double()
    combined, weights = stack(torch.stack([2 * truth, noise], 2))
    assert abs(weights[0, 0] - 0.5) < 0.03
    assert abs(weights[0, 1]) < 0.03
    assert abs(bound(combined).value.item() - MI) < 0.02


def test_a_log_ratio_of_nothing_proves_nothing():
    noise = torch.randn(1, 3, 1, 5, 500, generator=torch.Generator().manual_seed(1))
    assert bound(stack(noise)[0]).value.item() < 0.01
