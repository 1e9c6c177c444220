"""Families left out of training, each in turn: what a law that is really new does to the answers.

All networks train on the datasets of one run, less those that hold a block of the family, and are
judged on fresh datasets of that family alone: laws they have never seen. Beside each stands what it
would be without all that widens its answers there: its main network alone, its widths fitted to the
same fresh draws of known laws, but the same whether data are familiar or not.
"""

import copy
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor

from mist_core.benchmarks.estimators import Weights
from mist_core.calibration.judge import MIST, judge
from mist_core.calibration.study import Study
from mist_core.calibration.summary import covered, dependent, scores
from mist_core.errors import JobError
from mist_core.inference.estimator import MISTEstimator
from mist_core.networks.base import Network
from mist_core.priors.blocks import FAMILIES
from mist_core.training.labels import Blocks, blocks_in
from mist_core.training.shards import TRUTH, Labelled, read_labelled, shard_path, write_labelled


def keep_without(family: str, run: Path, target: Path, most: int | None = None) -> int:
    """Write the datasets that hold no block of a family as shards of the same size.

    Args:
        family: a name of `general_blocks.FAMILIES`.
        run: the folder of a run; its shards and validation draws carry labels.
        target: the folder for the new ones; those that it holds stay.
        most: shards of the run to read, at most; None for all.

    Returns:
        How many datasets the new shards hold.

    Raises:
        JobError: they would not fill one shard.
    """
    target.mkdir(parents=True, exist_ok=True)
    strange = sorted(run.glob("strange-*.safetensors"))[:most]
    for path in (*run.glob("validation-*.safetensors"), *strange):
        _write(target / path.name, *_without(family, path))
    paths = sorted(run.glob("shard-*.safetensors"))[:most]
    waiting: dict[str, Tensor] = {}
    labels: list[Blocks] = []
    size, index = len(read_labelled(paths[0])[1]) if paths else 0, 0
    for path in paths:
        tensors, kept = _without(family, path)
        waiting = {k: torch.cat([waiting[k], t]) if waiting else t for k, t in tensors.items()}
        labels += kept
        if len(labels) >= size:
            first = {name: tensor[:size].clone() for name, tensor in waiting.items()}
            _write(shard_path(target, index), first, labels[:size])
            waiting = {name: tensor[size:] for name, tensor in waiting.items()}
            labels, index = labels[size:], index + 1
    if index == 0:
        raise JobError(f"Fewer than a shard of datasets without {family!r}: draw more first.")
    return size * index


def judged(
    estimator: MISTEstimator, plain: MISTEstimator, laws: str, n_datasets: int, seed: int
) -> pd.DataFrame:
    """Rows of `calibration.judge` for the dependent ones among fresh datasets.

    Args:
        estimator: the weights.
        plain: those of `unwidened`.
        laws: key of `calibration_laws.LAWS`.
        n_datasets: how many are drawn.
        seed: of the draws.

    Returns:
        With `blocks` in each, and `low_unwidened` and `high_unwidened`, the interval of `plain`.
    """
    tables = []
    for first, batch, rng in Study.of(laws, n_datasets, seed).draws():
        rows = judge(Weights(MIST, estimator), batch, rng, first=first)
        beside = judge(Weights(MIST, plain), batch, rng, first=first)
        more = {"low_unwidened": beside.low, "high_unwidened": beside.high}
        tables.append(rows.assign(blocks=blocks_in(batch), **more))
    return dependent(pd.concat(tables, ignore_index=True))


def unwidened(estimator: MISTEstimator, fresh: dict[str, Tensor]) -> MISTEstimator:
    """The main network alone, its widths fitted anew without regard to familiarity.

    Args:
        estimator: the weights.
        fresh: of `fresh_draws`.
    """
    network = estimator.network.main_alone()
    network.fit_fresh(fresh, fresh[TRUTH])
    plain = copy.copy(estimator)
    plain.network = network
    return plain


def fresh_draws(run: Path, network: Network) -> dict[str, Tensor]:
    """The validation draws of a run, as one batch for a network."""
    paths = sorted(run.glob("validation-*.safetensors"))
    parts = [read_labelled(path)[0] for path in paths]
    return network.collate(parts) | {TRUTH: torch.cat([part[TRUTH] for part in parts])}


def holds(family: str, rows: pd.DataFrame) -> pd.Series:
    """Whether each dataset holds a block of the family."""
    return rows.blocks.map(lambda blocks: _has(family, blocks))


def summary(family: str, new: pd.DataFrame, known: pd.DataFrame) -> dict:
    """A row of the table: coverage, scores and familiarity of a family never seen.

    Args:
        family: its name.
        new: rows of `judged` of the family.
        known: the same of laws that were trained on.

    Returns:
        `family`, `datasets`, `coverage` of the 90 % interval, its mean `score` and the mean
        absolute error `mae`, nats, `unwidened_coverage` and `unwidened_score` of those of
        `unwidened`, and `auroc`: how well `in_family` tells new from known.
    """
    labels = np.repeat([0, 1], [len(new), len(known)])
    familiar = np.concatenate([new.in_family, known.in_family])
    plain = new.assign(low=new.low_unwidened, high=new.high_unwidened)
    return {
        "family": family,
        "datasets": len(new),
        "coverage": float(covered(new).mean()),
        "score": float(np.mean(scores(new))),
        "unwidened_coverage": float(covered(plain).mean()),
        "unwidened_score": float(np.mean(scores(plain))),
        "mae": float((new["mean"] - new.truth).abs().mean()),
        "auroc": float(roc_auc_score(labels, familiar)),
    }


def _without(family: str, path: Path) -> Labelled:
    """The datasets of a shard that hold no block `family`, and their labels."""
    tensors, labels = read_labelled(path)
    keep = [place for place, blocks in enumerate(labels) if not _has(family, blocks)]
    return {name: tensor[keep] for name, tensor in tensors.items()}, [labels[k] for k in keep]


def _has(family: str, blocks: Blocks) -> bool:
    """Whether one of these blocks is of the family."""
    return not set(FAMILIES[family]).isdisjoint(blocks)


def _write(path: Path, tensors: dict[str, Tensor], labels: list[Blocks]) -> None:
    if not path.exists():
        write_labelled(path, tensors, labels)
