"""The model card of a finished run, JSON-ready, with the history of the weights it started from."""

import platform
from dataclasses import asdict
from datetime import UTC, datetime

import torch

from mist_core.errors import ParameterError
from mist_core.networks.base import Network
from mist_core.networks.registry import config_dict
from mist_core.priors.registry import meta_distribution
from mist_core.training.config import TrainConfig
from mist_core.training.state import RunState

CURVE_POINTS = 80
TOTALS = ("steps", "datasets", "minutes")


def run_card(
    config: TrainConfig,
    network: Network,
    scores: dict[str, float],
    state: RunState,
    datasets: int,
    origin: dict | None,
) -> dict:
    """What the weights file says of itself.

    Args:
        config: of the run.
        network: the weights to be written.
        scores: theirs, on the validation draws.
        state: where the run ended.
        datasets: distinct datasets drawn in this run.
        origin: card of the weights it started from; its totals and its curve go before.
    """
    before = {name: origin[name] for name in TOTALS} if origin else dict.fromkeys(TOTALS, 0)
    now = {"steps": state.steps, "datasets": datasets, "minutes": state.seconds / 60}
    curve = [
        {**point, **{name: point[name] + before[name] for name in TOTALS}} for point in state.curve
    ]
    run = {k: v for k, v in asdict(config).items() if k not in {"network", "out", "folder", "init"}}
    return {
        "config": config_dict(network),
        "meta": config.meta,
        "laws": asdict(meta_distribution(config.meta)),
        "seed": config.seed,
        **{name: round(now[name] + before[name], 1) for name in TOTALS},
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "scores": scores,
        "curve": thin((origin["curve"] if origin else []) + curve, CURVE_POINTS),
        "run": run,
        "earlier_runs": [*origin.get("earlier_runs", []), origin["run"]] if origin else [],
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "date": datetime.now(UTC).date().isoformat(),
    }


def require_new_draws(config: TrainConfig, origin: dict) -> None:
    """Refuse to draw the same datasets again.

    Raises:
        ParameterError: `origin` was trained on the streams of the same seed.
    """
    seen = {(run["meta"], run["seed"]) for run in [*origin["earlier_runs"], origin["run"]]}
    if (config.meta, config.seed) in seen:
        raise ParameterError(
            f"seed: these weights have seen the {config.meta} draws of seed {config.seed}; "
            "continue with another seed."
        )


def thin(points: list, most: int) -> list:
    """At most about `most` of the points, evenly spaced, the last always among them."""
    step = -(-len(points) // most)
    return points[::-1][:: max(1, step)][::-1]
