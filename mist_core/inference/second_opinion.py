"""A second opinion on a network's answers, where there are rows enough for one."""

import functools
from dataclasses import replace

import torch
from torch import Tensor

from mist_core.inference.elliptical_opinion import converged
from mist_core.inference.plane import located
from mist_core.networks.quantiles import OFFSET, Prediction
from mist_core.networks.second_opinion import (
    SecondOpinion,
    Subject,
    load_second_opinion,
    weighed,
)
from mist_core.paths import SECOND_OPINION
from mist_core.refinement.refine import Refined
from mist_core.statistics import plane, second_opinion
from mist_core.statistics.summary import Pair

PAIRS = Subject("second-opinion", second_opinion.COUNT, second_opinion.ESTIMATES)

# How much the second opinion counts beside an answer of `refine` on known laws: that answer heard
# it before. Chosen on draws of `general` laws.
REFINED = 0.5


def heard(prediction: Prediction, pair: Pair, shared: float | None = None) -> Prediction:
    """What both say of I(X;Y); of few rows, many columns or tied values the network's word alone.

    Args:
        prediction: of B datasets.
        pair: what the network was shown.
        shared: in place of what the file of the second opinion says; see `SecondOpinionConfig`.
    """
    if plane.fits(pair.rows, pair.columns):
        return located(prediction, pair)
    if not second_opinion.fits(pair.rows, pair.columns):
        return prediction
    network = _of_pairs()
    shared = network.config.shared if shared is None else shared
    return together(prediction, network, *second_opinion.read(pair.views), shared)


def heard_refined(found: Refined, in_family: float, x: Tensor, y: Tensor) -> Refined:
    """What the second opinion and copulas make of what `refine` found on one dataset.

    Args:
        found: by `refine`.
        in_family: of the instant answer.
        x, y: (n, p) and (n, q).
    """
    log_quantiles = (torch.tensor([found.quantiles]) + OFFSET).log()
    own = Prediction(torch.tensor([found.mean]), log_quantiles, torch.tensor([in_family]))
    pair = Pair(x.unsqueeze(0), y.unsqueeze(0))
    both = converged(heard(own, pair, REFINED), pair)
    if both is own:
        return found
    return replace(found, mean=both.mean.item(), quantiles=tuple(both.quantiles[0].tolist()))


def together(
    prediction: Prediction, network: SecondOpinion, features: Tensor, untied: Tensor, shared: float
) -> Prediction:
    """What a network and a second opinion say of B datasets; of tied ones its word alone.

    Args:
        prediction: of the network.
        network: the second opinion.
        features, untied: (B, F) and (B,), as its statistics are read.
        shared: see `SecondOpinionConfig`.
    """
    other = network(features).to(prediction.mean.device)
    both = weighed(prediction, other, new=network.config.new, shared=shared)
    return prediction.where(untied, both)


@functools.cache
def _of_pairs() -> SecondOpinion:
    """The network that comes along, loaded once."""
    return load_second_opinion(SECOND_OPINION, PAIRS)
