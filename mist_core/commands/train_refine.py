"""`python -m mist_core train-refine draws | answers | fit`: the head that reads critics' evidence.

`draws` trains critics on datasets of known laws, `answers` adds what other networks say of the same
datasets, and `fit` trains the head and writes its file.
"""

import argparse
import os
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import torch

from mist_core.checkpoint import save_checkpoint
from mist_core.commands.options import count, positive, whole
from mist_core.paths import HEAD, home
from mist_core.refinement.evidence import NUMBERS
from mist_core.refinement.head import HeadConfig
from mist_core.training.evidence_draws import Plan, add_answers, collect, pack
from mist_core.training.head_fit import fit, load_draws

# How often the head reads the answer of the network it is made for; the others share the rest.
FIRST = 0.5


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
    answers = kinds.add_parser("answers", help="what networks say of draws that are stored")
    answers.add_argument("draws", type=Path, help="a file of `draws`")
    answers.add_argument("--weights", nargs="+", required=True, help="names or files")
    answers.add_argument("--parts", type=count, default=10**6, help="the first so many alone")
    answers.add_argument("--workers", type=count, default=os.cpu_count())
    answers.add_argument("--folder", type=Path, help=".mist/refine-answers unless given")
    answers.add_argument("--out", type=Path, required=True, help="an .npz file")
    fitting = kinds.add_parser("fit", help="train the head on stored draws")
    fitting.add_argument("draws", type=Path, help="a file of `draws` or `answers`")
    fitting.add_argument("--first", default="general", help="the network it is made for")
    fitting.add_argument("--seed", type=whole, default=0)
    fitting.add_argument("--out", type=Path, default=HEAD)


def main(options: argparse.Namespace) -> None:
    """Runs one step."""
    {"draws": _draws, "answers": _answers, "fit": _fit}[options.kind](options)


def _draws(options: argparse.Namespace) -> None:
    folder = options.folder or home() / "refine"
    plan = Plan(options.seed, options.device, tuple(options.weights), options.minutes)
    written = collect(folder, plan, options.parts, options.workers)
    datasets = pack(folder, options.out, plan)
    print(f"{datasets:,} datasets of {written} parts in {options.out}")


def _answers(options: argparse.Namespace) -> None:
    folder = options.folder or home() / "refine-answers"
    weights = tuple(options.weights)
    kept = add_answers(options.draws, weights, folder, options.workers, options.parts, options.out)
    print(f"{kept:,} datasets with the answers of {', '.join(weights)} in {options.out}")


def _fit(options: argparse.Namespace) -> None:
    draws, about = load_draws(options.draws, options.first)
    others = draws.answers.shape[1] - 1
    shares = [FIRST if others else 1.0, *[(1 - FIRST) / others for _ in range(others)]]
    config = HeadConfig()
    head, scores = fit(draws, shares, config, options.seed, lambda line: print(line, flush=True))
    scores = dict(zip(draws.networks, scores, strict=True))
    for name, of_network in scores.items():
        print(f"with {name}: {of_network}")
    card = {
        "config": {"architecture": "refine-head", **asdict(config)},
        "numbers": NUMBERS,
        "seed": options.seed,
        "draws": {**about, "datasets": len(draws.truth), "first": options.first},
        "scores": scores,
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "date": datetime.now(UTC).date().isoformat(),
    }
    save_checkpoint(options.out, head.state_dict(), card)
