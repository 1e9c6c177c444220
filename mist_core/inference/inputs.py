"""The one boundary for data: whatever holds two sets of columns becomes two finite matrices."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from mist_core.errors import InputError
from mist_core.inference.cells import read_column
from mist_core.inference.column_types import Types, forced_types
from mist_core.inference.containers import MIN_SAMPLES, columns_of, dense


def read_pair(x: Any, y: Any, types: Types = None) -> tuple[Tensor, Tensor]:
    """Convert and check two sets of columns.

    Args:
        x: (n,) or (n, dim_x): NumPy array, torch tensor of any device, pandas Series or DataFrame,
            or nested list.
        y: (n,) or (n, dim_y), likewise; its rows belong to those of `x`.
        types: overrides the types found from the dtypes; see `mist_core.inference.column_types`.

    Returns:
        (n, width_x) and (n, width_y): finite, float64. Numeric tensors stay on their device and
        keep their graph. The indicator columns of a class column come in the order in which the
        classes first appear, so renaming the classes changes nothing.

    Raises:
        InputError: fewer than 4 rows, unequal lengths, empty, more than two axes, values that are
            missing, infinite, complex or neither numbers nor text, too many classes, bad `types`.
    """
    read_x, read_y = read_sides({"x": x, "y": y}, types)
    return read_x, read_y


def read_sides(data: dict[str, Any], types: Types = None) -> list[Tensor]:
    """`read_pair` for any number of sides by their names, the first of them x."""
    if types is None:
        plain = (_plain(side, columns) for side, columns in data.items())
        fast = [side for side in plain if side is not None]
        rows = {len(side) for side in fast}
        if len(fast) == len(data) and len(rows) == 1 and min(rows) >= MIN_SAMPLES:
            return fast
    sides = {side: columns_of(side, columns) for side, columns in data.items()}
    forced = forced_types(types, {side: list(columns) for side, columns in sides.items()})
    counts = {side: len(next(iter(columns.values()))) for side, columns in sides.items()}
    for side, count in counts.items():
        if count != counts["x"]:
            raise InputError(
                f"x has {counts['x']} rows and {side} has {count}: row i of both must belong to "
                "the same sample."
            )
    if counts["x"] < MIN_SAMPLES:
        raise InputError(f"Expected at least {MIN_SAMPLES} rows, got {counts['x']}.")
    return [
        torch.cat(
            [
                read_column(f"{side}, column {name!r}", columns[name], forced[side][name])
                for name in columns
            ],
            1,
        )
        for side, columns in sides.items()
    ]


def read_varying(x: Any, y: Any, types: Types = None) -> tuple[Tensor, Tensor]:
    """`read_pair` without constant columns, which tell nothing.

    Args:
        x, y, types: as for `read_pair`.

    Returns:
        (n, width_x) and (n, width_y), float64; of a side that is constant one column of zeros is
        left. Gradients with respect to constant columns are 0; where a whole side is constant, the
        information is 0 whatever the other side holds, and so are all gradients.

    Raises:
        InputError: as `read_pair`.
    """
    read_x, read_y = read_pair(x, y, types)
    if all((side[0] != side[-1]).all() for side in (read_x, read_y)):  # as of most data
        return read_x, read_y
    varies_x, varies_y = ((side != side[:1]).any(0) for side in (read_x, read_y))
    if not (varies_x.any() and varies_y.any()):
        read_x, read_y = _still(read_x), _still(read_y)
    return _varying(read_x, varies_x), _varying(read_y, varies_y)


def _varying(side: Tensor, varies: Tensor) -> Tensor:
    """The columns of (n, width) that vary, or one of zeros."""
    if varies.all():
        return side
    return side[:, varies] if varies.any() else 0.0 * side[:, :1]


def _still(side: Tensor) -> Tensor:
    """The same numbers, with respect to which all derivatives are 0, even undefined ones."""
    if side.requires_grad:
        side = side.clone()
        side.register_hook(torch.zeros_like)
    return side


def _plain(side: str, data: Any) -> Tensor | None:
    """(n, d) float64 of finite floating-point columns at once; None where more is to be said.

    Looking at the columns one by one takes as long as a tenth of an estimate.
    """
    if type(data) is np.ndarray and data.dtype in (np.float32, np.float64):
        data = torch.from_numpy(np.array(data, order="C"))  # torch knows no negative strides
    if not isinstance(data, Tensor) or data.device.type == "mps":
        return None
    if dense(side, data).dtype not in (torch.float32, torch.float64):
        return None
    if data.ndim not in (1, 2) or not data.numel() or not data.isfinite().all():
        return None
    return data.double().reshape(len(data), -1)
