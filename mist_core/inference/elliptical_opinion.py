"""What copulas that fit the rows make of answers, where there are rows enough."""

import functools
from pathlib import Path

from mist_core.networks.elliptical_opinion import (
    GIVEN,
    OF_PAIRS,
    EllipticalOpinion,
    features_of,
    load_elliptical,
    mixed,
)
from mist_core.networks.quantiles import Prediction
from mist_core.paths import ELLIPTICAL, ELLIPTICAL_GIVEN
from mist_core.statistics import elliptical, elliptical_given
from mist_core.statistics.summary import Pair
from mist_core.statistics.triple import Triple


def converged(prediction: Prediction, pair: Pair) -> Prediction:
    """Answers that lie where a normal or Student copula puts them, as far as it fits the rows.

    Of few rows and of tied values the answer as it is.

    Args:
        prediction: of B datasets.
        pair: what the network was shown.
    """
    if not elliptical.fits(pair.rows, pair.columns):
        return prediction
    return _together(prediction, OF_PAIRS, ELLIPTICAL, elliptical.read(pair.views))


def converged_given(prediction: Prediction, t: Triple) -> Prediction:
    """The same of I(X;Y|Z); of rows in time order the answer as it is, too."""
    columns = sum(side.scores.shape[-1] for side in (t.x, t.y, t.z))
    if t.order is not None or not elliptical_given.fits(t.n_samples, columns):
        return prediction
    return _together(prediction, GIVEN, ELLIPTICAL_GIVEN, elliptical_given.read(t))


def _together(
    prediction: Prediction, subject: str, path: Path, fits: elliptical.Fits
) -> Prediction:
    here, network = prediction.cpu(), _loaded(path, subject)
    both = mixed(here, network(features_of(here, fits), fits))
    return prediction.where(fits.untied, both)


@functools.cache
def _loaded(path: Path, subject: str) -> EllipticalOpinion:
    """A network that comes along, loaded once."""
    return load_elliptical(path, subject)
