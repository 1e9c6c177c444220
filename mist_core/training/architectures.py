"""Architectures and settings of a training by the names its command gives them."""

from mist_core.statistics.summary import GAUSSIAN_BLOCKS, PAIRWISE_BLOCKS
from mist_core.training.labels import KINDS

ARCHITECTURES = {
    "mist": {"architecture": "mist"},
    "statistics": {
        "architecture": "mist",
        "encoder_dim": 0,
        "dropout": 0.05,
        "witnesses": 4,
        "kinds": KINDS,
        # On families left out evidence tells more than the place among known datasets.
        "closeness": 0.5,
    },
    # These statistics cost little: with fresh draws in place of repetition, dropout only blurs. For
    # laws of few marginals; on validation draws the raw frame helped up to about fifty rows.
    "pairwise": {
        "architecture": "mist",
        "encoder_dim": 0,
        "blocks": PAIRWISE_BLOCKS,
        "dropout": 0.0,
        "raw_rows": 50,
    },
    "gaussian": {"architecture": "mist", "encoder_dim": 0, "blocks": GAUSSIAN_BLOCKS},
    "classic": {"architecture": "classic"},
}


SETTINGS = {
    "minutes": float,
    "most-steps": int,
    "seed": int,
    "batch-size": int,
    "reuse": float,
    "learning-rate": float,
    "weight-decay": float,
    "warm-up": int,
    "decay": float,
    "average": float,
    "encoder-from": float,
    "encoder-reuse": float,
    "shard-size": int,
    "workers": int,
    "capacity": int,
    "max-datasets": int,
    "validation": int,
    "threads": int,
}


def progress_line(point: dict) -> str:
    """A progress point as one line for a terminal."""
    scores = point["validation"]
    return (
        f"{point['minutes']:7.2f} min  {point['minutes_left']:7.2f} left  "
        f"{point['steps']:7d} steps  {point['datasets']:8d} datasets  "
        f"{point['datasets_a_second']:6.0f}/s  loss {point['train_loss']:.4f}  "
        f"validation {scores['loss']:.4f}  mse {scores['mse']:.4f}  "
        f"90 % covers {100 * scores['coverage_90']:.1f} %"
    )
