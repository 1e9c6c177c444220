"""What the neighbours of all rows make of answers about two single columns."""

import functools
from dataclasses import replace

import torch

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
    device = prediction.mean.device
    assert prediction.in_family is not None
    in_family = prediction.in_family.cpu()
    here = Prediction(prediction.mean.cpu(), prediction.log_quantiles.cpu(), in_family)
    found, network = plane.read(pair.views), _loaded()
    both = weighed(here, network(found), new=network.config.new, shared=network.config.shared)
    assert both.in_family is not None
    holds = found.holds
    quantiles = torch.where(holds[:, None], both.log_quantiles, here.log_quantiles)
    return replace(
        prediction,
        mean=torch.where(holds, both.mean, here.mean).to(device),
        log_quantiles=quantiles.to(device),
        in_family=torch.where(holds, both.in_family, in_family).to(device),
    )


@functools.cache
def _loaded() -> PlaneOpinion:
    """The network that comes along, loaded once."""
    return load_plane(PLANE)
