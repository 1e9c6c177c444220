"""Which file and which device an estimator is loaded from and to."""

import os
from pathlib import Path

import torch

from mist_core.errors import ParameterError, WeightsError
from mist_core.paths import WEIGHTS, shipped


def find(name_or_path: str | Path) -> Path:
    """Where the weights lie that a bare name or a path stands for.

    Raises:
        WeightsError: there are none of that name.
    """
    if not isinstance(name_or_path, str | os.PathLike):
        raise WeightsError(f"Expected a name or a path of weights, got {name_or_path!r:.80}.")
    path = Path(name_or_path)
    if path.suffix or len(path.parts) != 1:
        return path
    known = shipped(WEIGHTS)
    if path.name not in known:
        listed = ", ".join(known) or "none"
        raise WeightsError(
            f"No weights named {path.name!r:.80} in {WEIGHTS}; there are: {listed}. An installed "
            "package brings general alone: the others lie in the repository's folder weights, "
            "and load opens any file by its path."
        )
    return WEIGHTS / f"{path.name}.safetensors"


def choose_device(device: str | torch.device) -> torch.device:
    """CPU or CUDA: the eigen-decompositions need float64, which other accelerators lack.

    Args:
        device: "auto" (CUDA where there is one) or what torch understands.

    Raises:
        ParameterError: it does not exist here.
    """
    if isinstance(device, str) and device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
    except (RuntimeError, TypeError, ValueError) as error:
        raise ParameterError(f"Expected a device such as 'cpu', got {device!r:.80}.") from error
    if chosen.type == "cpu":
        return chosen
    if chosen.type == "cuda" and (chosen.index or 0) < torch.cuda.device_count():
        return chosen
    raise ParameterError(f"The device {chosen} cannot be used here: use 'cpu' or 'auto'.")
