"""The estimate as a loss: its gradients find what a projection has to look at."""

import pytest
import torch

from mist_core.estimator import MISTEstimator

ROWS, DIM, STEPS = 500, 5, 40


@pytest.mark.slow
def test_gradients_find_the_direction_that_acts_by_its_square(generator):
    """Y = (w.x)^2 + noise: no linear map of X correlates with it, so linear CCA sees nothing."""
    mist = MISTEstimator.load()
    x = torch.randn(ROWS, DIM, generator=generator)
    w = torch.nn.functional.normalize(torch.randn(DIM, generator=generator), dim=0)
    y = (x @ w).square() + 0.3 * torch.randn(ROWS, generator=generator)
    assert torch.corrcoef(torch.cat([x, y[:, None]], 1).T)[-1, :-1].abs().max() < 0.2

    # Where nothing is to be seen the estimate is flat: start from the best of a few directions.
    starts = torch.nn.functional.normalize(torch.randn(8, DIM, generator=generator), dim=1)
    found = climb(mist, x, y, max(starts, key=lambda u: mist.estimate(x @ u, y)))
    assert (starts @ w).abs().max() < 0.9
    assert abs(found @ w) > 0.95


def climb(mist, x, y, u):
    """A unit vector u of locally greatest I(u.x; y), by Adam."""
    u = u.clone().requires_grad_()
    optimiser = torch.optim.Adam([u], lr=0.1)
    for _ in range(STEPS):
        optimiser.zero_grad()
        (-mist.mutual_information(x @ u / u.norm(), y)).backward()
        optimiser.step()
    return (u / u.norm()).detach()
