"""Sides that are partly classes: a class beside a number, or a mass beside a continuum.

With labels L_x of X and L_y of Y the chain rule parts the information exactly:

    I(X;Y) = I(L_x;L_y) + I(X;L_y | L_x) + I(L_x;Y | L_y) + I(X;Y | L_x, L_y),

and within a stratum what is left is numbers, to which normal laws are fitted. So rain that falls on
the same days, or a group whose slope is its own, is seen by every row. Letters as in `classes`.
"""

import math

import torch
from torch import Tensor

from mist_core.statistics.classes import (
    LEAST_REPEATS,
    MOST_CLASSES,
    free_parameters,
    normal_information,
    table_of,
)
from mist_core.statistics.marginals import Marginals
from mist_core.statistics.ordering import argsort, places_of
from mist_core.statistics.scaling import LOG_FLOOR, log_information

# Of rows with one and the same value, in a column that else takes many: fewer are chance.
LEAST_MASS = 0.05
# Labels of a side, columns that give them, and columns of numbers that are fitted.
MOST_LABELS, LABEL_COLUMNS, NUMBER_COLUMNS = 8, 4, 4
# Rows at least in a stratum, for each column.
ROWS_A_COLUMN = 4
ESTIMATES = (0, 1, 2)
NUM_STATISTICS = len(ESTIMATES) + 4


def strata(x: Marginals, y: Marginals) -> Tensor:
    """(B, NUM_STATISTICS): ln of the whole, of the labels' part, of the numbers' part; and counts.

    Where neither side has a label the estimates are those of no information.
    """
    out = x.scores.new_zeros(len(x.columns), NUM_STATISTICS)
    out[:, : len(ESTIMATES)] = math.log(LOG_FLOOR)
    coarse = [side.repeat_share.amax(-1) > LEAST_MASS**2 / 2 for side in (x, y)]
    for b in (coarse[0] | coarse[1]).nonzero().squeeze(-1).tolist():
        found = _of_dataset(_Side.read(x, b), _Side.read(y, b))
        if found is not None:
            out[b] = found.to(out)
    return out


class _Side:
    """Labels (n,) of the rows of a side, their number, and its numbers (n, k)."""

    def __init__(self, labels: Tensor, numbers: Tensor) -> None:
        self.labels, self.numbers = labels, numbers
        self.count = int(labels.max()) + 1

    @classmethod
    def read(cls, side: Marginals, b: int) -> "_Side":
        places = side.places[b]  # (d, n)
        share = side.repeat_share[b]
        labels = torch.zeros_like(places[0])
        is_number = torch.ones(len(places), dtype=torch.bool)
        for j in share.argsort(descending=True, stable=True)[:LABEL_COLUMNS].tolist():
            if share[j] <= LEAST_MASS**2 / 2:
                break
            values, inverse, counts = torch.unique(
                places[j], return_inverse=True, return_counts=True
            )
            is_class = bool(share[j] > LEAST_REPEATS) and len(values) <= MOST_CLASSES
            mode = int(counts.argmax())
            if not is_class and counts[mode] < LEAST_MASS * places.shape[1]:
                continue
            column = inverse if is_class else (inverse == mode).long()
            joint = torch.unique(labels * (int(column.max()) + 1) + column, return_inverse=True)[1]
            if int(joint.max()) < MOST_LABELS:
                labels = joint
                is_number[j] = not is_class
        chosen = is_number.nonzero().squeeze(-1)[:NUMBER_COLUMNS]
        return cls(labels, side.scores[b][:, chosen].detach())


def _of_dataset(x: _Side, y: _Side) -> Tensor | None:
    if x.count == 1 and y.count == 1:
        return None
    table = table_of(x.labels, y.labels, x.count, y.count)
    by_label = _given(x, y) + _given(y, x)
    within = _within(x, y)
    nats = torch.stack([table + by_label + within, table + by_label, within])
    counts = sorted((math.log(x.count), math.log(y.count)))
    kinds = [float(side.numbers.shape[1] > 0) for side in (x, y)]
    rest = table.new_tensor([sum(counts), counts[1] - counts[0], sum(kinds), min(kinds)])
    return torch.cat([log_information(nats), rest])


def _given(x: _Side, y: _Side) -> Tensor:
    """Nats between the numbers of X and the labels of Y, given the labels of X."""
    total, n = x.numbers.new_zeros(()), len(x.labels)
    if y.count == 1 or not x.numbers.shape[1]:
        return total
    for stratum in range(x.count):
        rows = x.labels == stratum
        values, label = torch.unique(y.labels[rows], return_inverse=True)
        numbers = _own_scores(x.numbers[rows])
        if len(values) < 2 or not numbers.shape[1] or len(label) < ROWS_A_COLUMN * len(values):
            continue
        parameters = (len(values) - 1) * free_parameters(numbers.shape[1]) / len(label)
        nats = normal_information(numbers, label, len(values), parameters)
        total = total + len(label) / n * nats
    return total


def _within(x: _Side, y: _Side) -> Tensor:
    """Nats between the numbers of both sides, given both labels, were they normal there."""
    total, n = x.numbers.new_zeros(()), len(x.labels)
    if not (x.numbers.shape[1] and y.numbers.shape[1]):
        return total
    cell = x.labels * y.count + y.labels
    for stratum in torch.unique(cell).tolist():
        rows = cell == stratum
        a, b = _own_scores(x.numbers[rows]), _own_scores(y.numbers[rows])
        count, width = len(a), a.shape[1] + b.shape[1]
        if not (a.shape[1] and b.shape[1]) or count < ROWS_A_COLUMN * width:
            continue
        total = total + count / n * _gaussian(a, b)
    return total


def _gaussian(a: Tensor, b: Tensor) -> Tensor:
    """Nats of normal columns a (m, k) and b (m, l), less the bias of the fit, k l / 2m."""
    joint = torch.cat([a, b], 1).double()
    covariance = joint.T @ joint / len(joint)
    covariance = covariance + 1e-3 * torch.eye(len(covariance)).to(covariance)
    k = a.shape[1]
    parts = (covariance[:k, :k], covariance[k:, k:], covariance)
    of_a, of_b, of_both = (torch.linalg.slogdet(part).logabsdet for part in parts)
    nats = (of_a + of_b - of_both) / 2 - k * b.shape[1] / (2 * len(joint))
    return nats.clamp_min(0).to(a)


def _own_scores(numbers: Tensor) -> Tensor:
    """(m, k') normal scores within a stratum of those columns that vary there."""
    numbers = numbers[:, (numbers != numbers[:1]).any(0)]
    if not numbers.numel():
        return numbers[:, :0]
    columns = numbers.T.contiguous()
    order = argsort(columns)
    doubled = places_of(columns.gather(-1, order), order)[0]  # twice the mid-rank
    scores = torch.special.ndtri((doubled + 1) / (2 * len(numbers))).T.to(numbers)
    return scores / scores.square().mean(0, keepdim=True).sqrt()
