"""Synergy and redundancy against closed forms of normal systems, and parity."""

import numpy as np
import pandas as pd
import pytest

from mist_core import InputError, interaction_information, together


def normal_truth(covariance):
    """TC and DTC of a normal vector, nats."""
    whole = np.linalg.slogdet(covariance)[1]
    total = (np.log(np.diag(covariance)).sum() - whole) / 2
    k = len(covariance)
    without = [np.linalg.slogdet(np.delete(np.delete(covariance, i, 0), i, 1))[1] for i in range(k)]
    dual = (sum(without) - (k - 1) * whole) / 2
    return total, dual


def rows(covariance, n=1500, seed=0):
    rng = np.random.default_rng(seed)
    return rng.multivariate_normal(np.zeros(len(covariance)), covariance, n)


REDUNDANT = 0.6 + 0.4 * np.eye(4)
SUM = np.array([[1, 0, 0.9], [0, 1, 0.9], [0.9, 0.9, 1.9]])


@pytest.mark.parametrize("covariance", [REDUNDANT, SUM], ids=["redundant", "sum"])
def test_normal_systems_have_their_closed_forms(covariance):
    total, dual = normal_truth(covariance)
    found = together(rows(covariance))
    assert found.total_correlation == pytest.approx(total, rel=0.2, abs=0.05)
    assert found.dual_total_correlation == pytest.approx(dual, rel=0.25, abs=0.07)
    assert np.sign(found.o_information) == np.sign(total - dual)


def test_independent_columns_share_nothing():
    found = together(rows(np.eye(4)))
    assert found.total_correlation < 0.05 and found.dual_total_correlation < 0.08


def test_parity_is_synergy_and_copies_are_redundancy():
    rng = np.random.default_rng(1)
    a, b, c, s = rng.standard_normal((4, 1200))
    flags = [values > 0 for values in (a, b)]
    parity = flags[0] ^ flags[1]
    assert interaction_information(*flags, parity) > 0.4
    assert interaction_information(s + 0.5 * a, s + 0.5 * b, s + 0.5 * c) < -0.2


def test_classes_and_frames_are_read():
    rng = np.random.default_rng(2)
    colour = rng.choice(["red", "green"], 300)
    shade = np.where(colour == "red", 1.0, 0.0) + 0.1 * rng.standard_normal(300)
    frame = pd.DataFrame({"colour": colour, "shade": shade, "noise": rng.standard_normal(300)})
    assert together(frame).total_correlation == pytest.approx(np.log(2), abs=0.15)


@pytest.mark.parametrize("shape", [(50, 2), (50, 11), (50,)])
def test_too_few_and_too_many_columns_are_refused(shape):
    with pytest.raises(InputError, match="3 to 10"):
        together(np.random.default_rng(3).standard_normal(shape))
