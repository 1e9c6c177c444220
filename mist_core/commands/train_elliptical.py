"""`python -m mist_core train-elliptical`: how far copulas are to be trusted beside a network.

Draws datasets of the `general` laws, or of the conditional ones, asks a network about them, trains
the members on both and writes the weights file with a card beside it.
"""

import argparse
import os
from pathlib import Path

from mist_core.commands.opinion import store
from mist_core.commands.options import count, whole
from mist_core.commands.progress_bar import Bar
from mist_core.markdown import table
from mist_core.networks.elliptical_opinion import GIVEN, OF_PAIRS, EllipticalConfig, config_dict
from mist_core.paths import WEIGHTS
from mist_core.statistics import elliptical, elliptical_given
from mist_core.training.elliptical_draws import LESSONS, ONE_SHAPE, drawn
from mist_core.training.elliptical_fit import fit


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--given", action="store_true", help="of I(X;Y|Z)")
    parser.add_argument("--weights", default="general", help="the network that is asked")
    parser.add_argument("--shapes", type=count, default=600, help=f"{ONE_SHAPE} datasets each")
    parser.add_argument("--seed", type=whole, default=0)
    parser.add_argument("--jobs", type=count, default=os.cpu_count())
    parser.add_argument("--out", type=Path, help="in weights/ unless given")


def main(options: argparse.Namespace) -> None:
    """Draws, trains and writes."""
    lesson = LESSONS[GIVEN if options.given else OF_PAIRS]
    bar = Bar("draw", options.shapes)
    draws = drawn(lesson, options.weights, options.shapes, options.seed, options.jobs, bar)
    network, scores = fit(lesson, draws, EllipticalConfig(), options.seed)
    out = options.out or WEIGHTS / f"{lesson.subject}.safetensors"
    told = {
        "config": config_dict(network),
        "seed": options.seed,
        "shapes": options.shapes,
        "asked": "conditional" if options.given else Path(options.weights).stem,
        "datasets": len(draws.truth),
        "scores": scores,
    }
    store(out, network, told, card_text)


def card_text(card: dict) -> str:
    """The card in Markdown."""
    shape = card["config"]
    name = shape["architecture"]
    copulas, rows_from, laws, module, option = _ABOUT[name]
    share = "half" if LESSONS[name].share < 1 else "all"
    names = list(next(iter(card["scores"].values())))
    rows = [[laws_of, *map(str, found.values())] for laws_of, found in card["scores"].items()]
    return f"""# {name}

How far {copulas} are to be trusted
beside the answers of `{card["asked"]}`, from {rows_from:,} untied rows on: {shape["members"]}
perceptrons of width {shape["hidden_dim"]} that read how well these copulas fit
(`mist_core.statistics.{module}`) and where the answer lies, {card["parameters"]:,} parameters, of
{card["date"]}. They learned from {card["datasets"]:,} draws of {laws} laws, each from the
elliptical kinds and {share} of the others, less the last fifth, which gave these scores. No law of
`mist_core.benchmarks.kept_out` was among them.

{table(["draws of", *names], rows)}

Errors in nats, before the copulas are heard and after; `trust` is their mean weight.

    python -m mist_core train-elliptical{option} --shapes {card["shapes"]} --seed {card["seed"]}
"""


# Of each subject: what is trusted, from how many rows on, the laws, the module and the option.
_ABOUT = {
    OF_PAIRS: (
        "the estimates of a normal and of a Student copula",
        elliptical.LEAST_ROWS,
        "`general`",
        "elliptical",
        "",
    ),
    GIVEN: (
        "the estimates of a normal and of a Student copula given Z",
        elliptical_given.LEAST_ROWS,
        "conditional",
        "elliptical_given",
        " --given",
    ),
}
