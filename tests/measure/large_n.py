"""A million rows: seconds and memory of one estimate, its interval, and how often intervals hold.

    .venv/bin/python -m tests.measure.large_n

The first part takes ten columns, five a side, beside the same law at n = 10,000. The second draws
laws of the general meta-distribution with few columns and a million rows each; training saw at most
20,000. Twenty minutes on two cores.
"""

import resource
import time

import torch

from mist_core import MISTEstimator
from mist_core.distributions.correlation import canonical_correlation
from mist_core.distributions.elliptical import Multinormal
from mist_core.distributions.numerics.randomness import source, stream
from mist_core.priors.general import General

ROWS, FEWER = 1_000_000, 10_000
DIM, LAWS, MOST_DIM = 5, 200, 2


def main() -> None:
    mist = MISTEstimator.load()
    rho = torch.linspace(0.1, 0.8, DIM, dtype=torch.float64)
    law = Multinormal(canonical_correlation(DIM, DIM, rho), DIM)
    x, y = law.sample(ROWS, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
    start = time.perf_counter()
    many = mist.posterior(x, y)
    seconds = time.perf_counter() - start
    few = mist.posterior(x[:FEWER], y[:FEWER])
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{ROWS:,} rows, {DIM} + {DIM} columns: {seconds:.1f} s, {gigabytes:.2f} GB at most")
    for rows, posterior in ((FEWER, few), (ROWS, many)):
        low, high = posterior.interval()
        truth = law.mutual_information().item()
        print(f"  {rows:>9,} rows: 90 % in [{low:.4f}, {high:.4f}]; truth {truth:.4f} nats")

    prior = General(rows=(ROWS, ROWS), dims=MOST_DIM, cells=2 * MOST_DIM * ROWS, published=0.0)
    held = 0
    for k in range(LAWS):
        batch = prior.draw(1, source(stream(0, "test", k)))
        low, high = mist.posterior(batch.x[0], batch.y[0]).interval()
        held += low <= batch.mutual_information.item() <= high
        print(f"\r{held} of {k + 1} laws inside the 90 % interval", end="", flush=True)
    print()


if __name__ == "__main__":
    main()
