"""The one boundary for data: whatever holds two sets of columns becomes two finite matrices."""

from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from mist_core.errors import InputError
from mist_core.inference.column_types import Types, forced_types, is_class
from mist_core.inference.containers import MIN_SAMPLES, columns_of, dense, seconds

# One indicator column each: the model is trained on at most this many columns a side.
MAX_CLASSES = 64


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
        torch.cat([_read(side, name, columns[name], forced[side][name]) for name in columns], 1)
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


def _read(side: str, name: Any, column: Tensor | pd.Series, kind: str | None) -> Tensor:
    """One column as a matrix (n, width); only classes have width > 1."""
    place = f"{side}, column {name!r}"
    if isinstance(column, Tensor):
        if column.dtype != torch.bool and kind != "class":
            return _finite(place, _real(place, column).unsqueeze(1))
        series = pd.Series(column.detach().cpu().numpy())
        return _read_series(place, series, kind).to(column.device)
    return _read_series(place, column, kind)


def _read_series(place: str, column: pd.Series, kind: str | None) -> Tensor:
    if pd.api.types.is_complex_dtype(column):
        raise _complex(place)
    if column.dtype == object:
        column = _without_objects(place, column)
    if kind == "class" or (kind is None and is_class(column.dtype)):
        return _indicators(place, column)
    return _finite(place, torch.tensor(_numbers(place, column)).unsqueeze(1))


def _without_objects(place: str, column: pd.Series) -> pd.Series:
    """Objects that are all numbers, dates or booleans get their dtype; all text stays."""
    column = _inferred(column)
    if column.dtype != object:
        return column
    _require_present(place, column)
    strange = {type(value) for value in column if not isinstance(value, str)}
    if strange and all(map(_is_number, column)):
        return _floats(place, column)
    if strange:
        names = ", ".join(sorted(kind.__name__ for kind in strange))
        raise InputError(
            f"{place} has dtype object and holds {names}: expected numbers or text, not both; "
            "convert it with astype(float) or astype(str)."
        )
    return column


def _inferred(column: pd.Series) -> pd.Series:
    try:
        return column.infer_objects()
    except (OverflowError, ValueError):  # a whole number or a date beyond what NumPy holds
        return column


def _is_number(value: object) -> bool:
    return isinstance(value, Real | Decimal) and not isinstance(value, bool)


def _floats(place: str, column: pd.Series) -> pd.Series:
    try:
        return column.map(float).astype(float)
    except (OverflowError, ValueError) as error:
        raise InputError(
            f"{place} holds numbers beyond 1.8e308, the range of float64: pass logarithms, or "
            "divide them by a power of ten first."
        ) from error


def _require_present(place: str, column: pd.Series) -> None:
    missing = int(column.isna().sum())
    if missing:
        raise InputError(
            f"{place}: {missing} of {len(column)} values are missing; drop those rows from x and y "
            "or fill them first."
        )


def _indicators(place: str, column: pd.Series) -> Tensor:
    """(n, classes) zeros and ones, classes in the order in which they first appear."""
    _require_present(place, column)
    if column.dtype.kind == "f":
        _finite(place, torch.tensor(column.to_numpy(dtype=float)))
    codes, classes = pd.factorize(column)
    if len(classes) > MAX_CLASSES:
        raise InputError(
            f"{place} has {len(classes)} classes, at most {MAX_CLASSES} can be used: merge rare "
            "ones, leave the column out if it only names the rows, or force the type 'ordinal' if "
            "its values are numbers."
        )
    return torch.nn.functional.one_hot(torch.tensor(codes), len(classes)).double()


def _numbers(place: str, column: pd.Series) -> np.ndarray:
    """(n,) float64, NaN where a value is missing."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = _ordered(place, column)
    if column.dtype == object or isinstance(column.dtype, pd.StringDtype):
        raise InputError(
            f"{place} is text and has no order: use the type 'class', or pass numbers or an "
            "ordered Categorical."
        )
    if column.dtype.kind in "Mm":
        return _seconds(place, column)
    try:
        return column.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise InputError(f"{place} is {column.dtype}: expected numbers, text or dates.") from error


def _seconds(place: str, column: pd.Series) -> np.ndarray:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert(None)
    values = column.to_numpy()
    if values.dtype.kind not in "Mm":
        raise InputError(f"{place} is {column.dtype}: convert it with pandas.to_datetime.")
    return seconds(values)


def _ordered(place: str, column: pd.Series) -> pd.Series:
    """A Categorical's codes where it is ordered, else its values."""
    if column.cat.ordered:
        return column.cat.codes.replace(-1, np.nan)
    return column.astype(column.cat.categories.dtype)


def _real(place: str, column: Tensor) -> Tensor:
    if column.is_complex():
        raise _complex(place)
    try:
        # Apple's GPU has no float64.
        return (column.cpu() if column.device.type == "mps" else column).double()
    except RuntimeError as error:  # as of the types of fewer than eight bits
        raise InputError(f"{place} is {column.dtype}: expected numbers.") from error


def _complex(place: str) -> InputError:
    return InputError(f"{place} is complex: pass its real and imaginary parts as two columns.")


def _finite(place: str, values: Tensor) -> Tensor:
    bad = int((~torch.isfinite(values)).sum())
    if bad:
        raise InputError(
            f"{place}: {bad} of {len(values)} values are missing or infinite; drop those rows from "
            "x and y or fill them first."
        )
    return values
