"""Statistics do not depend on how a dataset is written down, and exist for every dataset."""

import numpy as np
import pytest
import torch

from mist_core.distributions.correlation import canonical_correlation
from mist_core.distributions.elliptical import Multinormal
from mist_core.statistics.canonical_order import hash_order, pick_rows
from mist_core.statistics.scaling import LOG_FLOOR
from mist_core.statistics.summary import (
    BLOCKS,
    CLASS_BLOCKS,
    ESTIMATES,
    GAUSSIAN_BLOCKS,
    PAIRWISE_BLOCKS,
    count,
    estimates,
    sizes,
    summarize,
    views,
)

# What a change of the arithmetic's order may do to float32 statistics.
ROUNDING = 1e-4
SHAPES = [(12, 1, 1), (150, 1, 1), (40, 3, 5), (1300, 2, 1), (9, 20, 12)]
SCORE_BLOCKS = tuple(name for name in BLOCKS if "raw" not in name)


def dataset(n, dim_x, dim_y, seed=0):
    """Four float64 datasets of one shape, dependent and skewed."""
    rng = np.random.default_rng(seed)
    x = rng.gamma(1.0, size=(4, n, dim_x)) @ rng.standard_normal((dim_x, dim_x))
    y = rng.gamma(2.0, size=(4, n, dim_y))
    k = min(dim_x, dim_y)
    y[..., :k] += x[..., :k] * np.arange(1, k + 1)
    return torch.from_numpy(x), torch.from_numpy(y)


def classes(n, dim_x, dim_y, seed=0):
    """The same with a handful of values a column: ties everywhere."""
    x, y = dataset(n, dim_x, dim_y, seed)
    return x.round(), (2 * y).round() / 2


def statistics(x, y, blocks=tuple(BLOCKS)):
    return summarize(views(x, y), blocks)


@pytest.mark.parametrize("make", [dataset, classes])
@pytest.mark.parametrize("shape", SHAPES)
def test_row_order_changes_no_bit(shape, make, generator):
    x, y = make(*shape)
    rows = torch.randperm(shape[0], generator=generator)
    assert torch.equal(statistics(x[:, rows], y[:, rows]), statistics(x, y))


def test_without_the_normal_form_the_fast_statistics_are_the_same_up_to_rounding():
    v = views(*dataset(40, 3, 5), hashed=False)
    torch.testing.assert_close(
        summarize(v, GAUSSIAN_BLOCKS),
        statistics(*dataset(40, 3, 5), GAUSSIAN_BLOCKS),
        atol=ROUNDING,
        rtol=0,
    )


@pytest.mark.parametrize("make", [dataset, classes])
@pytest.mark.parametrize("shape", SHAPES)
def test_exchanging_the_sides_changes_no_bit(shape, make):
    x, y = make(*shape)
    assert torch.equal(statistics(y, x), statistics(x, y))


@pytest.mark.parametrize("make", [dataset, classes])
@pytest.mark.parametrize("shape", [(40, 3, 5), (1300, 2, 1), (60, 12, 12)])
def test_column_order_within_a_side_changes_no_bit(shape, make, generator):
    x, y = make(*shape)
    order_x, order_y = (torch.randperm(d, generator=generator) for d in shape[1:])
    assert torch.equal(statistics(x[..., order_x], y[..., order_y]), statistics(x, y))


@pytest.mark.parametrize("increasing", [torch.exp, torch.asinh, lambda x: x**3 + x])
def test_an_increasing_map_changes_no_bit_of_the_score_frame(increasing):
    x, y = dataset(60, 3, 2)
    changed = statistics(increasing(x / 4), increasing(y), SCORE_BLOCKS)
    assert torch.equal(changed, statistics(x, y, SCORE_BLOCKS))


def test_scaling_a_column_by_a_power_of_two_changes_no_bit():
    x, y = dataset(60, 3, 2)
    assert torch.equal(statistics(x * torch.tensor([0.5, 4.0, 1.0]), 2 * y), statistics(x, y))


def test_an_increasing_affine_map_changes_nothing_up_to_rounding():
    x, y = dataset(60, 3, 2)
    changed = statistics(x * torch.tensor([3.0, 0.1, 1]).double() - 7, 1e3 * y + 1)
    torch.testing.assert_close(changed, statistics(x, y), atol=ROUNDING, rtol=ROUNDING)


@pytest.mark.parametrize("make", [dataset, classes])
def test_turning_columns_around_changes_no_bit(make):
    x, y = make(60, 3, 2)
    assert torch.equal(statistics(x * torch.tensor([1.0, -1, -1]), -y), statistics(x, y))


def test_no_single_statistic_leans_on_the_normal_form(generator):
    """Without it they still agree up to rounding, where no value ties and no hash collides."""
    x, y = dataset(90, 3, 4)
    rows, columns = (torch.randperm(k, generator=generator) for k in (90, 4))
    plain = summarize(views(x, y, hashed=False))
    written_otherwise = summarize(views(-y[:, :, columns], x, hashed=False))
    torch.testing.assert_close(written_otherwise, plain, atol=ROUNDING, rtol=ROUNDING)
    prefixes = ("neighbours", "directions", "dimensions")
    whole = tuple(name for name in BLOCKS if not name.startswith(prefixes))
    shuffled = summarize(views(x[:, rows], y[:, rows], hashed=False), whole)
    torch.testing.assert_close(
        shuffled, summarize(views(x, y), whole), atol=ROUNDING, rtol=ROUNDING
    )


@pytest.mark.parametrize("dims", [(3, 2), (2, 6)])
def test_a_batch_is_its_datasets_one_by_one(dims):
    x, y = dataset(50, *dims)
    alone = torch.cat([statistics(x[[i]], y[[i]]) for i in range(4)])
    torch.testing.assert_close(statistics(x, y), alone, atol=1e-5, rtol=1e-5)


def extreme_data():
    """Datasets a careless formula would divide by zero or overflow on."""
    rng = np.random.default_rng(1)
    normal = rng.standard_normal
    twice = normal((30, 1)).repeat(2, 1)
    constant = np.concatenate([normal((30, 1)), np.full((30, 1), 3.0)], 1)
    indicators = np.eye(3)[rng.integers(0, 3, 40)]
    return {
        "four rows": (normal((4, 1)), normal((4, 1))),
        "four rows, 64 columns": (normal((4, 64)), normal((4, 64))),
        "a constant column": (constant, normal((30, 1))),
        "both sides constant": (np.ones((30, 1)), np.zeros((30, 2))),
        "everything tied but one row": (np.eye(30)[:, :1], np.eye(30)[:, :1]),
        "a duplicated column": (twice, normal((30, 1))),
        "the same column on both sides": (twice, twice),
        "indicators": (indicators, indicators[:, :2]),
        "64 columns against 1": (normal((100, 64)), normal((100, 1))),
        "huge values": (1e6 * normal((50, 2)) + 1e6, 1e-6 * normal((50, 2))),
        "Cauchy": (rng.standard_cauchy((200, 2)), rng.standard_cauchy((200, 3))),
    }


@pytest.mark.parametrize("name", extreme_data())
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_statistics_are_finite_for(name, dtype):
    x, y = (torch.from_numpy(side)[None].to(dtype) for side in extreme_data()[name])
    found = statistics(x, y)
    assert torch.isfinite(found).all()
    assert found.abs().max() < 1e4


@pytest.mark.parametrize("name", extreme_data())
def test_gradients_are_finite_for(name):
    x, y = (torch.from_numpy(s)[None].requires_grad_() for s in extreme_data()[name])
    summarize(views(x, y, soft=True), GAUSSIAN_BLOCKS).sum().backward()
    assert torch.isfinite(x.grad).all()
    assert torch.isfinite(y.grad).all()


@pytest.mark.parametrize("blocks", [GAUSSIAN_BLOCKS, PAIRWISE_BLOCKS, *((b,) for b in BLOCKS)])
def test_the_number_of_statistics_depends_on_the_blocks_alone(blocks):
    widths = {statistics(*dataset(*shape), blocks).shape for shape in [(8, 1, 1), (30, 9, 4)]}
    assert widths == {(4, count(blocks))}


def test_sizes_name_rows_columns_and_ties():
    x, y = dataset(50, 3, 5)
    x[:, :5, 0] = 0.0
    sizes = statistics(x, y, ("sizes",))[0]
    expected = np.array([np.log(50), np.log(3), np.log(5), 50 / 58, 50**-0.5, 0.1 / 6, 0.05])
    np.testing.assert_allclose(sizes[:7], expected, rtol=1e-6)


def places(x):
    from mist_core.statistics.marginals import marginals

    return marginals(x).places


def test_hash_order_is_a_permutation_that_shuffles():
    x, y = dataset(500, 1, 2)
    order = hash_order(places(x), places(y))
    assert torch.equal(order.sort(-1).values, torch.arange(500).expand(4, -1))
    sample = pick_rows(x, order[:, :200])
    assert (sample.mean(1) - x.mean(1)).abs().max() < 0.3 * x.std(1).max()


@pytest.mark.parametrize("partners", [[1, 0, 3, 2, 7, 6, 4, 5], [1, 0, 3, 5, 4, 2, 7, 6]])
def test_rows_whose_hashes_collide_come_in_an_order_of_their_own(partners, generator):
    """(u, v), (v, u) and (1 - u, 1 - v) have one hash; the company of the columns parts them."""
    x = torch.arange(8.0).view(1, 8, 1)
    y = torch.tensor(partners).view(1, 8, 1).float()
    chosen = {
        tuple(map(tuple, pick_rows(torch.cat([x, y], -1)[:, r], order)[0].tolist()))
        for r in (torch.randperm(8, generator=generator) for _ in range(20))
        for order in [hash_order(places(x[:, r]), places(y[:, r]))]
    }
    assert len(chosen) == 1


def test_more_rows_than_training_ever_saw_count_as_so_many():
    x, y = torch.randn(2, 1, 400, 2, generator=torch.Generator().manual_seed(0))
    few, many = (sizes(views(x[:, :n], y[:, :n]), 100) for n in (100, 400))
    torch.testing.assert_close(few, many)
    assert sizes(views(x[:, :50], y[:, :50]), 100)[0, 0] < few[0, 0]


@pytest.mark.parametrize("block", [name for name in ESTIMATES if name not in CLASS_BLOCKS])
def test_estimates_grow_with_the_correlation_of_normal_pairs(block, generator):
    found = []
    for rho in (0.0, 0.4, 0.8):
        law = Multinormal(canonical_correlation(3, 3, torch.full((3,), rho)), 3)
        x, y = law.sample(4000, generator=generator)
        found.append(statistics(x[None], y[None], (block,))[0, estimates((block,))])
    assert (found[0] < found[1]).all()
    assert (found[1] < found[2]).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_no_estimate_is_below_no_information(shape):
    found = statistics(*dataset(*shape))[:, estimates(tuple(BLOCKS))]
    assert (found.exp() > LOG_FLOOR - 1e-6).all()


def test_the_estimates_of_some_blocks_stand_where_those_blocks_stand():
    x, y = dataset(60, 2, 3)
    some = ("sizes", "twists", "squares", "pairs-scores")
    apart = [statistics(x, y, (name,))[:, estimates((name,))] for name in some]
    assert torch.equal(torch.cat(apart, -1), statistics(x, y, some)[:, estimates(some)])
