"""Parities: exact truths, and no information in any proper subset of the columns."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from mist_core.distributions.contingency import Contingency
from mist_core.distributions.numerics.randomness import source
from mist_core.distributions.parity import Parity, random_parities
from mist_core.errors import ParameterError

FLIP = torch.tensor([0.02, 0.1, 0.5], dtype=torch.float64)


@pytest.fixture(params=[(False, False), (True, False), (False, True), (True, True)])
def law(request) -> Parity:
    bits_x, bits_y = request.param
    return Parity(FLIP, 3, bits_x=bits_x, bits_y=bits_y)


def test_the_mean_pointwise_information_is_the_mutual_information(law, generator):
    n = 20_000
    x, y = law.sample(n, generator=generator)
    assert x.shape == (3, n, 3) and y.shape == (3, n, 1)
    pointwise = law.pointwise_mutual_information(x, y)
    gap = (pointwise.mean(-1) - law.mutual_information()).abs()
    assert (gap <= 4 * pointwise.std(-1) / math.sqrt(n) + 1e-12).all()


def test_the_exclusive_or_of_two_bits_is_a_table():
    """X as one of four classes, Y their exclusive or, turned over one time in ten."""
    table = torch.tensor([[0.9, 0.1], [0.1, 0.9], [0.1, 0.9], [0.9, 0.1]], dtype=torch.float64)
    truth = Contingency(table).mutual_information()
    torch.testing.assert_close(Parity(0.1, 2).mutual_information(), truth)


def test_certain_signs_carry_one_bit_and_fair_coins_none():
    law = Parity(torch.tensor([0.0, 1.0, 0.5]), 4)
    expected = torch.tensor([math.log(2), math.log(2), 0.0], dtype=torch.float64)
    torch.testing.assert_close(law.mutual_information(), expected)


def test_signs_multiply_unless_they_are_turned_over(generator):
    n = 20_000
    x, y = Parity(FLIP, 3).sample(n, generator=generator)
    turned = (x.prod(-1) * y[..., 0] < 0).double().mean(-1)
    assert (turned - FLIP).abs().max() < 4 * 0.5 / math.sqrt(n)
    bits_x, bits_y = Parity(FLIP, 3, bits_x=True, bits_y=True).sample(n, generator=generator)
    assert bits_x.unique().tolist() == bits_y.unique().tolist() == [0.0, 1.0]
    # Three columns: the product is positive where the number of ones is odd.
    turned = (bits_x.sum(-1) % 2 != bits_y[..., 0]).double().mean(-1)
    assert (turned - FLIP).abs().max() < 4 * 0.5 / math.sqrt(n)


def test_all_but_one_column_tell_nothing_and_margins_are_normal(generator):
    x, y = Parity(0.05, 3).sample(5_000, generator=generator)
    sign = (x[:, 0] * x[:, 1] * y[:, 0] > 0).double().mean()
    assert abs(sign - 0.5) < 4 * 0.5 / math.sqrt(5_000)
    for column in torch.cat([x, y], dim=-1).T:
        assert stats.kstest(column.numpy(), "norm").pvalue > 1e-4


def test_random_parities_go_from_faint_to_certain():
    truth = random_parities(200, source(np.random.SeedSequence(1)), 2).mutual_information()
    assert truth.min() < 0.05 and truth.max() > 0.65


def test_a_bad_parameter_is_named_in_the_error():
    with pytest.raises(ParameterError, match=r"flip must lie in \[0, 1\]; got 1.5"):
        Parity(1.5, 2)
    with pytest.raises(ParameterError, match="dim_x must be an integer of at least 1; got 0"):
        Parity(0.5, 0)
