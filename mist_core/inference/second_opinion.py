"""A second opinion on a network's answers, where there are rows enough for one."""

import functools
from dataclasses import replace

import torch
from torch import Tensor

from mist_core.networks.quantiles import OFFSET, Prediction
from mist_core.networks.second_opinion import (
    SecondOpinion,
    Subject,
    load_second_opinion,
    weighed,
)
from mist_core.paths import SECOND_OPINION
from mist_core.refinement.refine import Refined
from mist_core.statistics import second_opinion

PAIRS = Subject("second-opinion", second_opinion.COUNT, second_opinion.ESTIMATES)

# How much the second opinion counts beside an answer of `refine` on known laws: that answer heard
# it before. Chosen on draws of `general` laws.
REFINED = 0.5


def heard(prediction: Prediction, x: Tensor, y: Tensor, shared: float | None = None) -> Prediction:
    """What both say of I(X;Y); of few rows, many columns or tied values the network's word alone.

    Args:
        prediction: of B datasets.
        x, y: (B, n, p) and (B, n, q), what the network was shown.
        shared: in place of what the file of the second opinion says; see `SecondOpinionConfig`.
    """
    if not second_opinion.fits(x.shape[1], x.shape[2] + y.shape[2]):
        return prediction
    network = _of_pairs()
    shared = network.config.shared if shared is None else shared
    return together(prediction, network, *second_opinion.read(x.cpu(), y.cpu()), shared)


def heard_refined(found: Refined, in_family: float, x: Tensor, y: Tensor) -> Refined:
    """The same of what `refine` found on one dataset, x (n, p) and y (n, q)."""
    log_quantiles = (torch.tensor([found.quantiles]) + OFFSET).log()
    own = Prediction(torch.tensor([found.mean]), log_quantiles, torch.tensor([in_family]))
    both = heard(own, x.unsqueeze(0), y.unsqueeze(0), REFINED)
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
    device = prediction.mean.device
    other = network(features).to(device)
    both = weighed(prediction, other, new=network.config.new, shared=shared)
    assert prediction.in_family is not None and both.in_family is not None
    untied = untied.to(device)
    return replace(
        prediction,
        mean=torch.where(untied, both.mean, prediction.mean),
        log_quantiles=torch.where(untied[:, None], both.log_quantiles, prediction.log_quantiles),
        in_family=torch.where(untied, both.in_family, prediction.in_family),
    )


@functools.cache
def _of_pairs() -> SecondOpinion:
    """The network that comes along, loaded once."""
    return load_second_opinion(SECOND_OPINION, PAIRS)
