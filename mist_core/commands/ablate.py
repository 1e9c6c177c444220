"""`python -m mist_core ablate`: train each variant as many steps, and write docs/ablation.md."""

import argparse
import time
from dataclasses import asdict
from pathlib import Path

import joblib
import pandas as pd

from mist_core import paths
from mist_core.benchmarks import provenance
from mist_core.commands.options import count
from mist_core.commands.studies.ablation import (
    HELD_OUT,
    JUDGED,
    META,
    SHARD,
    Draws,
    judged,
    variants,
)
from mist_core.errors import ParameterError
from mist_core.interrupts import quiet_children
from mist_core.markdown import table
from mist_core.networks.mist import MISTConfig
from mist_core.networks.registry import load_network
from mist_core.paths import home
from mist_core.statistics import summary
from mist_core.training.config import TrainConfig
from mist_core.training.trainer import Trainer

SEED = 11
# Share of the steps without the set encoder, in the variants that have it.
ENCODER_FROM = 0.5
# Small batches: with the encoder one of 1,024 takes two seconds on a CPU.
SETTINGS = {
    "batch_size": 256,
    "reuse": 2.0,
    "encoder_reuse": 2.0,
    "learning_rate": 1e-3,
    "weight_decay": 0.05,
    "decay": 0.6,
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--variants", help="names, by semicolon; all unless given")
    parser.add_argument("--steps", type=count, default=2000, help="training of each")
    parser.add_argument("--datasets", type=count, default=100_000, help="to train on")
    parser.add_argument("--workers", type=count, default=2, help="processes that draw")
    parser.add_argument("--jobs", type=count, default=1, help="trainings side by side")
    parser.add_argument("--out", type=Path, default=paths.RESULTS / "ablation")
    parser.add_argument("--document", type=Path, default=paths.DOCS / "ablation.md")


def main(options: argparse.Namespace) -> None:
    """Draws what is missing, trains what is not trained yet, writes table and document.

    Raises:
        ParameterError: a variant that does not exist.
    """
    chosen = variants()
    if options.variants:
        names = [name.strip() for name in options.variants.split(";")]
        if unknown := sorted(set(names) - set(chosen)):
            raise ParameterError(
                f"Unknown variant {unknown[0]!r}: expected some of {'; '.join(chosen)}."
            )
        chosen = {name: chosen[name] for name in names}
    start = time.perf_counter()
    draws = Draws(home() / "runs" / "ablation", SEED, max(1, options.datasets // SHARD))
    draws.draw(options.workers)
    rows = []
    trainings = (
        joblib.delayed(_trained)(draws, name, config, options.steps)
        for name, config in chosen.items()
    )
    with quiet_children():
        trained = joblib.Parallel(options.jobs, return_as="generator")(trainings)
    for row in trained:
        rows.append(row)
        print(pd.DataFrame(rows[-1:]).to_string(index=False, header=len(rows) == 1), flush=True)
    command = ["ablate", "--steps", str(options.steps)]
    command += ["--datasets", str(options.datasets), "--jobs", str(options.jobs)]
    if options.variants:
        command += ["--variants", f'"{options.variants}"']
    record = provenance.provenance(command, {}, time.perf_counter() - start) | {"variants": rows}
    provenance.save_result(options.out, record)
    options.document.write_text(_document(record))


def _trained(draws: Draws, name: str, config: MISTConfig, steps: int) -> dict:
    """A row: the scores of a variant; weights of a finished training are taken as they are."""
    folder = draws.folder / f"variant {name}"
    out = folder / "weights.safetensors"
    if not out.exists():
        draws.write_for(config, folder)
        settings = TrainConfig(
            meta=META,
            out=out,
            folder=folder,
            network=asdict(config),
            most_steps=steps,
            seed=SEED,
            workers=0,
            max_datasets=draws.count * SHARD,
            encoder_from=ENCODER_FROM,
            validation=JUDGED,
            **SETTINGS,
        )
        Trainer(settings, lambda point: None).run()
        for shard in folder.glob("shard-*.safetensors"):  # written anew in seconds
            shard.unlink()
    network, checkpoint = load_network(out)
    row = {"variant": name, "statistics": summary.count(config.blocks)}
    cost = {"steps": checkpoint.card["steps"], "minutes": checkpoint.card["minutes"]}
    return row | cost | judged(network, draws)


def _document(record: dict) -> str:
    """docs/ablation.md."""
    steps, machine = record["variants"][0]["steps"], record["hardware"]
    rows = [
        (
            row["variant"],
            f"{row['statistics']}",
            f"{60_000 * row['minutes'] / row['steps']:.0f}",
            *(f"{row[score]:.4f}" for score in ("loss", "wis")),
            f"{row['coverage_90']:.1%}",
            f"{row['new_wis']:.4f}",
            f"{row['new_coverage_90']:.1%}",
        )
        for row in record["variants"]
    ]
    head = (
        "variant",
        "inputs",
        "ms a step",
        "loss",
        "score",
        "90 % covers",
        "score, new",
        "covers, new",
    )
    return f"""# Ablation: which inputs earn their cost

Networks that differ in their inputs alone, each trained for {steps:,} steps on the same draws of
`general` without the blocks {", ".join(HELD_OUT)}. "Loss" and "score" (weighted interval score,
nats) are of validation draws of the laws trained on, "new" of draws of the blocks held out; lower
is better. bmi's tasks take no part. "Inputs" counts the statistics; "ms a step" is the mean cost of
training on the machine below, beside other work. The set encoder takes part in the last
{1 - ENCODER_FROM:.0%} of the steps, which cost a dozen times the others on a CPU.

{table(head, rows)}

Made by `{record["command"]}` on {record["date"]} in {record["seconds"] / 60:.0f} minutes
({machine["gpu"] or machine["cpu"]}, {machine["cores"]} threads); the numbers are in
[results/ablation.json](../results/ablation.json).
"""
