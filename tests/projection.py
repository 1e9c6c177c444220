"""Seconds to find a projection whose square acts, by our gradients and by MINE's, in one run.

    .venv/bin/python -m tests.projection

MINE (Belghazi et al., 2018, arXiv 1801.04062) climbs its own bound: a critic and the direction
learn together, on the same rows, from the same starts, until the direction is found or the steps
are up.
"""

import time

import torch
from torch import nn

from mist_core import MISTEstimator
from tests.test_projection import DIM, ROWS, best_of, climb, planted

SEEDS = 5
FOUND = 0.95
MOST_STEPS, LOOK = 6000, 50


def mine(x, y, u):
    """Unit vectors on the way up MINE's bound, one every LOOK steps."""
    critic = nn.Sequential(
        nn.Linear(2, 64), nn.ELU(), nn.Linear(64, 64), nn.ELU(), nn.Linear(64, 1)
    )
    u = u.clone().requires_grad_()
    optimiser = torch.optim.Adam(
        [{"params": critic.parameters(), "lr": 2e-3}, {"params": [u], "lr": 0.02}]
    )
    for _ in range(MOST_STEPS // LOOK):
        for _ in range(LOOK):
            z = x @ u / u.norm()
            joint = critic(torch.stack([z, y], -1)).mean()
            apart = critic(torch.stack([z, y[torch.randperm(len(y))]], -1)).squeeze(-1)
            loss = torch.logsumexp(apart, 0) - torch.tensor(float(len(y))).log() - joint
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        yield (u / u.norm()).detach()


def main() -> None:
    mist = MISTEstimator.load()
    for seed in range(SEEDS):
        generator = torch.Generator().manual_seed(seed)
        torch.manual_seed(seed)
        x, y, w = planted(generator)
        starts = nn.functional.normalize(torch.randn(8, DIM, generator=generator), dim=1)
        start = time.perf_counter()
        ours = abs(climb(mist, x, y, best_of(mist, x, y, starts)) @ w).item()
        seconds = time.perf_counter() - start
        start = time.perf_counter()
        for found in mine(x, y, starts[0]):  # checked against the truth, which favours MINE
            if abs(found @ w) > FOUND:
                break
        theirs, mine_seconds = abs(found @ w).item(), time.perf_counter() - start
        print(
            f"seed {seed}, n = {ROWS}: |cos| {ours:.3f} in {seconds:.1f} s; "
            f"MINE {theirs:.3f} in {mine_seconds:.1f} s"
        )


if __name__ == "__main__":
    main()
