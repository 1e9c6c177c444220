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
    if types is None:
        fast_x, fast_y = _plain("x", x), _plain("y", y)
        if fast_x is not None and fast_y is not None and len(fast_x) == len(fast_y) >= MIN_SAMPLES:
            return fast_x, fast_y
    sides = {"x": columns_of("x", x), "y": columns_of("y", y)}
    forced = forced_types(types, {side: list(columns) for side, columns in sides.items()})
    rows = {side: len(next(iter(columns.values()))) for side, columns in sides.items()}
    if rows["x"] != rows["y"]:
        raise InputError(
            f"x has {rows['x']} rows and y has {rows['y']}: row i of both must belong to the same "
            "sample."
        )
    if rows["x"] < MIN_SAMPLES:
        raise InputError(f"Expected at least {MIN_SAMPLES} rows, got {rows['x']}.")
    read_x, read_y = (
        torch.cat(
            [
                read_column(f"{side}, column {name!r}", columns[name], forced[side][name])
                for name in columns
            ],
            1,
        )
        for side, columns in sides.items()
    )
    return read_x, read_y


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
        data = torch.tensor(np.ascontiguousarray(data))  # torch knows no negative strides
    if not isinstance(data, Tensor) or data.device.type == "mps":
        return None
    if dense(side, data).dtype not in (torch.float32, torch.float64):
        return None
    if data.ndim not in (1, 2) or not data.numel() or not data.isfinite().all():
        return None
    return data.double().reshape(len(data), -1)
