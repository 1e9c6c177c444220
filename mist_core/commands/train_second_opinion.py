"""`python -m mist_core train-second-opinion`: the network that hears all rows' neighbours.

Draws datasets of the `general` laws with many rows and few columns, trains the members on them and
writes the weights file with a card beside it.
"""

import argparse
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import torch

from mist_core.checkpoint import save_checkpoint
from mist_core.commands.options import count, whole
from mist_core.commands.progress_bar import Bar
from mist_core.markdown import table
from mist_core.networks.registry import compact
from mist_core.networks.second_opinion import ASTRAY, NEW, SecondOpinionConfig, config_dict
from mist_core.paths import SECOND_OPINION
from mist_core.statistics.second_opinion import LEAST_ROWS, MOST_COLUMNS
from mist_core.training.second_opinion_fit import ONE_SHAPE, drawn, fit


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--shapes", type=count, default=3600, help=f"{ONE_SHAPE} datasets each")
    parser.add_argument("--seed", type=whole, default=0)
    parser.add_argument("--jobs", type=count, default=os.cpu_count())
    parser.add_argument("--out", type=Path, default=SECOND_OPINION)


def main(options: argparse.Namespace) -> None:
    """Draws, trains and writes."""
    draws = drawn(options.shapes, options.seed, options.jobs, Bar("draw", options.shapes))
    network, scores = fit(draws, SecondOpinionConfig(), options.seed)
    card = {
        "config": config_dict(network),
        "seed": options.seed,
        "shapes": options.shapes,
        "datasets": len(draws.truth),
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "scores": scores,
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "date": datetime.now(UTC).date().isoformat(),
    }
    save_checkpoint(options.out, compact(network), card)
    options.out.with_suffix(".md").write_text(card_text(card))
    print(card_text(card))


def card_text(card: dict) -> str:
    """The card in Markdown."""
    shape = card["config"]
    names = list(next(iter(card["scores"].values())))
    rows = [[columns, *map(str, found.values())] for columns, found in card["scores"].items()]
    return f"""# second-opinion

What `posterior` hears beside its network from {LEAST_ROWS:,} rows on, of up to {MOST_COLUMNS}
untied columns: {shape["members"]} perceptrons of width {shape["hidden_dim"]} that read the nearest
neighbours of all rows (`mist_core.statistics.second_opinion`), {card["parameters"]:,} parameters,
of {card["date"]}. They learned from {card["datasets"]:,} draws of `general` laws, each from another
half of the blocks, less the last 15 %, which gave these scores. No law of
`mist_core.benchmarks.kept_out` was among them. Before the rows are seen a law counts as new with
probability {NEW}, and a network that does not know it as off by {ASTRAY} on its logarithmic scale.

{table(["columns", *names], rows)}

Errors in nats, of the median, and coverage of 90 % intervals: under blocks that a member had not
seen, and of the pool of all members, of which half had.

    python -m mist_core train-second-opinion --shapes {card["shapes"]} --seed {card["seed"]}
"""
