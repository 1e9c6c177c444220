"""`python -m mist_core train`: a run on the command line, its progress one line at a time."""

import argparse
import json
from pathlib import Path

from mist_core.errors import JobError
from mist_core.networks.law_classifier import KINDS
from mist_core.paths import home
from mist_core.statistics.summary import GAUSSIAN_BLOCKS, PAIRWISE_BLOCKS
from mist_core.training.config import TrainConfig
from mist_core.training.control import Mailbox
from mist_core.training.trainer import Trainer

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


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options; the defaults of the settings are those of `TrainConfig`."""
    parser.add_argument(
        "--meta", required=True, help="meta-distribution: paper, general, or a JSON text"
    )
    parser.add_argument("--out", required=True, type=Path, help="weights file to write")
    parser.add_argument("--architecture", choices=ARCHITECTURES, default="mist")
    parser.add_argument("--init", help="weights file to start from")
    parser.add_argument("--folder", type=Path, help="run folder; .mist/runs/NAME unless given")
    for name, kind in SETTINGS.items():
        parser.add_argument(f"--{name}", type=kind)


def main(options: argparse.Namespace) -> None:
    """Train, printing progress; the same command after an interruption goes on where it stood.

    Raises:
        JobError: the folder of the weights file does not exist.
    """
    if not options.out.parent.is_dir():
        raise JobError(f"The folder {options.out.parent} does not exist: create it first.")
    folder = options.folder or home() / "runs" / options.out.stem
    chosen = {name.replace("-", "_"): getattr(options, name.replace("-", "_")) for name in SETTINGS}
    config = TrainConfig(
        meta=options.meta,
        out=options.out,
        folder=folder,
        network=ARCHITECTURES[options.architecture],
        init=options.init,
        **{name: value for name, value in chosen.items() if value is not None},
    )
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "progress.jsonl").open("a") as log:

        def report(point: dict) -> None:
            print(progress_line(point), flush=True)
            print(json.dumps(point), file=log, flush=True)

        Trainer(config, report, Mailbox(folder)).run()


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
