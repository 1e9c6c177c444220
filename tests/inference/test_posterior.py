"""A posterior is a proper distribution on [0, inf) whichever way one asks."""

import dataclasses
import json
import math
from html.parser import HTMLParser

import numpy as np
import pytest

from mist_core.errors import ParameterError
from mist_core.inference.posterior import Posterior
from mist_core.networks.quantiles import OFFSET

LEVELS = (0.005, 0.01, 0.025, *np.arange(0.05, 0.951, 0.05).round(2), 0.975, 0.99, 0.995)
EVERYWHERE = np.concatenate(
    [np.logspace(-300, -3, 50), np.linspace(0.002, 0.998, 997), 1 - np.logspace(-3, -16, 50)]
)


def posterior_with(quantiles, mean=0.5, **fields):
    return Posterior(mean=mean, levels=LEVELS, quantiles=quantiles, in_family=0.9, **fields)


def random_posterior(seed):
    rng = np.random.default_rng(seed)
    quantiles = np.cumsum(
        rng.exponential(rng.uniform(0, 1), len(LEVELS)) * rng.integers(0, 2, len(LEVELS))
    )
    return posterior_with(tuple(quantiles), mean=float(quantiles.mean()))


POSTERIORS = [random_posterior(seed) for seed in range(20)] + [
    posterior_with((0.0,) * 25, mean=0.0)
]


@pytest.mark.parametrize("posterior", POSTERIORS)
def test_quantiles_never_cross_are_never_negative_and_stay_finite(posterior):
    quantiles = posterior.quantile(EVERYWHERE)
    assert np.all(np.diff(quantiles) >= -1e-12 * quantiles[1:])
    assert np.all(quantiles >= 0) and np.all(np.isfinite(quantiles))


@pytest.mark.parametrize("posterior", POSTERIORS)
def test_the_known_quantiles_are_met_exactly(posterior):
    assert posterior.quantile(LEVELS) == pytest.approx(posterior.quantiles, abs=1e-12)


def test_a_logistic_law_on_the_log_scale_is_recovered_at_every_level():
    def exact(levels):
        return np.maximum(np.exp(0.3 * np.log(levels / (1 - np.asarray(levels)))) - OFFSET, 0)

    posterior = posterior_with(tuple(exact(np.array(LEVELS))))
    levels = np.array([1e-4, 0.004, 0.013, 0.33, 0.5, 0.77, 0.993, 0.9999])
    assert posterior.quantile(levels) == pytest.approx(exact(levels), rel=1e-9)


def test_the_quantile_function_has_no_jumps():
    levels = np.linspace(0.001, 0.999, 20_001)
    quantiles = POSTERIORS[3].quantile(levels)
    assert np.max(np.diff(quantiles)) < 0.02 * quantiles[-1]


def test_quantiles_have_the_shape_of_the_levels():
    assert POSTERIORS[0].quantile(0.3).shape == ()
    assert POSTERIORS[0].quantile([[0.1, 0.2, 0.3]]).shape == (1, 3)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, math.nan, [0.5, 2.0]])
def test_a_level_outside_the_unit_interval_is_an_error(level):
    with pytest.raises(ParameterError, match="Levels must lie strictly between 0 and 1"):
        POSTERIORS[0].quantile(level)


def test_the_interval_is_central():
    posterior = POSTERIORS[0]
    assert posterior.interval(0.8) == pytest.approx(posterior.quantile([0.1, 0.9]))
    assert posterior.interval() == posterior.interval(0.9)


def test_the_median_is_the_quantile_at_one_half():
    assert POSTERIORS[0].median == pytest.approx(POSTERIORS[0].quantiles[12])


@pytest.mark.parametrize("coverage", [0, 1, -1, math.nan, 90])
def test_a_coverage_outside_the_unit_interval_is_an_error(coverage):
    with pytest.raises(ParameterError, match="coverage must lie strictly between 0 and 1"):
        POSTERIORS[0].interval(coverage)


@pytest.mark.parametrize("posterior", POSTERIORS)
def test_bits_are_nats_over_ln_2_at_every_level(posterior):
    bits = posterior.to_bits()
    assert bits.unit == "bits"
    assert bits.mean * math.log(2) == pytest.approx(posterior.mean)
    assert bits.quantile(EVERYWHERE) * math.log(2) == pytest.approx(posterior.quantile(EVERYWHERE))
    assert bits.to_bits() is bits and posterior.to_nats() is posterior
    assert bits.to_nats().interval() == pytest.approx(posterior.interval())


def test_a_posterior_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        POSTERIORS[0].mean = 1.0


def test_a_posterior_survives_json():
    posterior = POSTERIORS[5].to_bits()
    assert Posterior(**json.loads(json.dumps(posterior.to_dict()))) == posterior


def test_a_posterior_prints_as_one_line():
    posterior = posterior_with(tuple(np.linspace(0.4, 0.64, 25)), mean=0.52)
    assert repr(posterior) == (
        "Posterior(mean 0.520 nats, 90 % interval 0.430 to 0.610, in-family 0.90)"
    )


class Tags(HTMLParser):
    """Collects the elements of a page and checks that each one is closed."""

    def __init__(self, text):
        super().__init__()
        self.seen, self.open = [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))


@pytest.mark.parametrize("posterior", POSTERIORS)
def test_the_card_is_well_formed_and_draws_within_its_frame(posterior):
    tags = Tags(posterior._repr_html_())
    places = [float(a[k]) for _, a in tags.seen for k in ("x1", "x2", "cx") if k in a]
    assert len(places) == 7 and all(10 <= place <= 290 for place in places)


def test_the_card_needs_nothing_from_elsewhere():
    card = POSTERIORS[0]._repr_html_()
    assert not any(word in card for word in ("http", "url(", "<script", "<link", "<style"))


def test_the_card_shows_what_the_line_shows():
    posterior = posterior_with(tuple(np.linspace(0.4, 0.64, 25)), mean=0.52).to_bits()
    card = posterior._repr_html_()
    assert "0.750" in card and "bits" in card and "90 % interval 0.620 to 0.880" in card


def test_data_unlike_the_training_data_carry_a_warning():
    doubtful = dataclasses.replace(POSTERIORS[0], in_family=0.005)
    assert "Unlike the training data" in doubtful._repr_html_()
    assert "Unlike the training data" not in POSTERIORS[0]._repr_html_()
