"""What is learned from: no dataset is favoured, and strange ones stand beside the known."""

import pytest
import scipy.stats
import torch

from mist_core.training.replay_buffer import KNOWN_A_STRANGE, Material, Pool
from mist_core.training.shards import TRUTH


def numbered(start, size):
    numbers = torch.arange(start, start + size)
    return {TRUTH: numbers.float(), "features": numbers.view(-1, 1).double()}


def contents(pool):
    """All numbers a long series of samples brings up."""
    batch = pool.sample(2000, torch.Generator().manual_seed(0))
    assert torch.equal(batch[TRUTH].double(), batch["features"][:, 0])
    return set(batch[TRUTH].int().tolist())


def test_a_pool_grows_with_what_is_added():
    pool = Pool(capacity=1000)
    for start in range(0, 60, 6):
        pool.add(numbered(start, 6))
        assert contents(pool) == set(range(start + 6))
    assert pool.count == 60


def test_parts_may_be_empty_or_far_larger_than_the_first():
    pool = Pool(capacity=1000)
    for start, size in ((0, 0), (0, 2), (2, 0), (2, 40)):
        pool.add(numbered(start, size))
    assert contents(pool) == set(range(42))


@pytest.mark.parametrize("capacity", [12, 14, 20])  # a multiple of the shards' size or not
def test_a_full_pool_lets_the_newest_replace_the_oldest(capacity):
    pool = Pool(capacity)
    for start in range(0, 60, 6):
        pool.add(numbered(start, 6))
        assert contents(pool) == set(range(max(0, start + 6 - capacity), start + 6))
    assert pool.count == 60


def test_samples_are_uniform_over_the_pool():
    pool = Pool(capacity=30)
    for start in range(0, 42, 6):
        pool.add(numbered(start, 6))
    drawn = pool.sample(30_000, torch.Generator().manual_seed(1))[TRUTH].long()
    assert scipy.stats.chisquare(torch.bincount(drawn)[12:]).pvalue > 1e-3


def test_the_same_generator_draws_the_same_sample():
    pool = Pool(capacity=30)
    pool.add(numbered(0, 30))
    first, again = (pool.sample(8, torch.Generator().manual_seed(3)) for _ in range(2))
    assert all(torch.equal(first[name], again[name]) for name in first)


class Shelf:
    """Stands in for `Writers`: shards of six numbered datasets and of four strange ones."""

    def read(self, index):
        return numbered(6 * index, 6)

    def read_strange(self, index):
        return {"strange": torch.full((4, 2), float(index))}


@pytest.mark.parametrize("recognised", [True, False])
def test_material_reads_until_it_is_full_and_shows_strange_ones_to_a_recogniser_alone(recognised):
    material = Material(capacity=100, most=12, recognised=recognised)
    for index in range(5):
        material.read(Shelf(), index)
    assert material.full and material.known.count == 12
    assert material.strange.count == (8 if recognised else 0)
    batch = material.batch(30, torch.Generator().manual_seed(0))
    assert len(batch[TRUTH]) == 30
    assert len(batch.get("strange", ())) == (30 // KNOWN_A_STRANGE if recognised else 0)


def test_without_an_end_material_is_never_full():
    material = Material(capacity=6, most=None, recognised=False)
    for index in range(5):
        material.read(Shelf(), index)
    assert not material.full and material.known.count == 30
