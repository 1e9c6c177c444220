"""What the neighbours of all rows make of answers about two single columns."""

import functools

from mist_core.networks.plane import PlaneOpinion, load_plane, weighed
from mist_core.networks.quantiles import Prediction
from mist_core.paths import PLANE
from mist_core.statistics import plane
from mist_core.statistics.summary import Pair


def located(prediction: Prediction, pair: Pair) -> Prediction:
    """Answers that lie where neighbours put them, as near as these come.

    Of tied values, and of structure too fine for so many rows, the answer as it is.

    Args:
        prediction: of B datasets.
        pair: what the network was shown, of which `plane.fits` is true.
    """
    found, network = plane.read(pair.views), _loaded()
    told, config = network(found), network.config
    both = weighed(prediction.cpu(), told, new=config.new, shared=config.shared)
    return prediction.where(found.holds, both)


@functools.cache
def _loaded() -> PlaneOpinion:
    """The network that comes along, loaded once."""
    return load_plane(PLANE)
