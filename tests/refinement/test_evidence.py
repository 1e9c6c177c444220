"""Critics find what is there on rows they never saw, and no more than is there."""

import numpy as np
import pytest
import torch

from mist_core.refinement.coordinates import without_copies
from mist_core.refinement.evidence import NUMBERS, gather, schedule


def evidence(x: np.ndarray, y: np.ndarray, seconds: float = 3.0, report=lambda share: True):
    sides = (torch.from_numpy(np.reshape(side, (1, len(side), -1))) for side in (x, y))
    return gather(*sides, seconds, 0, report)


def normal(n: int, rho: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    x, e = np.random.default_rng(seed).standard_normal((2, n))
    return x, rho * x + np.sqrt(1 - rho**2) * e


def test_a_normal_law_is_proved_at_once():
    found = evidence(*normal(3000, 0.8))
    truth = -0.5 * np.log1p(-(0.8**2))
    assert abs(found.bound.value.item() - truth) < 4 * found.bound.standard_error.item()


def test_independent_rows_prove_nothing():
    x, y = np.random.default_rng(0).standard_normal((2, 600, 4))
    found = evidence(x, y)
    assert found.bound.value.item() < 0.01


def test_an_even_direction_is_found_where_correlations_are_blind():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((6000, 4))
    y = (x @ [0.5, 0.5, 0.5, 0.5]) ** 2 + 0.5 * rng.standard_normal(6000)
    found = evidence(x, y, 8.0)  # truth .79
    numbers = dict(zip(NUMBERS, found.numbers[0].tolist(), strict=True))
    assert numbers["bound_normal"] < 0.01
    assert 0.6 < found.bound.value.item() < 0.82


def test_the_order_of_rows_changes_nothing():
    x, y = normal(500, 0.6)
    order = np.random.default_rng(1).permutation(500)
    one, other = evidence(x, y, 1.0), evidence(x[order], y[order], 1.0)
    assert torch.allclose(one.numbers, other.numbers, atol=1e-3)


def test_what_is_reported_grows_and_false_ends_it():
    shares = []

    def report(share: float) -> bool:
        shares.append(share)
        return len(shares) < 20

    found = evidence(*normal(500, 0.5), 10.0, report)
    assert found.cut_short
    assert found.steps == 20
    assert shares == sorted(shares)
    assert found.numbers.isfinite().all()


def test_an_exception_of_the_report_ends_all():
    def report(share: float) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evidence(*normal(500, 0.5), 1.0, report)


@pytest.mark.parametrize("seconds", [1.0, 10.0, 60.0])
def test_more_rows_columns_or_seconds_never_mean_fewer_steps(seconds):
    steps = [schedule(n, 3, 3, seconds).steps for n in (200, 1000, 10_000, 10**6)]
    assert steps == sorted(steps)
    assert schedule(1000, 1, 1, seconds).steps <= schedule(1000, 2, 2, seconds).steps
    assert schedule(1000, 3, 3, seconds).steps <= schedule(1000, 3, 3, 2 * seconds).steps


def test_copies_of_rows_are_left_out_and_classes_are_not():
    rng = np.random.default_rng(0)
    x, y = torch.from_numpy(rng.standard_normal((2, 300, 2)))
    again = torch.from_numpy(rng.integers(0, 300, 1000))
    assert len(without_copies(x[again], y[again])[0]) == len(again.unique())
    codes = torch.from_numpy(rng.integers(0, 4, (2, 1000, 1))).double()
    assert len(without_copies(*codes)[0]) == 1000
    assert len(without_copies(x, y)[0]) == 300
