"""Stored benchmark runs: the numbers with all that is needed to judge and to repeat them."""

import datetime
import importlib.metadata
import json
import os
import platform
from pathlib import Path

import pandas as pd
import torch

from mist_core.estimator import MISTEstimator

_PACKAGES = ("torch", "numpy", "pandas", "benchmark-mi", "jax")


def provenance(command: list[str], estimator: MISTEstimator | None, seconds: float) -> dict:
    """What produced a run: command, versions, hardware, weights, date; no paths, no host names.

    Args:
        command: arguments after `python -m mist_core`.
        estimator: whose weights were judged, if any.
        seconds: wall-clock time of the run.
    """
    weights = None
    if estimator is not None:
        card = {key: estimator.card.get(key) for key in ("meta", "steps", "datasets", "seed")}
        weights = {"sha256": estimator.sha256, **card}
    return {
        "command": " ".join(["python -m mist_core", *command]),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "seconds": round(seconds, 1),
        "hardware": hardware(),
        "versions": {"python": platform.python_version()} | _versions(),
        "weights": weights,
    }


def hardware() -> dict:
    """The processor's name, its cores, the threads torch uses, and the GPU if there is one."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "gpu": gpu,
    }


def save_run(stem: Path, summary: dict, table: pd.DataFrame | None = None) -> None:
    """Writes <stem>.json and, with a table, <stem>.parquet beside it (numbers in float32)."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    stem.with_name(f"{stem.name}.json").write_text(
        json.dumps(summary, indent=1, allow_nan=False) + "\n"
    )
    if table is not None:
        floats = dict.fromkeys(table.select_dtypes("float64"), "float32")
        path = stem.with_name(f"{stem.name}.parquet")
        table.astype(floats).to_parquet(path, compression="zstd", index=False)


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _versions() -> dict[str, str]:
    return {package: importlib.metadata.version(package) for package in _PACKAGES}
