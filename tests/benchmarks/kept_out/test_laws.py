"""Laws kept out of every prior: their truths by a second route, and that nothing trains on them."""

import ast
from pathlib import Path

import numpy as np
import pytest

import mist_core
from mist_core.benchmarks.kept_out import LAWS
from mist_core.benchmarks.kept_out.truths import TOLERANCE, truths

PACKAGE = Path(mist_core.__file__).parent
# What draws, trains or chooses; the commands that only judge may read these laws.
BARRED = ("distributions", "priors", "statistics", "networks", "training", "weights")
BARRED_COMMANDS = ("train.py", "adapt.py", "ablate.py", "leave_out.py", "studies")

every_law = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)


def imported(path):
    """Dotted names of all modules a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_prior_nor_training_imports_a_kept_out_law():
    places = [PACKAGE / room for room in BARRED]
    places += [PACKAGE / "commands" / name for name in BARRED_COMMANDS]
    files = [f for place in places for f in ([place] if place.suffix else place.rglob("*.py"))]
    assert len(files) > 60
    assert not [f.name for f in files if any("kept_out" in name for name in imported(f))]


def test_kept_out_laws_import_nothing_that_the_priors_are_made_of():
    for path in (PACKAGE / "benchmarks" / "kept_out").glob("*.py"):
        ours = [name for name in imported(path) if name.startswith("mist_core")]
        assert all(name.startswith("mist_core.benchmarks.kept_out") for name in ours)


def test_they_are_many_of_many_kinds_small_and_large():
    assert len(LAWS) >= 40
    assert len({law.kind for law in LAWS.values()}) >= 10
    dims = [
        side.shape[1]
        for law in LAWS.values()
        for side in law.sample(2, rng=np.random.default_rng(0))
    ]
    assert min(dims) == 1 and max(dims) >= 32


def test_each_truth_is_exact_or_known_to_a_fifth_of_the_bound_of_a_million_rows():
    assert set(truths()) == set(LAWS)
    for name, truth in truths().items():
        assert truth.standard_error <= TOLERANCE * truth.deviation, name
        if LAWS[name].exact is None:
            assert truth.standard_error > 0
        else:
            assert truth.mutual_information == pytest.approx(LAWS[name].exact, abs=1e-6)
            assert abs(truth.measured - LAWS[name].exact) <= 4.5 * truth.measured_error + 1e-6, name


@every_law
def test_pointwise_information_is_that_of_the_rows_drawn(law):
    u, v = law.draw(100_000, np.random.default_rng(5))
    values = law.pointwise(u, v)
    truth = truths()[law.name]
    assert np.isfinite(values).all()
    error = max(truth.deviation / len(values) ** 0.5, 1e-9)
    assert abs(values.mean() - truth.mutual_information) < 5 * error


@every_law
def test_pointwise_information_weighs_shuffled_rows_to_the_rows_drawn(law):
    """E[exp(i); i < c] of independent sides is P(i < c) of the joint law, for any c."""
    u, v = law.draw(200_000, np.random.default_rng(6))
    joint = law.pointwise(u, v)
    shuffled = law.pointwise(u, np.roll(v, 1, 0))
    most = np.quantile(joint, 0.4)
    weights = np.where(shuffled < most, np.exp(np.minimum(shuffled, most)), 0.0)
    error = np.hypot(weights.std(), 0.5) / len(u) ** 0.5
    assert abs(weights.mean() - (joint < most).mean()) < 5 * error


@every_law
def test_what_is_shown_is_finite_and_has_as_many_rows(law):
    x, y = law.sample(1000, rng=np.random.default_rng(7))
    assert x.ndim == y.ndim == 2 and len(x) == len(y) == 1000
    assert np.isfinite(x).all() and np.isfinite(y).all()
