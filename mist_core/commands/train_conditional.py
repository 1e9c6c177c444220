"""`python -m mist_core train-conditional draws | fit`: the head that answers I(X;Y|Z).

`draws` reads datasets of conditional laws for some minutes, into files that a later call goes on
with; `fit` trains the head on all of them and writes its file with a card beside it.
"""

import argparse
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import torch

from mist_core.checkpoint import save_checkpoint
from mist_core.commands.options import count, positive, whole
from mist_core.markdown import table
from mist_core.networks.conditional import ConditionalConfig, config_dict
from mist_core.networks.registry import compact
from mist_core.paths import CONDITIONAL, home
from mist_core.training.conditional_draws import collect, read
from mist_core.training.conditional_fit import Lesson, fit


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the steps with their options."""
    kinds = parser.add_subparsers(dest="kind", required=True)
    draws = kinds.add_parser("draws", help="statistics of draws of conditional laws, as files")
    draws.add_argument("--minutes", type=positive, default=60, help="after which no file begins")
    draws.add_argument("--workers", type=count, default=os.cpu_count())
    draws.add_argument("--seed", type=whole, default=0)
    fitting = kinds.add_parser("fit", help="train the head on the files there are")
    fitting.add_argument("--epochs", type=count, default=22)
    fitting.add_argument("--jobs", type=count, default=1, help="members that learn side by side")
    fitting.add_argument("--seed", type=whole, default=0)
    fitting.add_argument("--out", type=Path, default=CONDITIONAL)
    for step in (draws, fitting):
        step.add_argument(
            "--folder", type=Path, help="of the files; .mist/conditional unless given"
        )


def main(options: argparse.Namespace) -> None:
    """Runs one step."""
    folder = options.folder or home() / "conditional"
    if options.kind == "draws":
        written = collect(folder, options.seed, "train", options.minutes, options.workers)
        print(f"{written} files in {folder}")
        return
    draws = read(folder, "train")
    lesson = Lesson.of(draws)
    config = ConditionalConfig()

    def report(line: str) -> None:
        print(line, flush=True)

    network, scores = fit(lesson, config, options.epochs, options.seed, report, options.jobs)
    card = {
        "config": config_dict(network),
        "seed": options.seed,
        "epochs": options.epochs,
        "datasets": len(draws.truth),
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "scores": scores,
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "date": datetime.now(UTC).date().isoformat(),
    }
    save_checkpoint(options.out, compact(network), card)
    options.out.with_suffix(".md").write_text(card_text(card))
    print(scored(scores))


def card_text(card: dict) -> str:
    """The card in Markdown."""
    shape = card["config"]
    return f"""# conditional

The head of `MISTEstimator.conditional` and `transfer_entropy`: {shape["members"]}
perceptrons of width {shape["hidden_dim"]} that read the statistics of three sides
(`mist_core.statistics.conditional`), {card["parameters"]:,} parameters, of {card["date"]}. They
learned from {card["datasets"]:,} draws of `mist_core.priors.conditional`, less two parts of 12 %:
one fitted the width of the quantiles, the other gave these scores. No law of
`mist_core.benchmarks.kept_out` was among them.

{scored(card["scores"])}

Errors in nats. "Nothing left" are draws in which X and Y are independent given Z.

    python -m mist_core train-conditional draws
    python -m mist_core train-conditional fit --epochs {card["epochs"]} --seed {card["seed"]}
"""


def scored(scores: dict) -> str:
    """Scores by group of draws, as a table in Markdown."""
    names = list(next(iter(scores.values())))
    return table(["draws of", *names], [[k, *map(str, v.values())] for k, v in scores.items()])
