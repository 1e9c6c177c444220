"""`python -m mist_core spread WEIGHTS`: fit the width of the quantiles on many fresh draws."""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from mist_core.checkpoint import load_network, save_checkpoint
from mist_core.errors import ParameterError
from mist_core.model import Network, config_dict
from mist_core.priors import meta_distribution
from mist_core.progress import Bar
from mist_core.scoring import validation_scores
from mist_core.shards import TRUTH, VALIDATION_DRAW, Recipe

# Shards of the run's validation stream; the first ones have chosen the weights.
FIRST_SHARD, SHARD = 1000, 128


def configure(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("weights", type=Path, help="the file, which is written anew")
    parser.add_argument("--datasets", type=int, default=20_000, help="fresh draws of its laws")


def main(options: argparse.Namespace) -> None:
    """Draws, fits, prints the coverage before and after, and writes the file.

    Raises:
        ParameterError: weights whose quantiles have a fixed width.
    """
    network, checkpoint = load_network(options.weights)
    card = checkpoint.card
    if not hasattr(network, "spread"):
        raise ParameterError(f"The quantiles of {options.weights.name} have a fixed width.")
    fresh = _draw(network, card, options.datasets)
    for state in ("before", "after"):
        if state == "after":
            network.fit_spread(fresh, fresh[TRUTH])
        with torch.no_grad():
            scores = validation_scores(network(fresh), fresh[TRUTH])
        covered = "  ".join(f"{p} %: {scores[f'coverage_{p}']:.3f}" for p in (50, 80, 90, 95))
        print(f"{state:6}  loss {scores['loss']:.4f}  covered at {covered}")
    save_checkpoint(options.weights, network.state_dict(), card | {"config": config_dict(network)})


def _draw(network: Network, card: dict, count: int) -> dict[str, Tensor]:
    """At least `count` fresh datasets of the weights' laws, prepared, with their truths."""
    meta = meta_distribution(card["meta"])
    recipe = Recipe(network, meta, card["seed"], SHARD, VALIDATION_DRAW)
    shards, bar = [], Bar("draw", count)
    while SHARD * len(shards) < count:
        shards.append(recipe.shard(FIRST_SHARD + len(shards), "validation"))
        bar(SHARD)
    truth = torch.cat([shard.pop(TRUTH) for shard in shards])
    return network.collate(shards) | {TRUTH: truth}
