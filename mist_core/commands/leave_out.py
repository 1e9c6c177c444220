"""`python -m mist_core leave-out`: train without each family in turn, then judge on that family."""

import argparse
import time
from pathlib import Path

import joblib
import pandas as pd

from mist_core import paths
from mist_core.benchmarks import provenance
from mist_core.commands.options import count, whole
from mist_core.commands.studies.leave_out import (
    fresh_draws,
    holds,
    judged,
    keep_without,
    summary,
    unwidened,
)
from mist_core.errors import JobError
from mist_core.inference.estimator import MISTEstimator
from mist_core.interrupts import quiet_children
from mist_core.paths import home
from mist_core.priors.blocks import FAMILIES
from mist_core.training.architectures import ARCHITECTURES, progress_line
from mist_core.training.config import TrainConfig
from mist_core.training.shards import VALIDATION_PART
from mist_core.training.trainer import Trainer

# Of the trainings; their validation draws are the same in all but the family left out.
SEED = 0
# Small batches: on a CPU, steps are what is short.
SETTINGS = {
    "batch_size": 256,
    "learning_rate": 1e-3,
    "weight_decay": 0.05,
    "decay": 0.6,
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "--folder", type=Path, help="run of `general`; .mist/runs/general if absent"
    )
    parser.add_argument("--families", default=",".join(FAMILIES), help="names, by comma")
    parser.add_argument("--steps", type=count, default=4000, help="training of each")
    parser.add_argument("--shards", type=count, default=400, help="of the run, to train on")
    parser.add_argument("--jobs", type=count, default=1, help="trainings side by side")
    parser.add_argument("--datasets", type=count, default=1000, help="drawn of each family")
    parser.add_argument("--seed", type=whole, default=0, help="of those draws")
    parser.add_argument("--out", type=Path, default=paths.RESULTS / "leave-out")


def main(options: argparse.Namespace) -> None:
    """Trains what is not trained yet, prints and stores the table.

    Raises:
        JobError: the folder holds no shards, or there is no such family.
    """
    folder = options.folder or home() / "runs" / "general"
    if not all(any(folder.glob(f"{name}-*.safetensors")) for name in ("shard", "validation")):
        raise JobError(f"{folder} holds no training data: train `general` first, or name a run.")
    families = options.families.split(",")
    if unknown := sorted(set(families) - set(FAMILIES)):
        raise JobError(f"Unknown family {unknown[0]!r}: expected some of {', '.join(FAMILIES)}.")
    start, rows, judges = time.perf_counter(), [], {}
    trainings = (joblib.delayed(_judged)(family, folder, options) for family in families)
    with quiet_children():
        results = joblib.Parallel(options.jobs, return_as="generator")(trainings)
    for family, (out, row) in zip(families, results, strict=True):
        judges[family] = MISTEstimator.load(str(out), "cpu")
        rows.append(row)
        print(_render(rows[-1:]), flush=True)
    print(_render(rows), f"mean {_render([_mean(rows)])}", sep="\n\n")
    command = ["leave-out", "--steps", str(options.steps)]
    command += ["--shards", str(options.shards), "--jobs", str(options.jobs)]
    if set(families) != set(FAMILIES):
        command += ["--families", options.families]
    command += ["--datasets", str(options.datasets), "--seed", str(options.seed)]
    made = provenance.provenance(command, judges, time.perf_counter() - start)
    provenance.save_result(options.out, made | {"families": rows, "mean": _mean(rows)})


def _judged(family: str, folder: Path, options: argparse.Namespace) -> tuple[Path, dict]:
    """The weights trained without the family, and its row of the table."""
    out = _train(family, folder, options.shards, options.steps)
    estimator = MISTEstimator.load(str(out), "cpu")  # batches of a few: a GPU gains nothing
    plain = unwidened(estimator, fresh_draws(out.parent, estimator.network))
    new = judged(estimator, plain, f"general {family}", options.datasets, options.seed)
    known = judged(estimator, plain, "general", options.datasets, options.seed)
    return out, summary(family, new, known[~holds(family, known)])


def _train(family: str, folder: Path, shards: int, steps: int) -> Path:
    """Weights trained without the family; those of an equal training are taken as they are."""
    without = folder.with_name(f"{folder.name}-left-out") / f"{family}-{shards}-{steps}"
    out = without / "weights.safetensors"
    if not out.exists():
        count = keep_without(family, folder, without, shards)
        parts = len(list(without.glob("validation-*.safetensors")))
        # Steps between two shards: so few that all shards are read.
        between = max(1, steps * TrainConfig.shard_size // count)
        config = TrainConfig(
            meta=f"general-no-{family}",
            out=out,
            folder=without,
            network=ARCHITECTURES["statistics"],
            most_steps=steps,
            seed=SEED,
            reuse=between * SETTINGS["batch_size"] / TrainConfig.shard_size,
            workers=0,
            max_datasets=count,
            validation=parts * VALIDATION_PART,
            **SETTINGS,
        )
        Trainer(config, lambda point: print(progress_line(point), flush=True)).run()
        for name in ("shard", "strange"):
            for path in without.glob(f"{name}-*.safetensors"):  # written anew in seconds
                path.unlink()
    return out


def _mean(rows: list[dict]) -> dict:
    """The mean over families, and the lowest coverage of any."""
    table = pd.DataFrame(rows)
    means = table.drop(columns=["family", "datasets"]).mean().to_dict()
    return {"family": "all", "datasets": int(table.datasets.sum()), **means} | {
        "lowest_coverage": float(table.coverage.min())
    }


def _render(rows: list[dict]) -> str:
    return pd.DataFrame(rows).to_string(index=False, float_format="{:.3f}".format)
