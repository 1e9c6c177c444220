"""Repeated rows, of joins, resampling and copied records: they tell nothing more than once."""

import math
from dataclasses import replace

import torch

from mist_core.distributions.numerics.randomness import Source, coin
from mist_core.priors.batch import Batch

# The least share of the rows that are not copies, and how many there are at least.
LEAST_DISTINCT, LEAST_ROWS = 0.1, 4


def repeated(batch: Batch, source: Source) -> Batch:
    """Datasets of as many rows that hold fewer: some of the rows, drawn again by chance or evenly.

    The truths stay: they are of the law.
    """
    count, n = batch.x.shape[:2]
    share = math.exp(source.rng.uniform(math.log(LEAST_DISTINCT), 0))
    distinct = min(n, max(LEAST_ROWS, round(share * n)))
    order = source.uniform(0, 1, count, n).argsort(-1)
    evenly = coin(source, 0.5, count, 1)
    rows = torch.where(evenly, order % distinct, source.integers(0, distinct - 1, count, n))
    x, y = (
        side.gather(1, rows[..., None].expand(-1, -1, side.shape[-1]))
        for side in (batch.x, batch.y)
    )
    return replace(batch, x=x, y=y)
