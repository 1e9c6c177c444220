"""Transfer of entropy between series: rows in time order, which depend on those before them."""

from typing import Any

import torch
from torch import Tensor

from mist_core.errors import InputError, ParameterError
from mist_core.inference import conditional
from mist_core.inference.inputs import read_sides
from mist_core.inference.posterior import Posterior

# Rows that a history must leave.
LEAST_ROWS = 16
MOST_HISTORY = 8


def transfer_entropy(x: Any, y: Any, history: int = 1) -> Posterior:
    """What the past of x tells about y now, beyond y's own past: I(X past; Y | Y past), nats.

    Schreiber (2000, doi 10.1103/PhysRevLett.85.461). It has a direction: exchange x and y for the
    other one.

    Args:
        x, y: (n,) or (n, d) numbers in time order, equally spaced.
        history: rows of either past, from 1 to 8.

    Raises:
        InputError: as `MISTEstimator.posterior`; or no `LEAST_ROWS` rows are left.
        ParameterError: `history` is none of these numbers.
    """
    if not isinstance(history, int) or not 1 <= history <= MOST_HISTORY:
        raise ParameterError(f"history: expected a whole number from 1 to 8, got {history!r:.80}.")
    x, y = read_sides({"x": x, "y": y})
    rows = _rows_left(x, history)
    past_x, past_y = (
        torch.cat([side[history - k : history - k + rows] for k in range(1, history + 1)], 1)
        for side in (x, y)
    )
    return _posterior(past_x, y[history:], past_y)


def _rows_left(side: Tensor, taken: int) -> int:
    rows = len(side) - taken
    if rows < LEAST_ROWS:
        raise InputError(
            f"{len(side)} rows less {taken} leave {max(rows, 0)}: at least {LEAST_ROWS} are needed."
        )
    return rows


def _posterior(x: Tensor, y: Tensor, z: Tensor) -> Posterior:
    """Of I(X;Y|Z) of rows in time order; z may never vary."""
    x, y, z = (conditional.varying(side) for side in (x, y, z))
    if not (x.shape[1] and y.shape[1]):
        return conditional.nothing()
    if not z.shape[1]:
        z = torch.zeros_like(x[:, :1])
    sides = (side.unsqueeze(0) for side in (x, y, z))
    return conditional.posteriors(*sides, ordered=True)[0]
