"""Transforms: invertible, equal to bmi's, and without effect on the mutual information."""

import math
from types import ModuleType

import numpy as np
import pytest
import torch

from mist_core.distributions.composite import Transformed, bimodal_gaussians
from mist_core.distributions.correlation import bivariate_correlation, dense_correlation
from mist_core.distributions.elliptical import Multinormal
from mist_core.distributions.transforms.maps import (
    Asinh,
    Compose,
    HalfCube,
    Identity,
    Linear,
    NormalCDF,
    NormalToMixture,
    Permutation,
    Transform,
    WigglyX,
    WigglyY,
)
from mist_core.distributions.transforms.named import TRANSFORMS, stack_transforms
from mist_core.distributions.transforms.spirals import (
    Rotation,
    Spiral,
    SwissRoll,
    plane_generator,
)
from mist_core.errors import ParameterError

BATCH = 2
SKEW = torch.tensor([[0.0, 0.4, -1.0], [-0.4, 0.0, 0.3], [1.0, -0.3, 0.0]], dtype=torch.float64)
MATRICES = torch.tensor([[2.0, 1.0, 0.0], [0.0, 1.0, 3.0], [1.0, 0.0, 1.0]]) * torch.tensor(
    [[[1.0]], [[-0.2]]]
)

# Each row is a transform and the columns it is tried on; adding one is adding a row.
TRIED: dict[str, tuple[Transform, int]] = {
    "identity": (Identity(), 2),
    "half-cube": (HalfCube(), 2),
    "asinh": (Asinh(), 2),
    "normal CDF": (NormalCDF(), 2),
    "wiggly x": (WigglyX(), 2),
    "wiggly y": (WigglyY(), 2),
    "normal to mixture": (NormalToMixture((1.0, 2.0), (-1.0, 4.0)), 2),
    "linear": (Linear(MATRICES), 3),
    "permutation": (Permutation(torch.tensor([[2, 0, 1], [1, 0, 2]])), 3),
    "rotation": (Rotation(SKEW), 3),
    "spiral": (Spiral((2, 0), speed=torch.tensor([0.3, 2.0])), 3),
    "swiss roll": (Compose(NormalCDF(), SwissRoll()), 1),
    "three in a row": (Compose(WigglyX(), Rotation(SKEW), HalfCube()), 3),
}
INCREASING = ["half-cube", "asinh", "normal CDF", "wiggly x", "wiggly y", "normal to mixture"]


@pytest.fixture(params=TRIED.values(), ids=TRIED.keys())
def tried(request) -> tuple[Transform, int]:
    return request.param


def normal_rows(dim: int, generator: torch.Generator, n: int = 50) -> torch.Tensor:
    return torch.randn(BATCH, n, dim, generator=generator, dtype=torch.float64)


def test_the_inverse_undoes_the_transform(tried, generator):
    transform, dim = tried
    x = normal_rows(dim, generator)
    y = transform(x)
    assert y.shape == (BATCH, 50, transform.output_dim(dim))
    torch.testing.assert_close(transform.inverse(y), x, rtol=1e-9, atol=1e-9)


def test_each_row_is_mapped_by_itself_in_the_type_it_has(tried, generator):
    transform, dim = tried
    x = normal_rows(dim, generator)
    torch.testing.assert_close(transform(x)[:, 3:5], transform(x[:, 3:5]))
    single = transform(x.float())
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), transform(x), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", INCREASING)
def test_maps_of_one_column_increase(name):
    grid = torch.linspace(-6, 6, 4001, dtype=torch.float64)[:, None]
    assert (TRIED[name][0](grid).diff(dim=0) > 0).all()


def oracle_maps(bmi: ModuleType) -> dict[str, tuple[object, Transform, int]]:
    """Name to bmi's map of one row, ours, and the number of columns."""
    wiggly = bmi.benchmark.tasks.wiggly
    turn = plane_generator(4, 1, 3)
    return {
        "half-cube": (bmi.transforms.half_cube, HalfCube(), 3),
        "normal CDF": (bmi.transforms.normal_cdf, NormalCDF(), 3),
        "wiggly x": (wiggly.wiggly_x, WigglyX(), 3),
        "wiggly y": (wiggly.wiggly_y, WigglyY(), 3),
        "swiss roll": (bmi.transforms.swissroll2d, SwissRoll(), 1),
        "plane": (bmi.transforms.Spiral(turn.numpy(), speed=0.7), Spiral((1, 3), speed=0.7), 4),
    }


def test_the_maps_are_bmis(bmi, generator):
    for name, (theirs, ours, dim) in oracle_maps(bmi).items():
        x = normal_rows(dim, generator, n=10)[0]
        expected = np.stack([np.asarray(theirs(row.numpy())) for row in x])
        np.testing.assert_allclose(ours(x), expected, atol=2e-5, err_msg=name)


def test_asinh_is_exact_from_the_least_to_the_greatest_numbers():
    x = torch.tensor([0.0, 1e-300, 1e-8, 0.5, 3.0, 1e10, 1e300], dtype=torch.float64)[:, None]
    for signed in (x, -x):
        torch.testing.assert_close(Asinh()(signed), signed.asinh(), rtol=1e-15, atol=0)


def test_turns_keep_the_length_of_a_row(generator):
    x = normal_rows(3, generator)
    for transform in (Rotation(SKEW), Spiral((0, 2), speed=3.0)):
        torch.testing.assert_close(transform(x).norm(dim=-1), x.norm(dim=-1))
        assert not torch.allclose(transform(x), x)


def test_a_quarter_turn_takes_the_first_axis_to_the_second():
    quarter = math.pi / 2
    first, second = torch.eye(3, dtype=torch.float64)[:2]
    for transform in (
        Rotation(quarter * plane_generator(3, 0, 1)),
        Spiral((0, 1), speed=quarter),
    ):
        torch.testing.assert_close(transform(first[None]), second[None])


def test_composing_applies_the_first_transform_first(generator):
    x = normal_rows(3, generator)
    permutation = Permutation(torch.tensor([1, 2, 0]))
    assert torch.equal(Compose(HalfCube(), permutation)(x), permutation(HalfCube()(x)))
    assert torch.equal(permutation(x), x[..., [1, 2, 0]])
    running_sums = TRANSFORMS["running-sums"].for_x(3)
    torch.testing.assert_close(running_sums(x), x.cumsum(-1))


def test_transformed_laws_keep_their_information_row_by_row(generator):
    law = Multinormal(dense_correlation(3, 3, torch.tensor([0.2, 0.8])), 3)
    x, y = law.sample(200, generator=torch.Generator().manual_seed(1))
    for transform, dim in TRIED.values():
        if dim != 3:
            continue
        moved = Transformed(law, transform, Compose(WigglyY(), transform))
        u, v = moved.sample(200, generator=torch.Generator().manual_seed(1))
        assert torch.equal(u, transform(x))
        assert torch.equal(moved.mutual_information(), law.mutual_information())
        torch.testing.assert_close(
            moved.pointwise_mutual_information(u, v),
            law.pointwise_mutual_information(x, y),
            rtol=1e-7,
            atol=1e-7,
        )


def test_bimodal_margins_are_the_stated_mixtures(generator):
    x, y = bimodal_gaussians(torch.tensor([-0.9, 0.5])).sample(20_000, generator=generator)
    error = 0.5 / math.sqrt(20_000)
    for side, valley, below in ((x, 2.5, 0.3), (y, 1.0, 0.5)):
        tail = 0.5 * math.erfc((2.5 if valley == 2.5 else 2.0) / math.sqrt(2))
        expected = below * (1 - tail) + (1 - below) * tail
        share = (side < valley).double().mean((1, 2))
        assert (share - expected).abs().max() < 4 * error


def test_a_swiss_roll_adds_a_column():
    normal = Multinormal(bivariate_correlation(0.5), 1)
    rolled = Transformed(normal, *stack_transforms(["normal-cdf", "swiss-roll"], 1, 1))
    assert (rolled.dim_x, rolled.dim_y) == (2, 1)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_named_pair_fits_one_two_or_three_columns_or_says_why_not(name, generator):
    for dim in (1, 2, 3):
        x = torch.rand(5, dim, generator=generator, dtype=torch.float64)
        try:
            for transform in stack_transforms([name], dim, dim):
                torch.testing.assert_close(transform.inverse(transform(x)), x)
        except ParameterError as error:
            assert "column" in str(error)
            assert (name, dim) in {
                ("spiral", 1),
                ("rotation", 1),
                ("swiss-roll", 2),
                ("swiss-roll", 3),
            }


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Linear(torch.ones(2, 2)), "matrix must be finite and invertible"),
        (lambda: Linear(torch.full((2, 2), math.inf)), "matrix must be finite and invertible"),
        (lambda: Linear(torch.ones(2, 3)), r"matrix must be \(\*batch, dim, dim\); got \(2, 3\)"),
        (lambda: Linear(torch.eye(2)).output_dim(3), "Linear was built for 2 columns; got 3"),
        (lambda: Permutation(torch.tensor([0, 0])), "order must be a permutation"),
        (lambda: Rotation(torch.eye(2)), "generator must be skew-symmetric"),
        (lambda: Spiral((1, 1)), "plane must be two different columns"),
        (lambda: Spiral((0, 2)).output_dim(2), "needs at least 3 columns; got 2"),
        (lambda: NormalToMixture((1.0,), (0.0, 1.0)), "Each mean needs a positive weight"),
        (lambda: plane_generator(2, 0, 2), "A plane needs two different columns below 2"),
        (lambda: stack_transforms(["twist"], 1, 1), "Unknown transform 'twist'; known are base,"),
        (
            lambda: Transformed(
                Multinormal(dense_correlation(2, 1, 0.1), 2), SwissRoll(), Identity()
            ),
            "SwissRoll was built for 1 column; got 2",
        ),
    ],
)
def test_a_bad_parameter_is_named_in_the_error(build, message):
    with pytest.raises(ParameterError, match=message):
        build()
