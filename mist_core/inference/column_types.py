"""What kind of numbers a column holds: found from its dtype, or forced by `types=`.

"continuous" and "ordinal" columns reach the model as they are (it looks at their ranks, so
integers, floats and dates are all welcome); a "class" column becomes one indicator column per
class, so that no order is invented. Columns of category, boolean and string dtype are classes
unless forced.

`types=` is one of
    - a type for every column: "class";
    - a type, or one type per column, for a side: {"x": "class", "y": ["class", "ordinal"]};
    - a type for single columns by name, within a side or across both:
      {"y": {"rating": "class"}} or {"rating": "class"}.
The keys "x" and "y" always mean the sides; columns without a name are called 0, 1, ...
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mist_core.errors import InputError

TYPES = ("continuous", "ordinal", "class")

Types = str | Mapping[Any, Any] | None


def is_class(dtype: Any) -> bool:
    """Whether a column of this dtype is a class where nothing is forced; objects are text here."""
    if isinstance(dtype, pd.CategoricalDtype | pd.StringDtype):
        return True
    return pd.api.types.is_object_dtype(dtype) or pd.api.types.is_bool_dtype(dtype)


def forced_types(types: Types, names: dict[str, list]) -> dict[str, dict[Any, str | None]]:
    """Spread `types=` over the columns.

    Args:
        types: see the module.
        names: the columns' names, a list for each side.

    Returns:
        For each side, name -> type, None where the dtype decides.

    Raises:
        InputError: an unknown type, an unknown column, or not one type for each column of a side.
    """
    forced = {side: dict.fromkeys(names[side]) for side in names}
    if types is None:
        return forced
    if not isinstance(types, Mapping):
        types = dict.fromkeys(names, _checked("every column", types))
    for key, wanted in types.items():
        if key in forced:
            forced[key] |= _side_types(key, wanted, names[key])
            continue
        having = [side for side in names if key in names[side]]
        if not having:
            raise InputError(
                f"types: {key!r} is neither a side {tuple(names)} nor a column of one; the columns "
                f"are {' and '.join(map(str, names.values()))}."
            )
        for side in having:
            forced[side][key] = _checked(key, wanted)
    return forced


def _side_types(side: str, wanted: Any, names: list) -> dict[Any, str]:
    if isinstance(wanted, Mapping):
        unknown = [name for name in wanted if name not in names]
        if unknown:
            raise InputError(f"types: {side} has no column {unknown[0]!r}, only {names}.")
        return {name: _checked(name, kind) for name, kind in wanted.items()}
    if not isinstance(wanted, list | tuple):
        return dict.fromkeys(names, _checked(side, wanted))
    if len(wanted) != len(names):
        raise InputError(
            f"types: {side} has {len(names)} columns, got {len(wanted)} types; give one for each."
        )
    return {name: _checked(name, kind) for name, kind in zip(names, wanted, strict=True)}


def _checked(name: Any, kind: Any) -> str:
    if not isinstance(kind, str) or kind not in TYPES:
        known = ", ".join(TYPES)
        raise InputError(f"types: expected one of {known} for {name!r:.80}, got {kind!r:.80}.")
    return kind
