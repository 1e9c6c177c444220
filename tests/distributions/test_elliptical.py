"""Laws that know their mutual information: every truth is reached by a second route."""

import math
from itertools import pairwise

import pytest
import torch
from scipy import integrate, stats

from mist_core.distributions.additive import AdditiveUniform
from mist_core.distributions.base import Law
from mist_core.distributions.composite import Independent
from mist_core.distributions.correlation import (
    bivariate_correlation,
    dense_correlation,
    identity_correlation,
    lvm_correlation,
    sparse_correlation,
)
from mist_core.distributions.elliptical import Multinormal, StudentT
from mist_core.distributions.mixtures import GaussianMixture
from mist_core.errors import ParameterError

STRENGTHS = torch.tensor([0.3, 1.0, 4.0], dtype=torch.float64)


def three_clusters(**options: float) -> GaussianMixture:
    covariances = dense_correlation(2, 1, torch.tensor([[0.1, 0.5, -0.3]] * 3))
    means = STRENGTHS[:, None, None] * torch.arange(9.0).reshape(3, 3)
    return GaussianMixture(torch.tensor([[1.0, 2.0, 3.0]] * 3), means, covariances, 2, **options)


# Each row is a batch of three laws; adding a law is adding a row.
LAWS: dict[str, Law] = {
    "bivariate": Multinormal(bivariate_correlation(STRENGTHS / 5), 1),
    "dense": Multinormal(dense_correlation(2, 5, STRENGTHS / 5), 2),
    "sparse": Multinormal(sparse_correlation(4, 3, torch.tensor([0, 2, 3]), STRENGTHS), 4),
    "lvm": Multinormal(lvm_correlation(3, 4, 2, 0.5, STRENGTHS, 0.7, 0.2), 3),
    "student": StudentT(sparse_correlation(3, 2, 2, STRENGTHS), torch.tensor([0.7, 2.0, 9.5]), 3),
    "nearly normal": StudentT(dense_correlation(2, 2, 0.5), torch.tensor([1e3, 1e6, math.inf]), 2),
    "additive": AdditiveUniform(torch.tensor([[0.1, 2.0], [0.5, 0.6], [0.3, 0.3]])),
    "mixture": three_clusters(),
    "blocks": Independent(
        [StudentT(identity_correlation(1, 2), STRENGTHS, 1), AdditiveUniform(STRENGTHS[:, None])]
    ),
}


@pytest.fixture(params=LAWS.values(), ids=LAWS.keys())
def law(request) -> Law:
    return request.param


def random_dispersion(dim: int, generator: torch.Generator) -> torch.Tensor:
    factor = torch.randn(dim, dim + 2, generator=generator, dtype=torch.float64)
    return factor @ factor.mT


def test_the_mean_pointwise_information_is_the_mutual_information(law, generator):
    n = 20_000
    x, y = law.sample(n, generator=generator)
    pointwise = law.pointwise_mutual_information(x, y)
    error = (pointwise.var(-1) / n + law.standard_error().square()).sqrt()
    # Where X and Y are independent the pointwise information is 0 up to rounding.
    gap = (pointwise.mean(-1) - law.mutual_information()).abs()
    assert (gap <= 4 * error + 1e-12).all()


def test_samples_have_the_promised_shapes_and_types(law, generator):
    for dtype in (torch.float32, torch.float64):
        x, y = law.sample(7, generator=generator, dtype=dtype)
        assert x.shape == (3, 7, law.dim_x) and y.shape == (3, 7, law.dim_y)
        assert x.dtype == y.dtype == dtype
    assert law.mutual_information().shape == law.standard_error().shape == (3,)
    assert law.mutual_information().dtype == torch.float64


def test_the_generator_is_the_only_source_of_randomness(law):
    state = torch.random.get_rng_state()
    first, again, other = (
        law.sample(5, generator=torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert all(map(torch.equal, first, again))
    assert not any(map(torch.equal, first, other))
    assert torch.equal(torch.random.get_rng_state(), state)


def test_rows_and_laws_of_a_batch_differ(law, generator):
    x, y = law.sample(5, generator=generator)
    for side in (x, y):
        assert side.reshape(15, -1).unique(dim=0).shape[0] == 15


def test_an_empty_sample_is_refused(law, generator):
    with pytest.raises(ParameterError, match="n_samples must be an integer of at least 1; got 0"):
        law.sample(0, generator=generator)


@pytest.mark.parametrize(("dim_x", "dim_y"), [(1, 1), (2, 5), (7, 1), (16, 16)])
@pytest.mark.parametrize("df", [0.5, 1, 3.5, 60])
def test_normal_and_student_truths_are_bmis(bmi, generator, dim_x, dim_y, df):
    dispersion = random_dispersion(dim_x + dim_y, generator)
    normal = bmi.samplers.SplitMultinormal(dim_x=dim_x, dim_y=dim_y, covariance=dispersion.numpy())
    student = bmi.samplers.SplitStudentT(
        dim_x=dim_x, dim_y=dim_y, dispersion=dispersion.numpy(), df=df
    )
    ours_normal = Multinormal(dispersion, dim_x).mutual_information()
    ours_student = StudentT(dispersion, df, dim_x).mutual_information()
    assert ours_normal.item() == pytest.approx(normal.mutual_information(), abs=1e-9)
    assert ours_student.item() == pytest.approx(student.mutual_information(), abs=1e-9)


@pytest.mark.parametrize("epsilon", [0.05, 0.5, 0.51, 3.0])
def test_the_additive_truth_is_the_entropy_of_y_less_that_of_the_noise(epsilon):
    def minus_p_ln_p(y: float) -> float:
        p = max(min(y + epsilon, 1) - max(y - epsilon, 0), 0) / (2 * epsilon)
        return -p * math.log(p) if p > 0 else 0.0

    corners = sorted([-epsilon, epsilon, 1 - epsilon, 1 + epsilon])
    entropy = sum(integrate.quad(minus_p_ln_p, low, high)[0] for low, high in pairwise(corners))
    truth = AdditiveUniform(epsilon).mutual_information().item()
    assert truth == pytest.approx(entropy - math.log(2 * epsilon), abs=1e-7)


def test_known_values():
    assert Multinormal(bivariate_correlation(0.6), 1).mutual_information().item() == pytest.approx(
        -0.5 * math.log(1 - 0.36), abs=1e-15
    )
    # Bivariate Cauchy: ln(8 pi) - 3, from its entropy ln(2 pi) + 3 and ln(4 pi) a side.
    cauchy = StudentT(identity_correlation(1, 1), 1.0, 1).mutual_information().item()
    assert cauchy == pytest.approx(math.log(8 * math.pi) - 3, abs=1e-14)
    assert AdditiveUniform(0.5).mutual_information().item() == 0.5


def test_swapping_x_and_y_keeps_the_information(generator):
    dispersion = random_dispersion(6, generator)
    swapped = dispersion.roll((4, 4), dims=(0, 1))
    for df in (1.5, math.inf):
        there = StudentT(dispersion, df, 2).mutual_information()
        back = StudentT(swapped, df, 4).mutual_information()
        torch.testing.assert_close(there, back)


def test_a_batch_is_its_laws_one_by_one(generator):
    dispersion = torch.stack([random_dispersion(5, generator) for _ in range(3)])
    df = torch.tensor([0.9, 30.0, math.inf], dtype=torch.float64)
    batch = StudentT(dispersion, df, 2)
    x, y = batch.sample(4, generator=generator)
    for i in range(3):
        alone = StudentT(dispersion[i], df[i], 2)
        assert alone.batch_shape == ()
        torch.testing.assert_close(alone.mutual_information(), batch.mutual_information()[i])
        torch.testing.assert_close(
            alone.pointwise_mutual_information(x[i], y[i]),
            batch.pointwise_mutual_information(x, y)[i],
        )


def test_normal_samples_have_the_covariance(generator):
    covariance = random_dispersion(4, generator)
    n = 50_000
    sample = torch.cat(Multinormal(covariance, 1).sample(n, generator=generator), dim=-1)
    variance = covariance.diagonal()
    # Wishart: Var S_ij = (C_ii C_jj + C_ij^2) / n.
    error = ((variance[:, None] * variance + covariance.square()) / n).sqrt()
    assert ((sample.T.cov(correction=0) - covariance).abs() < 4 * error).all()


@pytest.mark.parametrize("df", [0.4, 2.5, 40.0])
def test_squared_student_radii_follow_the_f_law(generator, df):
    x, _ = StudentT(identity_correlation(3, 2), df, 3).sample(5_000, generator=generator)
    radii = x.square().mean(-1).numpy()
    assert stats.kstest(radii, stats.f(3, df).cdf).pvalue > 0.001


def test_infinite_df_draws_the_normal_sample_of_the_same_seed():
    dispersion = dense_correlation(2, 3, 0.4)
    normal, student = (
        law.sample(6, generator=torch.Generator().manual_seed(4))
        for law in (Multinormal(dispersion, 2), StudentT(dispersion, math.inf, 2))
    )
    assert all(map(torch.equal, normal, student))


@pytest.mark.parametrize("df", [1e4, 1e6, 1e9, 1e13])
def test_the_student_correction_falls_like_dim_x_dim_y_over_two_df_squared(df):
    dispersion = identity_correlation(64, 40)
    excess = StudentT(dispersion, df, 64).mutual_information().item()
    # The next term is -dim_x dim_y (dim_x + dim_y) / (2 df^3).
    assert excess == pytest.approx(64 * 40 / (2 * df**2), rel=200 / df + 1e-9)


@pytest.mark.parametrize("df", [1e-3, 1.0, 1e6, 1e12, math.inf])
def test_nothing_overflows_at_dimension_64(generator, df):
    dispersion = 1e-6 * lvm_correlation(64, 64, 32, 1.0, 3.0, 1.5, 0.1)
    law = StudentT(dispersion, df, 64)
    x, y = law.sample(100, generator=generator, dtype=torch.float32)
    assert x.isfinite().all() and y.isfinite().all()
    assert law.mutual_information().isfinite() and law.mutual_information() > 0


def test_pointwise_information_of_huge_df_tends_to_the_normal_one(generator):
    dispersion = dense_correlation(3, 3, 0.5)
    x, y = Multinormal(dispersion, 3).sample(50, generator=generator)
    normal = Multinormal(dispersion, 3).pointwise_mutual_information(x, y)
    for df in (1e6, 1e9, 1e12):
        student = StudentT(dispersion, df, 3).pointwise_mutual_information(x, y)
        assert (student - normal).abs().max() < 1000 / df + 1e-12


def test_independent_blocks_add_their_information_and_their_squared_errors():
    mixture, normal = three_clusters(), LAWS["dense"]
    blocks = Independent([mixture, normal, mixture])
    assert (blocks.dim_x, blocks.dim_y) == (6, 7)
    torch.testing.assert_close(
        blocks.mutual_information(), 2 * mixture.mutual_information() + normal.mutual_information()
    )
    torch.testing.assert_close(blocks.standard_error(), math.sqrt(2) * mixture.standard_error())


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: Multinormal(torch.ones(2, 2), 1),
            "The covariance or dispersion must be positive definite; the leading minor of order 2 "
            "is not positive.",
        ),
        (
            lambda: Multinormal(torch.stack([torch.eye(2), -torch.eye(2)]), 1),
            "The covariance or dispersion must be positive definite; the leading minor of order 1 "
            "is not positive (law (1,) of the batch).",
        ),
        (
            lambda: Multinormal(torch.tensor([[1.0, 0.5], [0.0, 1.0]]), 1),
            "A covariance or dispersion must be symmetric; off by 0.5.",
        ),
        (
            lambda: Multinormal(torch.ones(3), 1),
            "A covariance or dispersion must have shape (*batch, D, D) with D >= 2; got (3,).",
        ),
        (
            lambda: Multinormal(torch.diag(torch.tensor([1.0, math.inf])), 1),
            "A covariance or dispersion must be finite; got an infinite entry.",
        ),
        (
            lambda: Multinormal(torch.eye(3), 3),
            "dim_x must be an integer of at least 1 and at most 2; got 3.",
        ),
        (
            lambda: StudentT(torch.eye(2), 0.0, 1),
            "df must be positive (infinity gives the normal law); got 0.",
        ),
        (
            lambda: StudentT(torch.eye(2), torch.tensor([1.0, -2.0]), 1),
            "df must be positive (infinity gives the normal law); got -2 (at index (1,)).",
        ),
        (
            lambda: StudentT(torch.eye(2).expand(3, 2, 2), torch.ones(2), 1),
            "df and dispersion must broadcast; got batches (2,) and (3,).",
        ),
        (
            lambda: AdditiveUniform([0.1, 0.0]),
            "epsilon must be positive and finite; got 0 (at index (1,)).",
        ),
        (
            lambda: Independent([]),
            "Independent needs blocks of one batch shape; got no blocks.",
        ),
        (
            lambda: Independent([LAWS["dense"], AdditiveUniform(0.1)]),
            "Independent needs blocks of one batch shape; got [(), (3,)].",
        ),
    ],
)
def test_a_bad_parameter_is_named_in_the_error(build, message):
    with pytest.raises(ParameterError) as caught:
        build()
    assert str(caught.value) == message
