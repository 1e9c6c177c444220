"""The named families: they cover bmi's benchmark and refuse what they cannot build."""

import numpy as np
import pytest
import torch

from mist_core.distributions.composite import Transformed
from mist_core.distributions.families import FAMILIES
from mist_core.distributions.transforms.named import stack_transforms
from mist_core.errors import ParameterError

SPARSE, HALF = {"n_interacting": 2, "strength": 2.0}, {"off_diag": 0.5}
PAIR = {"correlation": 0.75}

# bmi's task id -> family, columns a side, parameters, transforms.
BENCHMARK = {
    "1v1-normal-0.75": ("bivariate-normal", 1, PAIR, []),
    "normal_cdf-1v1-normal-0.75": ("bivariate-normal", 1, PAIR, ["normal-cdf"]),
    "1v1-additive-0.1": ("additive", 1, {"epsilon": 0.1}, []),
    "1v1-additive-0.75": ("additive", 1, {"epsilon": 0.75}, []),
    "1v1-bimodal-0.75": ("bimodal", 1, PAIR, []),
    "wiggly-1v1-normal-0.75": ("bivariate-normal", 1, PAIR, ["wiggly"]),
    "half_cube-1v1-normal-0.75": ("bivariate-normal", 1, PAIR, ["half-cube"]),
    "swissroll_x-normal_cdf-1v1-normal-0.75": (
        "bivariate-normal",
        1,
        PAIR,
        ["normal-cdf", "swiss-roll"],
    ),
    **{f"multinormal-dense-{d}-{d}-0.5": ("normal-dense", d, HALF, []) for d in (2, 3, 5, 25, 50)},
    **{
        f"multinormal-sparse-{d}-{d}-2-2.0": ("normal-2pair", d, {"strength": 2.0}, [])
        for d in (2, 3, 5, 25)
    },
    **{
        f"{prefix}-multinormal-sparse-{d}-{d}-2-2.0": ("normal-sparse", d, SPARSE, transforms)
        for d in (3, 5, 25)
        for prefix, transforms in {
            "normal_cdf": ["normal-cdf"],
            "half_cube": ["half-cube"],
            "spiral": ["spiral"],
            "spiral-normal_cdf": ["normal-cdf", "spiral"],
        }.items()
    },
    **{
        f"{prefix}student-identity-{d}-{d}-{df}": ("student-identity", d, {"df": df}, transforms)
        for d, df in [(1, 1), (2, 1), (2, 2), (3, 2), (3, 3), (5, 2), (5, 3)]
        for prefix, transforms in {"": [], "asinh-": ["asinh"]}.items()
    },
}


def benchmark_law(task_id: str) -> Transformed:
    name, dim, parameters, transforms = BENCHMARK[task_id]
    law = FAMILIES[name].build(dim, dim, **parameters)
    return Transformed(law, *stack_transforms(transforms, dim, dim))


def test_the_families_express_all_40_tasks_of_bmi_and_know_their_truths(bmi):
    tasks = bmi.benchmark.BENCHMARK_TASKS
    assert len(tasks) == 40 and tasks.keys() <= BENCHMARK.keys()
    for task_id, task in tasks.items():
        law = benchmark_law(task_id)
        assert (law.dim_x, law.dim_y) == (task.dim_x, task.dim_y), task_id
        truth = law.mutual_information().item()
        assert truth == pytest.approx(task.mutual_information, abs=1e-6), task_id


@pytest.mark.parametrize(
    "task_id",
    [
        "1v1-bimodal-0.75",
        "spiral-multinormal-sparse-3-3-2-2.0",
        "spiral-normal_cdf-multinormal-sparse-5-5-2-2.0",
        "wiggly-1v1-normal-0.75",
    ],
)
def test_the_transformed_tasks_map_points_as_bmi_does(bmi, generator, task_id):
    law, sampler = benchmark_law(task_id), bmi.benchmark.BENCHMARK_TASKS[task_id].sampler
    points = 0.9 * torch.randn(40, law.dim_x, generator=generator, dtype=torch.float64)
    theirs = points.numpy(), points.numpy()
    chain = []
    while hasattr(sampler, "transform"):
        chain.append(sampler)
        sampler = sampler._base_sampler
    for link in reversed(chain):
        theirs = link.transform(*theirs)
    ours = law.transform_x(points), law.transform_y(points)
    if task_id.startswith("1v1-bimodal"):
        ours = law.law.transform_x(points), law.law.transform_y(points)
    for our_side, their_side in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our_side, their_side, atol=1e-4)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())
def test_every_family_builds_at_its_defaults_and_ends_in_its_dimensions(family, generator):
    fewest = family.fixed_dim or max(family.min_dim, 2)
    dims = {(fewest, fewest), (family.fixed_dim or 6, family.fixed_dim or 6)}
    if not (family.equal_dims or family.fixed_dim):
        dims |= {(fewest, 5), (5, fewest)}
    for dim_x, dim_y in dims:
        law = family.build(dim_x, dim_y)
        assert (law.dim_x, law.dim_y, law.batch_shape) == (dim_x, dim_y, ())
        assert law.mutual_information() > 0
        assert all(side.isfinite().all() for side in law.sample(10, generator=generator))
    for parameter in family.parameters:
        assert parameter.low <= parameter.default <= parameter.high
        for end in (parameter.low, parameter.high):
            if parameter.name != "n_interacting":
                assert family.build(fewest, fewest, **{parameter.name: end}) is not None


@pytest.mark.parametrize(
    ("name", "dims", "parameters", "message"),
    [
        ("bimodal", (1, 2), {}, "dim_y must be 1; got 2."),
        ("normal-2pair", (1, 2), {}, "dim_x must be an integer of at least 2; got 1."),
        ("additive", (1, 2), {}, "additive needs dim_x = dim_y; got 1 and 2."),
        ("normal-dense", (1, 2), {"rho": 1}, r"normal-dense takes \['off_diag'\]; got \['rho'\]."),
        ("student-dense", (1, 2), {"df": -1.0}, "df must be positive"),
        ("normal-sparse", (3, 2), {"n_interacting": 3}, "n_interacting must be an integer in 0.."),
    ],
)
def test_a_family_says_what_it_cannot_build(name, dims, parameters, message):
    with pytest.raises(ParameterError, match=message):
        FAMILIES[name].build(*dims, **parameters)
