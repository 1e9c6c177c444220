"""Laws with classes: truths by the definition, by limits, and by the sampler."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from mist_core.distributions.base import Law
from mist_core.distributions.class_conditional import ClassConditional, random_class_conditionals
from mist_core.distributions.contingency import Contingency, random_contingencies
from mist_core.distributions.mixtures import GaussianMixture
from mist_core.distributions.numerics.randomness import source
from mist_core.errors import ParameterError


def tables(seed: int = 1, **options: str) -> Contingency:
    return random_contingencies(16, source(np.random.SeedSequence(seed)), 4, 6, **options)


def conditionals(seed: int = 2, **options: float | str) -> ClassConditional:
    return random_class_conditionals(16, source(np.random.SeedSequence(seed)), 4, 2, **options)


LAWS: dict[str, Law] = {
    "codes": tables(),
    "onehot": tables(encoding_x="onehot", encoding_y="onehot"),
    "checkerboard": tables(encoding_x="uniform", encoding_y="uniform"),
    "conditional-codes": conditionals(),
    "conditional-onehot": conditionals(encoding="onehot"),
}


@pytest.fixture(params=LAWS)
def law(request) -> Law:
    return LAWS[request.param]


def test_the_mean_pointwise_information_is_the_mutual_information(law, generator):
    n = 20_000
    pointwise = law.pointwise_mutual_information(*law.sample(n, generator=generator))
    error = (pointwise.var(-1) / n + law.standard_error().square()).sqrt()
    gap = (pointwise.mean(-1) - law.mutual_information()).abs()
    assert (gap <= 4 * error + 1e-12).all()


def test_samples_have_the_promised_shapes_and_types(law, generator):
    for dtype in (torch.float32, torch.float64):
        x, y = law.sample(7, generator=generator, dtype=dtype)
        assert x.shape == (16, 7, law.dim_x) and y.shape == (16, 7, law.dim_y)
        assert x.dtype == y.dtype == dtype
    assert law.mutual_information().shape == law.standard_error().shape == (16,)


def test_the_generator_is_the_only_source_of_randomness(law):
    state = torch.random.get_rng_state()
    first, again = (law.sample(5, generator=torch.Generator().manual_seed(1)) for _ in range(2))
    assert all(map(torch.equal, first, again))
    law.mutual_information()
    assert torch.equal(torch.random.get_rng_state(), state)


def test_cells_are_as_frequent_as_the_table_says(generator):
    table = torch.tensor([[1.0, 0.0, 2.0], [3.0, 4.0, 0.0]]).double()
    n = 40_000
    x, y = Contingency(table).sample(n, generator=generator)
    counts = torch.bincount((3 * x + y).long().flatten(), minlength=6).reshape(2, 3)
    share = table / 10
    assert ((counts / n - share).abs() <= 4 * (share * (1 - share) / n).sqrt()).all()


def test_known_tables():
    independent = torch.tensor([1.0, 2.0])[:, None] * torch.tensor([3.0, 0.0, 5.0])
    assert Contingency(independent).mutual_information().item() == pytest.approx(0, abs=1e-15)
    copy = Contingency(torch.diag(torch.tensor([1.0, 2.0, 5.0])))
    entropy = stats.entropy([1, 2, 5])
    assert copy.mutual_information().item() == pytest.approx(entropy, abs=1e-12)
    channel = Contingency(torch.tensor([[9, 1], [1, 9]]))
    capacity = math.log(2) - stats.entropy([0.1, 0.9])
    assert channel.mutual_information().item() == pytest.approx(capacity, abs=1e-12)


def test_the_information_is_the_entropies_of_the_margins_less_the_joint():
    law = tables()
    truth = [
        stats.entropy(t.sum(0)) + stats.entropy(t.sum(1)) - stats.entropy(t.flatten())
        for t in law.table
    ]
    torch.testing.assert_close(law.mutual_information(), torch.tensor(truth).double())


def test_codes_and_one_hot_columns_are_the_same_draws():
    for codes, onehot in (("codes", "onehot"), ("conditional-codes", "conditional-onehot")):
        x, _ = LAWS[codes].sample(50, generator=torch.Generator().manual_seed(3))
        z, _ = LAWS[onehot].sample(50, generator=torch.Generator().manual_seed(3))
        assert (z.sum(-1) == 1).all() and torch.equal(z.argmax(-1), x[..., 0].long())


def test_a_checkerboard_is_uniform_within_its_squares(generator):
    x, y = LAWS["checkerboard"].sample(5_000, generator=generator)
    for side in (x, y):
        within = (side - side.floor()).flatten().numpy()
        assert stats.kstest(within, "uniform").pvalue > 1e-4
    assert torch.equal(
        LAWS["checkerboard"].mutual_information(), LAWS["codes"].mutual_information()
    )


def test_two_normal_classes_agree_with_quadrature():
    weights, means = torch.tensor([0.3, 0.7]), torch.tensor([[0.0], [1.5]])
    law = ClassConditional(
        weights, means, torch.tensor([[[1.0]], [[4.0]]]), tolerance=0.001, seed=4
    )

    def integrand(y: float) -> float:
        p = [0.3 * stats.norm.pdf(y), 0.7 * stats.norm.pdf(y, 1.5, 2)]
        return sum(a * math.log(a / sum(p) / w) for a, w in zip(p, (0.3, 0.7), strict=True))

    truth = sum(integrate.quad(integrand, a, b)[0] for a, b in pairwise([-20, -3, 0, 3, 22]))
    assert law.standard_error() < 0.001
    assert abs(law.mutual_information().item() - truth) < 4 * law.standard_error().item()


def test_classes_far_apart_carry_their_entropy_and_equal_classes_nothing():
    weights = torch.tensor([1.0, 2.0, 5.0])
    covariances = torch.eye(2).expand(3, 2, 2)
    apart = ClassConditional(weights, 100 * torch.eye(3)[:, :2], covariances)
    assert apart.mutual_information().item() == pytest.approx(stats.entropy([1, 2, 5]), abs=1e-12)
    equal = ClassConditional(weights, torch.ones(3, 2), covariances)
    assert equal.mutual_information().item() == pytest.approx(0, abs=1e-12)


def test_a_column_that_shows_the_class_takes_the_place_of_the_class():
    """A mixture whose X is the class plus a little noise has the law's information."""
    law = conditionals()
    means = torch.cat([1e3 * torch.eye(4).double().expand(16, 4, 4), law.means], dim=-1)
    covariances = torch.eye(6).double().repeat(16, 4, 1, 1)
    covariances[..., 4:, 4:] = law._factor @ law._factor.mT
    shown = GaussianMixture(law.weights, means, covariances, 4)
    error = (law.standard_error().square() + shown.standard_error().square()).sqrt()
    assert ((shown.mutual_information() - law.mutual_information()).abs() < 4 * error + 1e-6).all()


def test_draws_are_added_until_the_error_is_below_the_tolerance():
    for tolerance in (0.01, 0.002):
        assert (conditionals(tolerance=tolerance).standard_error() < tolerance).all()


def test_random_tables_go_from_near_independent_to_near_deterministic():
    law = random_contingencies(400, source(np.random.SeedSequence(3)), 5, 5)
    truth = law.mutual_information()
    margin = law.table.sum(-1)
    least = torch.minimum(
        -torch.xlogy(margin, margin).sum(-1),
        -torch.xlogy(law.table.sum(-2), law.table.sum(-2)).sum(-1),
    )
    share = truth / least  # at most 1: the information is no more than either entropy
    assert share.min() >= 0 and share.max() <= 1 + 1e-9
    assert share.quantile(0.2) < 0.05 and share.quantile(0.97) > 0.75


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Contingency(torch.tensor([[1.0, -1.0]])), "table must not be negative"),
        (lambda: Contingency(torch.zeros(2, 2)), "table must have a positive sum; got 0"),
        (lambda: Contingency(torch.ones(3)), "table must have shape"),
        (
            lambda: Contingency(torch.ones(2, 2), "dummy"),
            "one of codes, onehot, uniform; got 'dummy'",
        ),
        (
            lambda: ClassConditional(torch.ones(2), torch.zeros(2, 1), torch.ones(2, 2, 2)),
            "weights, means and covariances must have shapes",
        ),
        (
            lambda: ClassConditional(torch.tensor(1.0), torch.tensor(0.0), torch.tensor(1.0)),
            "weights, means and covariances must have shapes",
        ),
        (
            lambda: ClassConditional(torch.zeros(2), torch.zeros(2, 1), torch.ones(2, 1, 1)),
            "weights must be positive",
        ),
        (
            lambda: ClassConditional(torch.ones(2), torch.zeros(2, 1), -torch.ones(2, 1, 1)),
            "must be positive definite",
        ),
    ],
)
def test_a_bad_parameter_is_named_in_the_error(build, message):
    with pytest.raises(ParameterError, match=message):
        build()
