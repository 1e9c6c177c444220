"""Ranks and normal scores forget the margins, and nothing else."""

import numpy as np
import pytest
import scipy.stats
import torch

from mist_core.statistics.marginals import CLIP, marginals, normal_scores
from mist_core.statistics.smooth_ranks import smooth_ranks


def columns(*shape, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape))


def with_ties(*shape, values=5, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).integers(0, values, shape).astype(float))


@pytest.mark.parametrize("x", [columns(3, 40, 2), with_ties(3, 40, 2), torch.ones(1, 7, 1)])
def test_ranks_are_the_mid_ranks_of_scipy(x):
    expected = (scipy.stats.rankdata(x, axis=1) - 0.5) / x.shape[1]
    np.testing.assert_allclose(marginals(x).ranks, expected, rtol=1e-6)


@pytest.mark.parametrize("x", [columns(3, 40, 2), with_ties(3, 40, 2)])
def test_scores_are_standardised_gaussian_quantiles_of_the_ranks(x):
    gaussian = scipy.stats.norm.ppf((scipy.stats.rankdata(x, axis=1) - 0.5) / x.shape[1])
    np.testing.assert_allclose(marginals(x).scores, scipy.stats.zscore(gaussian, 1), atol=2e-6)


def test_tie_share_counts_the_rows_that_share_their_value():
    x = torch.tensor([[[1.0, 1.0], [2.0, 2.0], [2.0, 3.0], [0.0, 4.0]]])
    np.testing.assert_allclose(marginals(x).tie_share, [[0.5, 0.0]])


@pytest.mark.parametrize(
    "increasing", [torch.exp, torch.asinh, lambda x: x**3, lambda x: 7 * x - 2]
)
def test_an_increasing_map_changes_no_rank_and_no_score(increasing):
    x = columns(2, 60, 3)
    before, after = marginals(x), marginals(increasing(x))
    assert torch.equal(before.ranks, after.ranks)
    assert torch.equal(before.scores, after.scores)
    assert torch.equal(before.tie_share, after.tie_share)


@pytest.mark.parametrize("x", [columns(2, 60, 3), with_ties(2, 61, 3)])
def test_a_decreasing_map_turns_the_scores_around(x):
    before, after = marginals(x), marginals(-x)
    torch.testing.assert_close(after.scores, -before.scores, atol=1e-6, rtol=0)
    torch.testing.assert_close(after.ranks, 1 - before.ranks, atol=1e-6, rtol=0)


def test_larger_values_get_larger_scores():
    scores = marginals(torch.tensor([[[3.0], [1.0], [2.0], [10.0]]])).scores
    assert scores[0, :, 0].argsort().tolist() == [1, 2, 0, 3]


@pytest.mark.parametrize("n", [101, 401])
def test_the_raw_frame_has_median_0_and_the_quartiles_of_a_standard_normal(n):
    """At n = 4k + 1 the quartiles are values of the sample, so every definition agrees."""
    raw = marginals(5 + 3 * columns(2, n, 2)).raw
    low, median, high = np.quantile(raw, [0.25, 0.5, 0.75], axis=1)
    np.testing.assert_allclose(median, 0, atol=1e-6)
    np.testing.assert_allclose(high - low, 1.349, rtol=1e-5)


def test_the_raw_frame_keeps_the_direction_and_undoes_any_affine_map():
    x = columns(2, 50, 3)
    raw = marginals(x).raw
    assert torch.equal(marginals(4 * x).raw, raw)  # a power of two rounds nothing
    torch.testing.assert_close(marginals(0.3 * x + 8).raw, raw, atol=1e-5, rtol=0)
    torch.testing.assert_close(marginals(-x).raw, -raw, atol=1e-6, rtol=0)
    assert (torch.corrcoef(torch.stack([raw[0, :, 0].double(), x[0, :, 0]]))[0, 1]) > 0.99


def test_outliers_are_cut_in_the_raw_frame():
    x = torch.cat([columns(1, 99, 1), torch.tensor([[[1e6]]])], 1)
    raw = marginals(x).raw
    assert raw.max() == CLIP
    assert raw[0, :-1].abs().max() < 5


def test_a_column_with_equal_quartiles_is_scaled_by_its_standard_deviation():
    x = torch.zeros(1, 100, 1)
    x[0, :4] = 1.0
    assert marginals(x).raw.max() == pytest.approx(1 / 0.04**0.5)


def test_a_constant_column_is_0_in_both_frames():
    constant = marginals(torch.full((2, 30, 1), 1e6))
    assert constant.scores.abs().max() == 0
    assert constant.raw.abs().max() == 0
    assert constant.tie_share.min() == 1


def test_rows_put_in_another_order_take_their_values_along():
    x = with_ties(2, 9, 3)
    rows = torch.stack(
        [torch.randperm(9, generator=torch.Generator().manual_seed(s)) for s in (0, 1)]
    )
    moved = marginals(torch.stack([x[0, rows[0]], x[1, rows[1]]]))
    reordered = marginals(x).in_order(rows)
    for frame in ("scores", "ranks", "raw"):
        torch.testing.assert_close(getattr(reordered, frame), getattr(moved, frame))


def test_columns_put_in_another_order_or_turned_around_take_all_along():
    x = with_ties(2, 9, 3)
    order = torch.tensor([[2, 0, 1], [0, 2, 1]])
    negated = torch.tensor([[True, False, True], [False, False, True]])
    signs = 1.0 - 2.0 * negated.unsqueeze(-2)
    expected = marginals((x * signs).gather(-1, order.unsqueeze(-2).expand(-1, 9, -1)))
    found = marginals(x).turned(negated).with_columns(order)
    for frame in ("scores", "ranks", "raw", "tie_share", "quartiles"):
        torch.testing.assert_close(getattr(found, frame), getattr(expected, frame))


def test_smooth_ranks_tend_to_the_exact_ones():
    gaps = [
        (marginals(x, soft=True).ranks - marginals(x).ranks).abs().mean()
        for x in (columns(1, n, 2) for n in (20, 200, 2000))
    ]
    assert gaps[0] > 2 * gaps[1] > 4 * gaps[2]
    assert gaps[2] < 1e-3


@pytest.mark.parametrize("n", [50, 4500])  # the second compares with a subset, piece by piece
def test_smooth_ranks_grow_with_the_value_and_stay_inside_0_and_1(n):
    x = columns(1, 1, n).sort(-1).values
    ranks = smooth_ranks(x)
    assert (ranks.diff() >= 0).all()
    assert 0 < ranks.min() < ranks.max() < 1
    assert ranks.mean() == pytest.approx(0.5, abs=0.01)


def test_smooth_ranks_pull_a_value_up_and_its_neighbour_down():
    x = torch.tensor([[[0.0], [0.1], [2.0], [3.0]]], requires_grad=True)
    marginals(x, soft=True).ranks[0, 0, 0].backward()
    gradient = x.grad[0, :, 0]
    assert gradient[0] > 0 > gradient[1]
    assert torch.isfinite(gradient).all()


def test_choices_among_rows_use_exact_ranks_on_the_smooth_path_too():
    x = columns(1, 30, 2)
    assert torch.equal(marginals(x, soft=True).exact_ranks, marginals(x).ranks)
    assert not torch.equal(marginals(x, soft=True).ranks, marginals(x).ranks)


def test_normal_scores_of_constant_ranks_are_0():
    assert normal_scores(torch.full((1, 8), 0.5)).abs().max() == 0
