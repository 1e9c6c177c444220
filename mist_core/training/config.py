"""The settings of one training run."""

from dataclasses import dataclass, field
from pathlib import Path

from mist_core.distributions.numerics.randomness import TEST_ENTROPY
from mist_core.errors import ParameterError

# What each number may be. The seed is multiplied and handed to torch, which takes 64 bits; shares
# of the budget beyond 1 mean never.
RANGES = {
    "minutes": (1e-6, 1e7),
    "most_steps": (1, 1e12),
    "seed": (0, 1e12),
    "batch_size": (1, 1e7),
    "reuse": (1e-9, 1e9),
    "learning_rate": (0, 1e3),
    "weight_decay": (0, 1e3),
    "warm_up": (1, 1e12),
    "decay": (1e-12, 1e12),
    "average": (0, 1),
    "encoder_from": (0, 1e12),
    "encoder_reuse": (1e-9, 1e9),
    "shard_size": (1, 1e7),
    "workers": (0, 1024),
    "capacity": (1, 1e12),
    "max_datasets": (1, 1e12),
    "validation": (1, 1e7),
    "threads": (1, 1024),
}


@dataclass(frozen=True)
class TrainConfig:
    """One training run.

    Attributes:
        meta: name of the meta-distribution.
        out: weights file to write.
        folder: where shards, state and progress live.
        network: config of the network, ignored when `init` is given.
        init: weights to start from instead of a random network.
        trunk: weights of other statistics whose trunk becomes the main network of `init`, that of
            `init` its companion.
        minutes: time budget of the whole run, resumptions included.
        most_steps: budget in steps instead, the same on a slow machine as on a fast one.
        seed: root of all random streams.
        batch_size, reuse: datasets a step, over all processes; how often each is seen on average.
        learning_rate, weight_decay: of AdamW, after warm-up.
        warm_up: steps of linear warm-up.
        decay: share of the budget, at its end, over which the learning rate falls to 2 %.
        average: decay of the exponential moving average of the weights, a step.
        encoder_from, encoder_reuse: share of the budget after which the set encoder joins, and
            how often a new dataset is seen from then on: a step costs a dozen times as much.
        shard_size, workers, capacity: data a shard, writer processes of each process, datasets kept
            in memory.
        max_datasets: draw no more than this many distinct datasets, then reuse them.
        validation: fresh datasets that choose the weights and fit how wide quantiles lie.
        threads: torch threads of the trainer.

    Raises:
        ParameterError: a number out of its range, or a seed whose draws are test data.
    """

    meta: str
    out: Path
    folder: Path
    network: dict = field(default_factory=dict)
    init: str | None = None
    trunk: str | None = None
    minutes: float = 60.0
    most_steps: int | None = None
    seed: int = 0
    batch_size: int = 512
    reuse: float = 12.0
    learning_rate: float = 1e-3
    weight_decay: float = 0.02
    warm_up: int = 300
    decay: float = 0.35
    average: float = 0.999
    encoder_from: float = 0.55
    encoder_reuse: float = 1.5
    shard_size: int = 2048
    workers: int = 2
    capacity: int = 2_000_000
    max_datasets: int | None = None
    validation: int = 4096
    threads: int = 1

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise ParameterError(
                    f"{name}: expected a number from {low:g} to {high:g}, got {value:.6g}."
                )
        if self.seed == TEST_ENTROPY:
            raise ParameterError(
                f"seed: {TEST_ENTROPY} is the seed of the test data, on which nothing may be "
                "trained. Choose another one."
            )
