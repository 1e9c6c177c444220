"""Under independence p is as it should be; what depends is found, and noise is not."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control, kstest

from mist_core import WeightsError
from mist_core.__main__ import main
from mist_core.checkpoint import load_checkpoint, save_checkpoint
from mist_core.inspection import null
from mist_core.inspection.asking import Pair
from mist_core.inspection.basis import basis, statistic
from mist_core.inspection.evidence import PERMUTATION, STORED, TAIL, q_values, weighed
from mist_core.inspection.variable import Variable, part
from mist_core.paths import NULL
from tests.inspection.noise import NOISE, smallest_q


def side(values, *, is_class=False):
    codes = np.unique(values, return_inverse=True)[1] if is_class else values
    return Variable((part("a", np.asarray(codes, float), is_class=is_class),))


def evidence_of(x, y, tested=1, seed=0):
    pairs = [Pair(x, y)] if isinstance(x, Variable) else list(map(Pair, x, y))
    *_, found = weighed(pairs, tested, seed, threads=2)
    return found


def test_the_statistic_reads_ranks_alone_and_not_their_direction():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 100))
    found = statistic(basis(side(x)), basis(side(y)))
    assert statistic(basis(side(np.exp(-x))), basis(side(y**3))) == pytest.approx(found, rel=1e-5)
    assert statistic(basis(side(y)), basis(side(x))) == pytest.approx(found, rel=1e-5)


def test_of_a_line_it_is_the_evidence_of_its_correlation():
    x = np.random.default_rng(0).standard_normal(200)
    assert statistic(basis(side(x)), basis(side(x))) == pytest.approx(
        100 + 2 * np.log(0.4), rel=1e-4
    )


def test_a_constant_side_shows_nothing():
    x = np.random.default_rng(0).standard_normal(50)
    assert statistic(basis(side(x)), basis(side(np.ones(50)))) == -np.inf
    assert evidence_of(side(x), side(np.ones(50))).p[0] == 1


@pytest.mark.parametrize("n", [35, 300])
def test_p_of_independent_untied_columns_is_uniform_between_the_stored_n(n):
    rng = np.random.default_rng(n)
    x, y = ([side(v) for v in rng.exponential(size=(300, n))] for _ in range(2))
    found = evidence_of(x, y)
    assert set(found.source) == {STORED}
    assert kstest(found.p, "uniform").pvalue > 0.01


def test_p_of_tied_columns_is_no_smaller_than_uniform():
    rng = np.random.default_rng(3)
    x = [side(v) for v in rng.poisson(0.7, (200, 80))]
    y = [side(v, is_class=True) for v in rng.choice(list("abc"), (200, 80))]
    found = evidence_of(x, y)
    assert set(found.source) == {PERMUTATION}
    for level in (0.05, 0.2, 0.5):
        assert (found.p <= level).mean() <= level + 3 * np.sqrt(level / 200)


def test_far_out_it_is_near_its_asymptote():
    stored = null.load()
    for value in (4.0, 5.0, 6.0, 7.0):
        found, _ = stored.chance(np.array([value]), np.array([10_000]))
        assert found[0] == pytest.approx(np.exp(-value) / np.sqrt(np.pi * value), rel=0.5)
    found, is_tail = stored.chance(np.array([12.0]), np.array([1000]))
    assert is_tail[0] and 1e-8 < found[0] < 1e-5


def test_chances_fall_with_the_statistic_and_end_where_a_tail_knows_no_more():
    values = np.linspace(-2, 300, 2000)
    found, _ = null.load().chance(values, np.full(2000, 77))
    assert (np.diff(found) <= 1e-15).all() and found[-1] == null.LEAST and found[0] <= 1


def test_many_permutations_come_where_a_small_p_is_needed():
    rng = np.random.default_rng(1)
    grades = rng.integers(1, 6, 150)
    pair = side(grades), side(grades + rng.integers(0, 2, 150))
    few, many = evidence_of(*pair), evidence_of(*pair, tested=2_000)
    assert few.p[0] == few.smallest[0] == 1 / 1001
    assert many.p[0] == many.smallest[0] == pytest.approx(1 / 100_000)
    assert q_values(many.p, 2_000)[0] < 0.05


def test_permutations_are_the_same_each_time_and_others_with_another_seed():
    x, y = (side(v) for v in np.random.default_rng(8).poisson(0.5, (2, 60)))
    assert evidence_of(x, y).p == evidence_of(x, y).p != evidence_of(x, y, seed=1).p


def test_few_rows_are_permuted():
    x, y = np.random.default_rng(8).standard_normal((2, 20))
    assert evidence_of(side(x), side(y)).source[0] == PERMUTATION
    assert evidence_of(side(np.arange(500.0)), side(np.arange(500.0))).source[0] == TAIL


def test_q_counts_pairs_that_were_not_asked_about_as_showing_nothing():
    p = np.array([0.001, 0.2, 0.01])
    np.testing.assert_allclose(q_values(p, 3), false_discovery_control(p))
    assert q_values(p, 100)[0] == pytest.approx(0.1)


@pytest.mark.parametrize("kind", NOISE)
def test_noise_is_rarely_a_discovery(kind):
    small = [smallest_q(NOISE[kind](np.random.default_rng(seed)), seed) for seed in range(5)]
    assert sum(q < 0.05 for q in small) <= 2


def test_the_null_is_drawn_by_a_command(tmp_path, capsys):
    out = tmp_path / "null.safetensors"
    assert main(["null", "--draws", "2000", "--out", str(out)]) == 0
    drawn, stored = null.load(out), null.load()
    assert drawn.draws == 2000 and stored.draws == 100_000
    for value in (1.0, 3.0):
        at = (np.array([value]), np.array([250]))
        assert drawn.chance(*at)[0] == pytest.approx(stored.chance(*at)[0], rel=0.6)
    assert main(["null", "--draws", "10", "--out", str(out)]) == 1
    assert "1,000 draws" in capsys.readouterr().err


def test_the_null_of_other_functions_is_refused(tmp_path):
    kept = load_checkpoint(NULL)
    save_checkpoint(tmp_path / "x", kept.tensors, kept.card | {"functions": [1.0]})
    with pytest.raises(WeightsError, match="mist null"):
        null.load(tmp_path / "x")
