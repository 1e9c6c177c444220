"""Stored results: the numbers with all that is needed to judge and to repeat them."""

import datetime
import hashlib
import importlib.metadata
import json
import os
import platform
from pathlib import Path

import pandas as pd
import torch

from mist_core.files import storing, write_whole
from mist_core.inference.estimator import MISTEstimator

_PACKAGES = ("torch", "numpy", "pandas", "benchmark-mi", "jax", "scikit-learn")


def provenance(command: list[str], judged: dict[str, MISTEstimator], seconds: float) -> dict:
    """What produced a result: command, versions, hardware, weights, date; no paths, no host names.

    Args:
        command: arguments after `python -m mist_core`.
        judged: those of ours whose weights were judged, by their name in the result table.
        seconds: wall-clock time it took.
    """
    weights = {name: _origin(estimator) for name, estimator in judged.items()}
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


def unfinished(stem: Path, plan: str) -> Path:
    """Where rows are kept until a result is stored: another plan, another file."""
    digest = hashlib.sha256(plan.encode()).hexdigest()
    return stem.with_name(f"{stem.name}.{digest[:8]}.unfinished")


def save_result(stem: Path, summary: dict, table: pd.DataFrame | None = None) -> None:
    """Writes <stem>.json and, with a table, <stem>.parquet beside it (numbers in float32)."""
    text = json.dumps(summary, indent=1, allow_nan=False) + "\n"
    with storing(stem):
        stem.parent.mkdir(parents=True, exist_ok=True)
        if table is not None:  # first, since the summary says that it is there
            floats = dict.fromkeys(table.select_dtypes("float64"), "float32")
            content = table.astype(floats).to_parquet(compression="zstd", index=False)
            write_whole(stem.with_name(f"{stem.name}.parquet"), content)
        write_whole(stem.with_name(f"{stem.name}.json"), text.encode())


def _origin(estimator: MISTEstimator) -> dict:
    card = {key: estimator.card.get(key) for key in ("meta", "steps", "datasets", "seed")}
    return {"sha256": estimator.sha256} | card


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _versions() -> dict[str, str]:
    """Of those installed: trainings and their judges need fewer than the baselines."""
    installed = {found.name.lower() for found in importlib.metadata.distributions()}
    return {name: importlib.metadata.version(name) for name in _PACKAGES if name in installed}
