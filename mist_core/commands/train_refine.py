"""`python -m mist_core train-refine draws | answers | fit`: the head that reads critics' evidence.

`draws` trains critics on datasets of known laws, `answers` adds what other networks say of the same
datasets, and `fit` trains the head and writes its file.
"""

import argparse
import os
from pathlib import Path

from mist_core.commands.options import count, positive, whole
from mist_core.paths import home
from mist_core.training.evidence_draws import Plan, collect, pack


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the steps with their options."""
    kinds = parser.add_subparsers(dest="kind", required=True)
    draws = kinds.add_parser("draws", help="evidence on draws of known laws, as one file")
    draws.add_argument("--parts", type=count, default=400, help="of 16 datasets of one shape")
    draws.add_argument("--minutes", type=positive, default=600, help="after which no part begins")
    draws.add_argument("--workers", type=count, default=os.cpu_count())
    draws.add_argument("--device", default="cpu", help="on which critics learn")
    draws.add_argument("--weights", nargs="*", default=["general"], help="whose answers are kept")
    draws.add_argument("--seed", type=whole, default=0)
    draws.add_argument("--folder", type=Path, help="of the parts; .mist/refine unless given")
    draws.add_argument("--out", type=Path, required=True, help="an .npz file")


def main(options: argparse.Namespace) -> None:
    """Runs one step."""
    _draws(options)


def _draws(options: argparse.Namespace) -> None:
    folder = options.folder or home() / "refine"
    plan = Plan(options.seed, options.device, tuple(options.weights), options.minutes)
    written = collect(folder, plan, options.parts, options.workers)
    datasets = pack(folder, options.out, plan)
    print(f"{datasets:,} datasets of {written} parts in {options.out}")
