"""The values of one column as finite numbers: objects, classes, dates, decimals and the rest."""

from decimal import Decimal, InvalidOperation
from numbers import Real

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from mist_core.errors import InputError
from mist_core.inference.column_types import is_class
from mist_core.inference.containers import seconds

# One indicator column each: the model is trained on at most this many columns a side.
MAX_CLASSES = 64


def read_column(place: str, column: Tensor | pd.Series, kind: str | None) -> Tensor:
    """One column as a matrix (n, width), float64; only classes have width > 1.

    Args:
        place: the column's name, for messages.
        column: (n,).
        kind: a type that is forced, see `mist_core.inference.column_types`; None: by the dtype.

    Raises:
        InputError: values that are missing, infinite, complex or neither numbers nor text, too
            many classes.
    """
    if isinstance(column, Tensor):
        if column.dtype != torch.bool and kind != "class":
            return _finite(place, _real(place, column).unsqueeze(1))
        series = pd.Series(column.detach().cpu().numpy())
        return _read_series(place, series, kind).to(column.device)
    return _read_series(place, column, kind)


@np.errstate(over="ignore")  # what is beyond float64 is infinite, and said so
def _read_series(place: str, column: pd.Series, kind: str | None) -> Tensor:
    if column.dtype == object:
        column = _without_objects(place, column)
    if pd.api.types.is_complex_dtype(column):
        raise _complex(place)
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
    # A whole number or a date beyond what NumPy holds, or a Decimal that cannot be compared.
    except (ArithmeticError, ValueError):
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
    try:
        missing = int(column.isna().sum())
    except InvalidOperation:  # a signalling NaN cannot even be compared
        missing = sum(isinstance(value, Decimal) and value.is_nan() for value in column)
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
    try:
        codes, classes = pd.factorize(column)
    except (TypeError, ValueError, NotImplementedError) as error:
        raise InputError(f"{place} is {column.dtype}: expected numbers, text or dates.") from error
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
    except (TypeError, ValueError, NotImplementedError) as error:
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
