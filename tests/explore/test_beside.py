"""Correlations, trust in words, and estimates as a table."""

import numpy as np
import pytest

from mist_core.benchmarks.base import Answer
from mist_core.explore.beside import correlations, estimates, trust
from mist_core.inference.posterior import DOUBTFUL, Posterior


def test_both_correlations_and_what_a_line_tells():
    x = np.arange(100.0)
    assert correlations(x, np.exp(x / 10), "nats").startswith("Pearson 0.69, Spearman 1.00; ")
    rng = np.random.default_rng(0)
    y = 0.8 * x + 0.6 * x.std() * rng.standard_normal(100)
    told = -0.5 * np.log(1 - np.corrcoef(x, y)[0, 1] ** 2)
    assert f"would tell {told:.2f} nats." in correlations(x, y, "nats")
    assert f"would tell {told / np.log(2):.2f} bits." in correlations(x, y, "bits")
    assert "no correlation" in correlations(x, np.ones(100), "nats")


def test_a_correlation_that_rounds_to_nothing_has_no_sign():
    x = np.arange(-500, 501.0)
    said = correlations(x, x**2 - 0.1 * x, "nats")
    assert said.startswith("Pearson 0.00, Spearman 0.00; ")


@pytest.mark.parametrize(
    ("in_family", "colour"), [(0.0, "red"), (DOUBTFUL, "orange"), (0.1, "green"), (1.0, "green")]
)
def test_trust_has_three_steps(in_family, colour):
    assert trust(in_family)[0] == colour


def test_estimates_come_with_quantiles_and_their_origin():
    posterior = Posterior(0.5, (0.05, 0.5, 0.95), (0.4, 0.5, 0.55), in_family=0.9)
    others = {"KSG": Answer(0.45, 0.1), "MINE": None, "CCA": Answer(None, failure="no")}
    table = estimates(posterior, others, 0.51, weights="general", sha256="ab")
    assert list(table.estimator) == ["MIST", "KSG", "CCA"]
    assert table["q0.95"][0] == 0.55 and np.isnan(table["q0.95"][1])
    assert set(table.sha256) == {"ab"} and set(table.truth) == {0.51}
