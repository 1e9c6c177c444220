"""`python -m mist_core train-second-opinion`: the networks that hear all rows' neighbours.

Draws datasets of the `general` laws, or of the conditional ones, with many rows and few columns,
trains the members on them and writes the weights file with a card beside it.
"""

import argparse
import os
from pathlib import Path

from mist_core.commands.opinion import store
from mist_core.commands.options import count, whole
from mist_core.commands.progress_bar import Bar
from mist_core.inference.second_opinion import PAIRS
from mist_core.inference.second_opinion_given import GIVEN
from mist_core.markdown import table
from mist_core.networks.second_opinion import (
    ASTRAY,
    SecondOpinionConfig,
    config_dict,
)
from mist_core.paths import WEIGHTS
from mist_core.statistics import neighbours_given, second_opinion
from mist_core.training.second_opinion_draws import LESSONS, ONE_SHAPE, drawn
from mist_core.training.second_opinion_fit import fit

# How it is heard.
CONFIGS = {
    PAIRS.name: SecondOpinionConfig(new=0.1, shared=0.7),
    GIVEN.name: SecondOpinionConfig(new=0.2, shared=0.3),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--given", action="store_true", help="of I(X;Y|Z)")
    parser.add_argument("--shapes", type=count, default=3600, help=f"{ONE_SHAPE} datasets each")
    parser.add_argument("--seed", type=whole, default=0)
    parser.add_argument("--jobs", type=count, default=os.cpu_count())
    parser.add_argument("--out", type=Path, help="in weights/ unless given")


def main(options: argparse.Namespace) -> None:
    """Draws, trains and writes."""
    name = GIVEN.name if options.given else PAIRS.name
    lesson = LESSONS[name]
    bar = Bar("draw", options.shapes)
    draws = drawn(lesson, options.shapes, options.seed, options.jobs, bar)
    network, scores = fit(lesson, draws, CONFIGS[name], options.seed)
    out = options.out or WEIGHTS / f"{name}.safetensors"
    told = {
        "config": config_dict(network),
        "seed": options.seed,
        "shapes": options.shapes,
        "datasets": len(draws.truth),
        "scores": scores,
    }
    store(out, network, told, card_text)


def card_text(card: dict) -> str:
    """The card in Markdown."""
    shape = card["config"]
    name = shape["architecture"]
    heard, laws, module, option = _ABOUT[name]
    names = list(next(iter(card["scores"].values())))
    rows = [[columns, *map(str, found.values())] for columns, found in card["scores"].items()]
    return f"""# {name}

What {heard}
untied columns: {shape["members"]} perceptrons of width {shape["hidden_dim"]} that read the nearest
neighbours of all rows (`mist_core.statistics.{module}`), {card["parameters"]:,} parameters,
of {card["date"]}. They learned from {card["datasets"]:,} draws of {laws} laws, each from another
half of the kinds, less the last 15 %, which gave these scores. No law of
`mist_core.benchmarks.kept_out` was among them. Before the rows are seen a law counts as new with
probability {shape["new"]}, and a network that does not know it as off by {ASTRAY} on its
logarithmic scale. Where the network knows the law, the second opinion counts to the power of
{shape["shared"]}.

{table(["columns", *names], rows)}

Errors in nats, of the median, and coverage of 90 % intervals: under kinds that a member had not
seen, and of the pool of all members, of which half had.

    python -m mist_core train-second-opinion{option} --shapes {card["shapes"]} --seed {card["seed"]}
"""


# Who hears it, of which laws it learned, which module reads the rows, and the option.
_ABOUT = {
    PAIRS.name: (
        f"`posterior` hears beside its network from {second_opinion.LEAST_ROWS:,} rows on, of up "
        f"to {second_opinion.MOST_COLUMNS}",
        "`general`",
        "second_opinion",
        "",
    ),
    GIVEN.name: (
        f"`conditional` hears beside its head from {neighbours_given.LEAST_ROWS} rows on, of up to "
        f"{neighbours_given.MOST_COLUMNS}",
        "conditional",
        "neighbours_given",
        " --given",
    ),
}
