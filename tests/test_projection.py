"""The estimate as a loss: its gradients find what a projection has to look at."""

import pytest
import torch

from mist_core.estimator import MISTEstimator

ROWS, DIM, STEPS = 500, 5, 40


def planted(generator):
    """x, y and the direction w: Y = (w.x)^2 + noise. Linear CCA sees nothing of it."""
    x = torch.randn(ROWS, DIM, generator=generator)
    w = torch.nn.functional.normalize(torch.randn(DIM, generator=generator), dim=0)
    return x, (x @ w).square() + 0.3 * torch.randn(ROWS, generator=generator), w


def best_of(mist, x, y, starts):
    """Where nothing is to be seen the estimate is flat: the best of a few directions to start."""
    return max(starts, key=lambda u: mist.estimate(x @ u, y))


def climb(mist, x, y, u):
    """A unit vector u of locally greatest I(u.x; y), by Adam."""
    u = u.clone().requires_grad_()
    optimiser = torch.optim.Adam([u], lr=0.1)
    for _ in range(STEPS):
        optimiser.zero_grad()
        (-mist.mutual_information(x @ u / u.norm(), y)).backward()
        optimiser.step()
    return (u / u.norm()).detach()


@pytest.mark.slow
def test_gradients_find_the_direction_that_acts_by_its_square(generator):
    mist = MISTEstimator.load()
    x, y, w = planted(generator)
    assert torch.corrcoef(torch.cat([x, y[:, None]], 1).T)[-1, :-1].abs().max() < 0.2

    starts = torch.nn.functional.normalize(torch.randn(8, DIM, generator=generator), dim=1)
    found = climb(mist, x, y, best_of(mist, x, y, starts))
    assert (starts @ w).abs().max() < 0.9
    assert abs(found @ w) > 0.95
