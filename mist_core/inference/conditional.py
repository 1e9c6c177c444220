"""Posteriors of I(X;Y|Z): the boundary for three sides, and the head that answers."""

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from mist_core.checkpoint import load_checkpoint
from mist_core.inference.ceiling import ceilings, labels
from mist_core.inference.column_types import Types
from mist_core.inference.copies import without_copies
from mist_core.inference.curves import reduced
from mist_core.inference.elliptical_opinion import converged_given
from mist_core.inference.inputs import read_sides
from mist_core.inference.posterior import Posterior
from mist_core.inference.second_opinion_given import heard_given
from mist_core.networks.conditional import ConditionalNetwork, load_conditional
from mist_core.networks.quantiles import LEVELS, Prediction
from mist_core.paths import CONDITIONAL, ELLIPTICAL_GIVEN, SECOND_OPINION_GIVEN
from mist_core.statistics.conditional import summarize
from mist_core.statistics.triple import Triple, triple

_LEVELS = tuple(LEVELS.double().round(decimals=3).tolist())
# As in `estimator`: a quantile below this share of what chance gives is not told from 0.
CHANCE = 0.1


@functools.cache
def head() -> ConditionalNetwork:
    """The shipped head, loaded once.

    Raises:
        WeightsError: the file is missing, damaged, or of another version.
    """
    return load_conditional(CONDITIONAL)[0]


def checksums() -> dict[str, str]:
    """SHA-256 of the files that answer: the head's, and those of the opinions beside it."""
    files = {
        "head": CONDITIONAL,
        "second_opinion": SECOND_OPINION_GIVEN,
        "elliptical": ELLIPTICAL_GIVEN,
    }
    return {name: load_checkpoint(path).sha256 for name, path in files.items()}


def answer(
    x: Any, y: Any, z: Any, types: Types, without_condition: Callable[..., Posterior]
) -> Posterior:
    """Posterior of I(X;Y|Z) in nats.

    Args:
        x, y, z, types: as `MISTEstimator.conditional`.
        without_condition: (x, y) to the posterior of I(X;Y), asked where Z never varies.
    """
    sides = [varying(side) for side in read_sides({"x": x, "y": y, "z": z}, types)]
    if not sides[2].shape[1]:
        return without_condition(x, y, types=types)
    read_x, read_y, read_z = sides
    if not (read_x.shape[1] and read_y.shape[1]):
        return nothing()
    read_x, rest = without_copies(read_x, torch.cat([read_y, read_z], 1))
    read_y, read_z = rest.split([read_y.shape[1], read_z.shape[1]], 1)
    shown = (reduced(side).unsqueeze(0) for side in (read_x, read_y, read_z))
    return posteriors(*shown)[0]


@torch.inference_mode()
def posteriors(x: Tensor, y: Tensor, z: Tensor, *, ordered: bool = False) -> list[Posterior]:
    """One posterior for each of B datasets, (B, n, p), (B, n, q) and (B, n, r).

    Args:
        ordered: rows stand in time order and may depend on those before them.
    """
    sides = (side.float() if side.dtype != torch.float64 else side for side in (x, y, z))
    shown = triple(*sides, ordered=ordered)
    prediction = converged_given(predict(shown), shown)
    assert prediction.in_family is not None
    most = ceilings(labels(x), labels(y))
    columns = prediction.mean, prediction.quantiles, prediction.in_family, most
    least = CHANCE / (2 * x.shape[1])
    return [
        Posterior(
            mean, _LEVELS, tuple(q if q >= least else 0.0 for q in quantiles), in_family
        ).at_most(most)
        for mean, quantiles, in_family, most in zip(*(c.tolist() for c in columns), strict=True)
    ]


def predict(t: Triple) -> Prediction:
    """What the head and the second opinion say of B datasets.

    Answers add to it what copulas that fit make of it.
    """
    return heard_given(head()(summarize(t)), t)


def varying(side: Tensor) -> Tensor:
    """The columns of (n, d) that vary; perhaps none."""
    return side[:, (side != side[:1]).any(0)].detach().cpu()


def nothing() -> Posterior:
    """Where a side never varies there is nothing to tell."""
    return Posterior(0.0, _LEVELS, (0.0,) * len(_LEVELS), 1.0)
