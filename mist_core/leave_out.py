"""Families left out of training, each in turn: what a law that is really new does to the answers.

All networks train on the datasets of one run, less those that hold a block of the family, and are
judged on fresh datasets of that family alone: laws they have never seen.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import safetensors.torch
import torch
from sklearn.metrics import roc_auc_score

from mist_core.calibration import follow
from mist_core.calibration_laws import Study
from mist_core.calibration_summary import covered, dependent, scores
from mist_core.errors import JobError
from mist_core.estimator import MISTEstimator
from mist_core.general import blocks_of
from mist_core.shards import FAMILIES, read_labelled, shard_path


def keep_without(family: str, shards: Iterable[Path], target: Path) -> int:
    """Write the datasets that hold no block `family` as shards of the same size.

    Args:
        family: a name of `general_blocks.BLOCKS`.
        shards: files of one run, with labels.
        target: the folder for the new ones; those that it holds stay.

    Returns:
        How many datasets the new shards hold.

    Raises:
        JobError: they would not fill one shard.
    """
    target.mkdir(parents=True, exist_ok=True)
    waiting: list[dict] = []
    labels: list[str] = []
    size, index = 0, 0
    for path in shards:
        tensors, families = read_labelled(path)
        size = len(families)
        keep = [family not in blocks_of(name) for name in families]
        waiting.append({name: tensor[torch.tensor(keep)] for name, tensor in tensors.items()})
        labels += [name for name, kept in zip(families, keep, strict=True) if kept]
        if len(labels) >= size:
            joined = {name: torch.cat([part[name] for part in waiting]) for name in tensors}
            first = {name: tensor[:size].clone() for name, tensor in joined.items()}
            _write(first, labels[:size], shard_path(target, index))
            waiting = [{name: tensor[size:] for name, tensor in joined.items()}]
            labels, index = labels[size:], index + 1
    if index == 0:
        raise JobError(f"Fewer than a shard of datasets without {family!r}: draw more first.")
    return size * index


def judged(estimator: MISTEstimator, laws: str, n_datasets: int, seed: int) -> pd.DataFrame:
    """Rows of `calibration.judge` for the dependent ones among fresh datasets.

    Args:
        estimator: the weights.
        laws: key of `calibration_laws.LAWS`.
        n_datasets: how many are drawn.
        seed: of the draws.
    """
    study = Study.of(laws, n_datasets, seed)
    return dependent(pd.concat(follow(study, estimator), ignore_index=True))


def holds(family: str, rows: pd.DataFrame) -> pd.Series:
    """Whether a block of the family is in each dataset."""
    return rows.family.map(lambda name: family in blocks_of(name))


def summary(family: str, new: pd.DataFrame, known: pd.DataFrame) -> dict:
    """A row of the table: coverage, scores and familiarity of a family never seen.

    Args:
        family: its name.
        new: rows of `judged` of the family.
        known: the same of laws that were trained on.

    Returns:
        `family`, `datasets`, `coverage` of the 90 % interval, its mean `score` and the mean
        absolute error `mae`, nats, and `auroc`: how well `in_family` tells new from known.
    """
    labels = np.repeat([0, 1], [len(new), len(known)])
    familiar = np.concatenate([new.in_family, known.in_family])
    return {
        "family": family,
        "datasets": len(new),
        "coverage": float(covered(new).mean()),
        "score": float(np.mean(scores(new))),
        "mae": float((new["mean"] - new.truth).abs().mean()),
        "auroc": float(roc_auc_score(labels, familiar)),
    }


def _write(tensors: dict, labels: list[str], path: Path) -> None:
    if not path.exists():
        temporary = path.with_suffix(".part")
        safetensors.torch.save_file(tensors, temporary, {FAMILIES: json.dumps(labels)})
        temporary.rename(path)
