"""A second opinion on what the head says of I(X;Y|Z)."""

import functools
from dataclasses import replace

from mist_core.inference.second_opinion import together
from mist_core.networks.conditional import sure
from mist_core.networks.quantiles import Prediction
from mist_core.networks.second_opinion import SecondOpinion, Subject, load_second_opinion
from mist_core.paths import SECOND_OPINION_GIVEN
from mist_core.statistics import neighbours_given
from mist_core.statistics.triple import Triple

GIVEN = Subject("second-opinion-given", neighbours_given.COUNT, neighbours_given.ESTIMATES)


def heard_given(prediction: Prediction, t: Triple) -> Prediction:
    """What the head and the second opinion say together of B datasets.

    Of few rows, many columns, tied values, and rows in time order the head's word alone.
    """
    columns = sum(side.scores.shape[-1] for side in (t.x, t.y, t.z))
    if t.order is not None or not neighbours_given.fits(t.n_samples, columns):
        return prediction
    network = _given()
    both = together(prediction, network, *neighbours_given.read(t), network.config.shared)
    return replace(both, log_quantiles=sure(both.log_quantiles))


@functools.cache
def _given() -> SecondOpinion:
    """The network that comes along, loaded once."""
    return load_second_opinion(SECOND_OPINION_GIVEN, GIVEN)
