"""Repeated rows: pairs stay together, some come again, and the truths stay."""

import torch

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.priors.batch import Batch, Composition
from mist_core.priors.repeats import LEAST_ROWS, repeated

LAWS = tuple(map(Composition.of, "abc"))


def test_rows_are_copies_of_a_part_of_the_rows_and_pairs_stay_together():
    shares = []
    for index in range(40):
        randomness = source(stream(0, "train", index))
        x = torch.rand(3, 200, 2, generator=randomness.generator)
        truths = torch.tensor([0.1, 0.2, 0.3])
        seen = repeated(Batch(x, 2 * x[..., :1], truths, LAWS), randomness)
        assert torch.equal(seen.y, 2 * seen.x[..., :1])
        assert torch.equal(seen.mutual_information, truths)
        for before, after in zip(x, seen.x, strict=True):
            distinct = after.unique(dim=0)
            assert len(torch.cat([before, distinct]).unique(dim=0)) == 200
            shares.append(len(distinct) / 200)
    assert min(shares) < 0.2 and max(shares) > 0.85


def test_a_few_rows_remain_of_few():
    randomness = source(stream(0, "train", 1))
    x = torch.rand(1, LEAST_ROWS, 1, generator=randomness.generator)
    assert repeated(Batch(x, x, torch.zeros(1), LAWS[:1]), randomness).x.shape == x.shape
