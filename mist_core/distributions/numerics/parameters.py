"""One boundary for the parameters of laws and transforms: convert, validate, then trust."""

import math

import numpy as np
import torch
from torch import Tensor

from mist_core.errors import ParameterError


def as_parameters(**values: object) -> list[Tensor]:
    """Converts named parameters to float64 tensors of one broadcast shape on one device.

    Args:
        **values: numbers, sequences, arrays or tensors that broadcast with one another.

    Returns:
        One float64 tensor a value, on the device of the first tensor among them.

    Raises:
        ParameterError: a value is not numeric, is NaN, or does not broadcast with the others.
    """
    tensors = [value for value in values.values() if isinstance(value, Tensor)]
    device = tensors[0].device if tensors else None
    converted = [as_tensor(value, name, device) for name, value in values.items()]
    try:
        return list(torch.broadcast_tensors(*converted))
    except RuntimeError as error:
        shapes = ", ".join(f"{n} {tuple(t.shape)}" for n, t in zip(values, converted, strict=True))
        raise ParameterError(f"The parameters must broadcast; got shapes {shapes}.") from error


def as_tensor(value: object, name: str, device: torch.device | None = None) -> Tensor:
    """Converts one parameter to a float64 tensor without NaN (infinities are kept)."""
    if isinstance(value, np.ndarray):
        value = np.array(value)  # torch would share its memory, which may be read-only
    try:
        tensor = torch.as_tensor(value, dtype=torch.float64, device=device).detach()
    except (TypeError, ValueError, RuntimeError) as error:
        raise ParameterError(f"{name} must be a number or an array; got {value!r}.") from error
    require(~tensor.isnan(), tensor, f"{name} must not be NaN")
    return tensor


def require(holds: Tensor, value: Tensor, message: str) -> None:
    """Raises ParameterError with the first value for which the condition fails.

    Args:
        holds: boolean, shape (*batch,); true where the value is fine.
        value: the values themselves, same shape.
        message: what was expected, without a full stop.
    """
    if holds.all():
        return
    where = tuple(torch.nonzero(~holds)[0].tolist())
    at = f" (at index {where})" if where else ""
    raise ParameterError(f"{message}; got {value[where].item():g}{at}.")


def require_dim(dim: object, name: str, least: int = 1, most: float = math.inf) -> int:
    """Returns the number of columns as an int, or raises ParameterError."""
    if isinstance(dim, bool) or not isinstance(dim, int) or not least <= dim <= most:
        upper = "" if most == math.inf else f" and at most {most}"
        expected = f"{least}" if least == most else f"an integer of at least {least}{upper}"
        raise ParameterError(f"{name} must be {expected}; got {dim!r}.")
    return dim
