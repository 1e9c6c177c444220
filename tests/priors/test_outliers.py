"""Strange laws are samples and nothing else; they are none of the kinds, and as reproducible."""

import pytest
import torch

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.networks.base import Network
from mist_core.networks.mist import MIST, MISTConfig
from mist_core.priors.block import Request
from mist_core.priors.blocks import BLOCKS
from mist_core.priors.general import ANY_BLOCK, strange
from mist_core.priors.outliers import STRANGERS, Mixed
from mist_core.priors.random_functions import Classes, RandomNetwork
from mist_core.training.labels import blocks_in
from mist_core.training.replay_buffer import Pool
from mist_core.training.shards import Recipe

SHAPES = {"strange-classes": (3, 1), "strange-class": (1, 2)}


def fresh(seed: int):
    return source(stream(seed, "strange", 0))


def built(name: str, seed: int, count: int = 5):
    dim_x, dim_y = SHAPES.get(name, (2, 3))
    return STRANGERS[name].build(Request(dim_x, dim_y, count, fresh(seed), 0.01))


@pytest.mark.parametrize("name", STRANGERS)
def test_samples_are_finite_vary_and_have_the_shape_asked_for(name):
    for seed in range(20):
        law = built(name, seed)
        x, y = law.sample(50, generator=torch.Generator().manual_seed(seed))
        assert x.shape == (5, 50, law.dim_x) and y.shape == (5, 50, law.dim_y)
        assert x.isfinite().all() and y.isfinite().all()
        assert (x.std(1) > 0).any() and (y.std(1) > 0).any()


@pytest.mark.parametrize("name", STRANGERS)
def test_nobody_knows_their_information(name):
    law = built(name, 0)
    x, y = law.sample(7, generator=torch.Generator().manual_seed(0))
    assert law.mutual_information().isnan().all()
    assert law.pointwise_mutual_information(x, y).isnan().all()


@pytest.mark.parametrize("name", STRANGERS)
def test_the_same_randomness_gives_the_same_laws_and_samples(name):
    first, second = (
        built(name, 3).sample(9, generator=torch.Generator().manual_seed(1)) for _ in range(2)
    )
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_class_side_holds_few_codes_or_one_column_a_class():
    for seed in range(10):
        numbers = torch.randn(4, 200, 3, generator=torch.Generator().manual_seed(seed))
        shown = Classes(3, 4, fresh(seed))(numbers)
        assert torch.equal(shown.sum(-1), torch.ones(4, 200))
        codes = Classes(1, 4, fresh(seed))(numbers[..., :1])
        assert codes.unique().numel() <= 12 and torch.equal(codes, codes.round())


def test_a_random_network_gives_each_row_its_own_value_wherever_it_stands():
    hidden = torch.randn(3, 40, 2, generator=torch.Generator().manual_seed(0)).double()
    order = torch.randperm(40, generator=torch.Generator().manual_seed(1))
    for seed in range(20):
        network = RandomNetwork(2, 4, 3, fresh(seed))
        torch.testing.assert_close(network(hidden[:, order]), network(hidden)[:, order])


def test_sides_of_a_mixture_that_share_no_source_and_no_spread_are_independent():
    law = Mixed(1, 1, 1, fresh(0))
    law.weights, law.power = [0 * w for w in law.weights], 0 * law.power
    x, y = law.sample(100_000, generator=torch.Generator().manual_seed(0))
    assert abs(torch.corrcoef(torch.stack([x.flatten(), y.flatten()]))[0, 1]) < 0.02


def test_strange_draws_are_of_strangers_or_independent():
    drawn = [blocks for seed in range(12) for blocks in blocks_in(strange().draw(8, fresh(seed)))]
    assert len(set().union(*drawn) & set(STRANGERS)) > 2
    assert all(set(blocks) & {*STRANGERS, "independent"} for blocks in drawn)
    assert set(BLOCKS).isdisjoint(STRANGERS) and set(ANY_BLOCK) == {*BLOCKS, *STRANGERS}


@pytest.fixture
def recipe():
    network: Network = MIST(MISTConfig(blocks=("sizes", "cosines"), encoder_dim=0))
    return Recipe(network, strange(), seed=1, size=256)


def test_strange_shards_are_statistics_of_dependent_draws(recipe):
    tensors, labels = recipe.strange(0)
    assert set(tensors) == {"strange"} and len(tensors["strange"]) == len(labels) <= 64
    assert ("independent",) not in labels and tensors["strange"].isfinite().all()
    assert torch.equal(tensors["strange"], recipe.strange(0)[0]["strange"])
    pool = Pool(100)
    pool.add(tensors)
    assert pool.sample(3, torch.Generator().manual_seed(0))["strange"].shape[0] == 3
