"""The estimate as a loss: its gradients find what a projection has to look at."""

import pytest
import torch

from mist_core.inference.estimator import MISTEstimator

ROWS, DIM, STARTS = 500, 5, 8
# |cos| with the planted direction from which it counts as found.
FOUND = 0.95
MOST_STEPS, PATIENCE = 40, 3


def planted(generator):
    """x, y and the direction w: Y = (w.x)^2 + noise. Linear CCA sees nothing of it."""
    x = torch.randn(ROWS, DIM, generator=generator)
    w = torch.nn.functional.normalize(torch.randn(DIM, generator=generator), dim=0)
    return x, (x @ w).square() + 0.3 * torch.randn(ROWS, generator=generator), w


def starts(generator):
    """(STARTS, DIM) unit vectors: where nothing is to be seen the estimate is flat."""
    return torch.nn.functional.normalize(torch.randn(STARTS, DIM, generator=generator), dim=1)


def climb(mist, x, y, starts):
    """The unit vector of greatest I(u.x; y) on the way up from the best start, by Adam.

    Ends after PATIENCE steps without a new greatest estimate.
    """
    begun = [posterior.mean for posterior in mist.posteriors((x @ u, y) for u in starts)]
    u = starts[torch.tensor(begun).argmax()].clone().requires_grad_()
    optimiser = torch.optim.Adam([u], lr=0.2)
    greatest, found, since = -float("inf"), u.detach(), 0
    for _ in range(MOST_STEPS):
        optimiser.zero_grad()
        direction = u / u.norm()
        estimate = mist.mutual_information(x @ direction, y)
        since += 1
        if estimate > greatest:
            greatest, found, since = estimate.item(), direction.detach(), 0
        if since == PATIENCE:
            break
        (-estimate).backward()
        optimiser.step()
    return found


@pytest.mark.slow
def test_gradients_find_the_direction_that_acts_by_its_square(generator):
    mist = MISTEstimator.load()
    x, y, w = planted(generator)
    assert torch.corrcoef(torch.cat([x, y[:, None]], 1).T)[-1, :-1].abs().max() < 0.2

    first = starts(generator)
    found = climb(mist, x, y, first)
    assert (first @ w).abs().max() < 0.9
    assert abs(found @ w) > FOUND
