"""Whatever holds columns, taken apart into named columns of one length."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from mist_core.errors import InputError

MIN_SAMPLES = 4
_SECONDS = {"W": 604_800.0, "D": 86_400.0, "h": 3600.0, "m": 60.0}
_OF_A_SECOND = {"ms": 1e3, "us": 1e6, "ns": 1e9, "ps": 1e12, "fs": 1e15, "as": 1e18}


def columns_of(side: str, data: Any) -> dict[Any, Tensor | pd.Series]:
    """The columns of one side by name: pandas names, else 0, 1, ...

    Args:
        side: "x" or "y", for messages.
        data: (n,) or (n, dim): NumPy array, torch tensor, pandas Series, DataFrame, Index or array,
            nested list, or anything that NumPy can make an array of.

    Raises:
        InputError: it is empty, has more than two axes, or is no table at all.
    """
    if isinstance(data, pd.DataFrame):
        names = list(data.columns) if data.columns.is_unique else range(data.shape[1])
        columns = {name: data.iloc[:, i] for i, name in enumerate(names)}
    elif isinstance(data, pd.Series):
        columns = {0 if data.name is None else data.name: data}
    elif isinstance(data, pd.api.extensions.ExtensionArray | pd.Index):
        columns = {0: pd.Series(_one_level(side, data))}
    elif isinstance(data, Tensor):
        columns = dict(enumerate(_as_matrix(side, dense(side, data)).unbind(1)))
    else:
        columns = dict(enumerate(map(_series, _as_matrix(side, _as_array(side, data)).T)))
    if not columns or not len(next(iter(columns.values()))):
        raise InputError(f"{side} is empty: expected at least {MIN_SAMPLES} rows and one column.")
    return columns


def dense(side: str, data: Tensor) -> Tensor:
    """The same tensor, if it holds its numbers one by one in memory.

    Raises:
        InputError: it is sparse, quantized, nested, or without data.
    """
    if data.is_nested:
        raise InputError(f"{side} is a nested tensor: expected rows of equal length.")
    if data.is_quantized:
        raise InputError(f"{side} is a quantized tensor: pass {side}.dequantize() instead.")
    if data.layout is not torch.strided:
        layout = str(data.layout).removeprefix("torch.")
        raise InputError(f"{side} is a {layout} tensor: pass {side}.to_dense() instead.")
    if data.is_meta:
        raise InputError(f"{side} is a meta tensor, which has a shape and no numbers.")
    return data


def seconds(values: np.ndarray) -> np.ndarray:
    """Dates or durations (n,) of any unit as seconds since the least, float64, NaN for NaT.

    In whole numbers of the unit up to the difference: nanoseconds since 1970 exceed float64's
    digits, and the year 9999 in nanoseconds exceeds 64 bits.
    """
    unit, count = np.datetime_data(values.dtype)
    if unit in ("Y", "M"):  # of unequal lengths
        kind = values.dtype.kind
        return seconds(values.astype(f"{kind}8[D]" if kind == "M" else "m8[s]"))
    missing = np.isnat(values)
    whole = np.where(missing, 0, values.view(np.int64))
    least = whole[~missing].min(initial=np.iinfo(np.int64).max)
    # Modulo 2^64 the difference is right even where it exceeds the largest signed number.
    since = whole.view(np.uint64) - np.int64(least).view(np.uint64)
    longer, finer = _SECONDS.get(unit, 1.0), _OF_A_SECOND.get(unit, 1.0)
    return np.where(missing, np.nan, since.astype(float) * count * longer / finer)


def _one_level(side: str, data: Any) -> Any:
    if isinstance(data, pd.MultiIndex):
        raise InputError(f"{side} is a MultiIndex: pass its levels as the columns of a DataFrame.")
    return data


def _series(values: np.ndarray) -> pd.Series:
    """Dates as seconds: pandas knows only some of their units. Objects stay what they are."""
    dtype = object if values.dtype == object else None
    return pd.Series(seconds(values) if values.dtype.kind in "Mm" else values, dtype=dtype)


def _as_array(side: str, data: Any) -> np.ndarray:
    if isinstance(data, np.ma.MaskedArray) and np.ma.is_masked(data):
        raise InputError(f"{side} has masked values: drop those rows from x and y first.")
    if isinstance(data, Mapping | set | frozenset):
        raise InputError(f"{side} is a {type(data).__name__}: pass pandas.DataFrame({side}).")
    # Through object: NumPy alone would turn the numbers of a mixed list into text in silence.
    dtype = object if isinstance(data, list | tuple) else None
    try:
        array = np.asarray(data, dtype=dtype)
    except Exception as error:  # a foreign object's own conversion may raise anything
        raise InputError(f"{side}: expected rows of equal length ({error}).") from error
    if array.dtype.kind == "V":
        raise InputError(f"{side}: expected plain columns, got records; pass a DataFrame instead.")
    # FITS and HDF5 files hand out big-endian arrays, which pandas cannot count.
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _as_matrix(side: str, data: Any) -> Any:
    if data.ndim not in (1, 2):
        raise InputError(
            f"{side}: expected shape (n,) or (n, dim), got {tuple(data.shape)}; reshape it so that "
            "each sample is one row."
        )
    return data[:, None] if data.ndim == 1 else data
