"""Seconds to find a projection whose square acts, by our gradients and by MINE's, in one run.

    .venv/bin/python -m tests.measure.projection

MINE (Belghazi et al., 2018, arXiv 1801.04062) climbs its own bound: a critic and the direction
learn together, from the first of the same starts. Neither is told the direction, so each ends where
its own estimate has stopped to rise: ours as in `tests.inference.test_gradients`, MINE by the rule
of bmi's estimators, which train on half of the rows, look at the bound on the other half every 250
steps and end after two looks without a new best. `at once` is a MINE that is told the moment it is
there.
"""

import time
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from mist_core import MISTEstimator
from tests.inference.test_gradients import DIM, FOUND, ROWS, climb, planted, starts

SEEDS = 5
MOST_STEPS, LOOK, PATIENCE = 6000, 250, 2


class Mine:
    """A critic and a direction that learn together."""

    def __init__(self, u: Tensor):
        self.critic = nn.Sequential(
            nn.Linear(2, 64), nn.ELU(), nn.Linear(64, 64), nn.ELU(), nn.Linear(64, 1)
        )
        self.u = u.clone().requires_grad_()
        self.optimiser = torch.optim.Adam(
            [{"params": self.critic.parameters(), "lr": 2e-3}, {"params": [self.u], "lr": 0.02}]
        )

    def bound(self, x: Tensor, y: Tensor) -> Tensor:
        """Donsker and Varadhan's, nats."""
        z = x @ self.direction
        joint = self.critic(torch.stack([z, y], -1)).mean()
        apart = self.critic(torch.stack([z, y[torch.randperm(len(y))]], -1)).squeeze(-1)
        return joint - torch.logsumexp(apart, 0) + torch.tensor(float(len(y))).log()

    def step(self, x: Tensor, y: Tensor) -> None:
        self.optimiser.zero_grad()
        (-self.bound(x, y)).backward()
        self.optimiser.step()

    @property
    def direction(self) -> Tensor:
        return self.u / self.u.norm()


def by_mine(x: Tensor, y: Tensor, u: Tensor) -> Tensor:
    """The direction at its best bound on the rows it does not train on."""
    mine, half = Mine(u), len(x) // 2
    best, found, since = -float("inf"), u, 0
    for _ in range(MOST_STEPS // LOOK):
        for _ in range(LOOK):
            mine.step(x[:half], y[:half])
        with torch.no_grad():
            bound = mine.bound(x[half:], y[half:]).item()
        since += 1
        if bound > best:
            best, found, since = bound, mine.direction.detach(), 0
        if since == PATIENCE:
            break
    return found


def told(x: Tensor, y: Tensor, u: Tensor, w: Tensor) -> Tensor:
    """The first direction near w, or the last one; all rows train."""
    mine = Mine(u)
    for _ in range(MOST_STEPS):
        mine.step(x, y)
        if abs(mine.direction.detach() @ w) > FOUND:
            break
    return mine.direction.detach()


def main() -> None:
    mist = MISTEstimator.load()
    climb(mist, *planted(torch.Generator())[:2], torch.eye(DIM))  # compiles what is compiled
    for seed in range(SEEDS):
        generator = torch.Generator().manual_seed(seed)
        torch.manual_seed(seed)
        x, y, w = planted(generator)
        first = starts(generator)
        outcomes = [
            _timed("MIST", w, partial(climb, mist), x, y, first),
            _timed("MINE", w, by_mine, x, y, first[0]),
            _timed("MINE, at once", w, told, x, y, first[0], w),
        ]
        print(f"seed {seed}, n = {ROWS}:", "; ".join(outcomes))


def _timed(name: str, w: Tensor, find: Callable[..., Tensor], *arguments: Tensor) -> str:
    start = time.perf_counter()
    cosine = abs(find(*arguments) @ w).item()
    return f"{name} |cos| {cosine:.3f} in {time.perf_counter() - start:.2f} s"


if __name__ == "__main__":
    main()
