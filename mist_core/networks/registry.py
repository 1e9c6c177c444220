"""From a checkpoint to its network: architectures by name, built and filled strictly."""

import math
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor

from mist_core.checkpoint import Checkpoint, load_checkpoint
from mist_core.errors import WeightsError
from mist_core.networks import recalibration
from mist_core.networks.base import Network
from mist_core.networks.classic import ClassicConfig, ClassicMIST
from mist_core.networks.limits import require_config
from mist_core.networks.mist import MIST, MISTConfig

# What configs of earlier versions hold beside the shape of the network.
FITTED = {"spread"}
TRIAL_ROWS = 40
ARCHITECTURES = {"mist": (MISTConfig, MIST), "classic": (ClassicConfig, ClassicMIST)}


def load_network(
    path: str | Path, device: str | torch.device = "cpu"
) -> tuple[Network, Checkpoint]:
    """Rebuild the network a checkpoint describes, with its weights, in evaluation mode.

    Returns:
        (network, checkpoint): the network on `device`, and the Checkpoint it came from.

    Raises:
        WeightsError: as `load_checkpoint`, or the config or a tensor does not fit the network.
    """
    checkpoint = load_checkpoint(path)
    network = _build(Path(path), checkpoint.card)
    tensors = _fitted(Path(path), checkpoint.card["config"]) | checkpoint.tensors
    expected = network.state_dict()
    tensors = {name: _widened(tensor, expected.get(name)) for name, tensor in tensors.items()}
    _require_fit(Path(path), expected, tensors)
    network.load_state_dict(tensors, strict=True)
    return network.to(device).eval(), checkpoint


def require_answers(network: Network, path: Path) -> None:
    """Ask a network something easy: weights may fit their config and still say nothing.

    Raises:
        WeightsError: an answer is not finite.
    """
    rows = torch.linspace(-1, 1, TRIAL_ROWS, dtype=torch.float64)
    x, y = rows.view(1, -1, 1), rows.sin().roll(7).view(1, -1, 1)
    with torch.inference_mode():
        for part in (slice(None), slice(0, 5)):
            found = network(network.prepare(x[:, part], y[:, part]))
            parts = (found.mean, found.quantiles, found.in_family)
            if not all(part.isfinite().all() for part in parts):
                raise WeightsError(
                    f"{path}: a trial answer is not finite: the weights are of no use."
                )


def compact(network: Network) -> dict[str, Tensor]:
    """Its state, parameters in half precision: what a file needs.

    Statistics' scales and what was fitted after training keep all digits.
    """
    learned = {name for name, _ in network.named_parameters()}
    state = network.state_dict()
    return {name: t.half() if name in learned else t for name, t in state.items()}


def _widened(tensor: Tensor, expected: Tensor | None) -> Tensor:
    """A tensor that a file holds in half precision, as the network has it."""
    half = expected is not None and tensor.dtype == torch.float16
    return tensor.to(expected.dtype) if half and expected.is_floating_point() else tensor


def _build(path: Path, card: dict) -> Network:
    config = card.get("config")
    if not isinstance(config, dict):
        raise WeightsError(f"{path}: config: expected an object that describes the network.")
    # The initial weights are thrown away: leave the caller's random stream where it was.
    with torch.random.fork_rng(devices=[]):
        try:
            return build_network(config)
        except (TypeError, KeyError, ValueError, RuntimeError) as error:
            raise WeightsError(f"{path}: config: does not describe a network ({error}).") from error


def _fitted(path: Path, config: dict) -> dict[str, Tensor]:
    """Numbers fitted after training, which files of earlier versions have in the config."""
    if config.get("architecture") != "mist":
        return {}
    shape = (recalibration.ROWS, recalibration.NUM_FEATURES)
    try:
        numbers = torch.tensor(config.get("spread") or [0.0] * math.prod(shape), dtype=torch.float)
    except (TypeError, ValueError) as error:
        raise WeightsError(f"{path}: config: spread: expected numbers ({error}).") from error
    return {"spread": numbers.view(shape) if numbers.numel() == math.prod(shape) else numbers}


def _require_fit(path: Path, expected: dict[str, Tensor], found: dict[str, Tensor]) -> None:
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            raise WeightsError(f"{path}: tensor {name}: missing; the network needs it.")
        if name not in expected:
            raise WeightsError(f"{path}: tensor {name}: not a part of the network; remove it.")
        want, got = _signature(expected[name]), _signature(found[name])
        if want != got:
            raise WeightsError(f"{path}: tensor {name}: expected {want}, got {got}.")


def _signature(tensor: Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')}{list(tensor.shape)}"


def build_network(config: dict) -> Network:
    """The network a checkpoint's config describes.

    Raises:
        WeightsError: as `mist_core.networks.limits.require_config`.
    """
    require_config(config)
    config_class, network_class = ARCHITECTURES[config["architecture"]]
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in config.items()
        if name not in FITTED
    }
    return network_class(config_class(**values))


def config_dict(network: Network) -> dict:
    """The config as a JSON-ready dict."""
    return asdict(network.config)
