"""`python -m mist_core tiny`: train the tiny estimator of the lesson, a line a point."""

import argparse
from pathlib import Path

import torch

from mist_core.lessons import tiny


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--seconds", type=float, default=60.0, help="of training")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True, help="file that grows by a line a point")


def main(options: argparse.Namespace) -> None:
    """Train, and write each point as it comes."""
    torch.set_num_threads(1)
    with options.out.open("w") as lines:
        for point in tiny.train(options.seconds, options.seed):
            lines.write(point.line() + "\n")
            lines.flush()
