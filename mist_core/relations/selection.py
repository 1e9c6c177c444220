"""Forward selection: the columns that each add something to those taken before."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mist_core.inference import conditional
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import Posterior

# Candidates that a step looks at, those that added most when last looked at.
LOOKED_AT = 32
# Columns that are conditioned on, at most: the head has not seen more on one side.
MOST_CONDITIONS = 16
# Values of the datasets that are answered together.
TOGETHER = 1 << 19


@dataclass(frozen=True)
class Step:
    """One column taken.

    Attributes:
        place: of the column.
        added: posterior of what it tells about the target beyond the columns taken before.
        alone: posterior of what it tells by itself.
    """

    place: int
    added: Posterior
    alone: Posterior


def forward_selection(
    columns: Sequence[Tensor],
    target: Tensor,
    estimator: MISTEstimator,
    *,
    most: int = 10,
    threshold: float = 0.0,
    coverage: float = 0.9,
    seed: int = 0,
) -> list[Step]:
    """Columns in the order in which each adds most, while what it adds is surely above chance.

    The best of many columns looks good by chance alone, the more so where the answer is a little
    too high for all of them. So the same columns are asked about with their rows shuffled, when
    they know nothing, and the lower end of the best one has to exceed the estimates of them all
    (the shadow features of Kursa and Rudnicki, 2010, doi:10.18637/jss.v036.i11).

    Args:
        columns: (n, width) each, as `mist_core.inference.inputs` reads them; widths of classes are
            their indicators.
        target: (n, width).
        estimator: of the first step, in which nothing is known yet.
        most: columns, at most.
        threshold: nats that the lower end of the interval has to exceed, too.
        coverage: of the interval, in (0, 1).
        seed: of the shuffles.
    """
    alone = estimator.posteriors((column, target) for column in columns)
    added = {place: posterior for place, posterior in enumerate(alone)}
    generator = torch.Generator().manual_seed(seed)
    steps: list[Step] = []
    taken = target[:, :0]
    while added and len(steps) < most:
        looked_at = _best(added, LOOKED_AT)
        if steps:
            added |= _given(columns, target, taken, looked_at)
        place = _best(added, 1)[0]
        posterior = added.pop(place)
        low = posterior.interval(coverage)[0]
        if low <= threshold:
            break
        rows = torch.randperm(len(target), generator=generator)
        shuffled = [columns[k][rows] for k in looked_at]
        if low <= _chance(shuffled, target, taken, estimator):
            break
        steps.append(Step(place, posterior, alone[place]))
        taken = torch.cat([taken, columns[place]], 1)
        if taken.shape[1] > MOST_CONDITIONS:
            break
    return steps


def _chance(
    shuffled: Sequence[Tensor], target: Tensor, taken: Tensor, estimator: MISTEstimator
) -> float:
    """The largest estimate, nats, of what columns add that know nothing."""
    if taken.shape[1]:
        found = list(_given(shuffled, target, taken, range(len(shuffled))).values())
    else:
        found = estimator.posteriors((column, target) for column in shuffled)
    return max(posterior.median for posterior in found)


def _best(added: dict[int, Posterior], count: int) -> list[int]:
    """Places of those that add most, by the median, then by the mean."""
    worth = sorted(added, key=lambda k: (-added[k].median, -added[k].mean, k))
    return worth[:count]


def _given(
    columns: Sequence[Tensor], target: Tensor, taken: Tensor, places: Sequence[int]
) -> dict[int, Posterior]:
    """What each of these columns adds to those taken; equal widths are answered together."""
    found: dict[int, Posterior] = {}
    y, z = conditional.varying(target), conditional.varying(taken)
    for width in sorted({columns[place].shape[1] for place in places}):
        alike = [place for place in places if columns[place].shape[1] == width]
        size = max(1, TOGETHER // (len(y) * (width + y.shape[1] + z.shape[1])))
        for start in range(0, len(alike), size):
            part = alike[start : start + size]
            x = torch.stack([columns[place] for place in part])
            beside = (side.expand(len(part), -1, -1) for side in (y, z))
            found |= zip(part, conditional.posteriors(x, *beside), strict=True)
    return found
