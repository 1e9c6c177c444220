"""Statistics of classes: exact tables, whatever the labels; normals given the class."""

import math

import pytest
import torch

from mist_core.distributions.class_conditional import random_class_conditionals
from mist_core.distributions.contingency import random_contingencies
from mist_core.distributions.numerics.randomness import source, stream
from mist_core.statistics import classes
from mist_core.statistics.marginals import marginals

N = 4000


def fresh(index=0):
    return source(stream(0, "train", index))


def estimates(x, y):
    """(B, 9) nats."""
    found = classes.classes(marginals(x.float()), marginals(y.float()))
    assert found.shape == (len(x), classes.NUM_STATISTICS) and torch.isfinite(found).all()
    return found[:, : len(classes.ESTIMATES)].exp() - 0.01


def test_two_class_sides_have_the_information_of_their_table():
    law = random_contingencies(8, fresh(), 5, 7)
    x, y = law.sample(N, generator=fresh().generator)
    error = estimates(x, y)[:, 0] - law.mutual_information()
    assert error.abs().max() < 0.05 and error.abs().mean() < 0.015


def test_codes_in_any_order_and_indicators_give_the_same_table():
    law = random_contingencies(4, fresh(), 5, 4)
    x, y = law.sample(500, generator=fresh().generator)
    indicators = torch.nn.functional.one_hot(x[..., 0].long(), 5)
    relabelled = torch.tensor([3.0, 0.0, 4.0, 1.0, 2.0])[x.long()]
    for other in (indicators, relabelled):
        torch.testing.assert_close(estimates(other, y)[:, 0], estimates(x, y)[:, 0])


def test_normals_given_the_class_are_recognised():
    laws = [
        random_class_conditionals(6, fresh(k), 3, 2, "codes", tolerance=0.005) for k in range(4)
    ]
    errors = []
    for k, law in enumerate(laws):
        x, y = law.sample(N, generator=fresh(k).generator)
        errors.append(estimates(x, y)[:, 6] - law.mutual_information())
    assert torch.cat(errors).abs().mean() < 0.02


def test_a_class_among_columns_of_noise_is_found():
    law = random_contingencies(6, fresh(1), 4, 4)
    x, y = law.sample(N, generator=fresh().generator)
    noise = torch.randn(2, 6, N, 2, generator=torch.Generator().manual_seed(0))
    x, y = torch.cat([x, noise[0]], -1), torch.cat([noise[1], y], -1)
    error = estimates(x, y)[:, 7] - law.mutual_information()
    assert error.abs().mean() < 0.02


def test_an_exchange_of_the_sides_changes_nothing():
    law = random_class_conditionals(4, fresh(), 3, 2, "codes", tolerance=0.01)
    x, y = (side.float() for side in law.sample(300, generator=fresh().generator))
    there = classes.classes(marginals(x), marginals(y))
    back = classes.classes(marginals(y), marginals(x))
    torch.testing.assert_close(there, back)


def test_independent_classes_tell_nothing_and_continuous_columns_are_no_classes():
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randint(0, 4, (2, 8, N, 1), generator=generator)
    assert estimates(x, y).abs().max() < 0.01
    x, y = torch.randn(2, 3, N, 2, generator=generator)
    y = y + x
    assert estimates(x, y).abs().max() < 1e-6


@pytest.mark.parametrize("values", [[0.0], [0.0, 1.0]])
def test_constant_columns_and_few_rows_are_finite(values):
    x = torch.tensor(values).repeat(4 // len(values)).view(1, 4, 1)
    assert estimates(x, x).isfinite().all()
    expected = math.log(2) if len(values) == 2 else 0
    # Miller's correction takes off (2 - 2 - 2 + 1) / 8, which is negative.
    assert estimates(x, x)[0, 0].item() == pytest.approx(expected, abs=0.13)
