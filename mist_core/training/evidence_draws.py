"""Evidence on draws of known laws: what the head of `refine` learns from, one small file a part.

Part number i holds the same datasets whoever writes it and whenever, so that a run that was killed
goes on with the files it finds, and what other networks answer can be added later.
"""

import functools
import json
import os
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.multiprocessing as multiprocessing

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.errors import JobError
from mist_core.files import opened
from mist_core.inference.estimator import MISTEstimator
from mist_core.interrupts import quiet_children
from mist_core.networks.quantiles import LEVELS
from mist_core.priors.batch import Batch
from mist_core.priors.general import General
from mist_core.priors.paper import PAPER_TRAIN, Paper
from mist_core.refinement.coordinates import without_copies
from mist_core.refinement.evidence import LEAST_ROWS, NUMBERS, gather

# Datasets of one shape: enough to share the work, few enough for many shapes.
PART = 16
MOST_ROWS, CELLS = 30_000, 400_000
# How long critics may learn, as a share of what they do by default; one a part.
EFFORTS = (0.3, 1.0, 1.0, 1.0, 1.0, 2.0)
SECONDS = 10.0
# Share of the parts that are of the published laws.
PUBLISHED = 0.1
# What a part holds.
_TOLD = ("evidence", "answers", "truth", "family", "part", "effort", "mark")


@dataclass(frozen=True)
class Plan:
    """What is drawn.

    Attributes:
        seed: of all draws.
        device: on which critics learn.
        weights: names or files of the networks whose answers are kept, too.
        minutes: after which no part is begun.
    """

    seed: int
    device: str
    weights: tuple[str, ...]
    minutes: float


def draw(seed: int, index: int) -> Batch:
    """The datasets of a part: of `general` with more rows, or of the published laws."""
    randomness = source(stream(seed, "train", index))
    rows = (LEAST_ROWS, MOST_ROWS)
    if randomness.rng.random() < PUBLISHED:
        return _without_repeats(Paper(PAPER_TRAIN, rows).draw(PART, randomness))
    laws = replace(General(), rows=rows, cells=CELLS, published=0.0)
    return _without_repeats(laws.draw(PART, randomness))


def _without_repeats(batch: Batch) -> Batch:
    """The datasets without copies of rows, which `refine` takes out before it looks."""
    pairs = zip(batch.x, batch.y, strict=True)
    whole = [len(without_copies(x, y)[0]) == batch.x.shape[1] for x, y in pairs]
    return batch.chosen([place for place, fine in enumerate(whole) if fine])


def collect(folder: Path, plan: Plan, parts: int, workers: int) -> int:
    """Write the parts that are not there yet; the number of those there are at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    todo = [k for k in range(parts) if not part_path(folder, k).exists()]
    until = time.time() + 60 * plan.minutes
    context = multiprocessing.get_context("spawn")
    work = [(folder, plan, todo[w::workers], until) for w in range(workers)]
    processes = [context.Process(target=_write, args=each, daemon=True) for each in work]
    with quiet_children():
        for process in processes:
            process.start()
    for process in processes:
        process.join()
    return len(list(folder.glob("part-*.npz")))


def part_path(folder: Path, index: int) -> Path:
    """Where part `index` lies."""
    return folder / f"part-{index:06d}.npz"


def _write(folder: Path, plan: Plan, todo: list[int], until: float) -> None:
    torch.set_num_threads(1)
    estimators = [MISTEstimator.load(name, "cpu") for name in plan.weights]
    for index in todo:
        if time.time() > until:
            return
        batch = draw(plan.seed, index)
        if not len(batch.families):
            continue
        effort = EFFORTS[index % len(EFFORTS)]
        try:
            found = evidence_of(batch, plan.seed + index, effort, plan.device)
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
            continue
        none = np.zeros((len(found), 0, 2 + len(LEVELS)), np.float32)
        told = [answers_to(batch, each)[:, None] for each in estimators]
        answers = np.concatenate([none, *told], 1)
        _save(part_path(folder, index), index, batch, effort, found, answers)


def evidence_of(batch: Batch, seed: int, effort: float, device: str) -> np.ndarray:
    """(B, F) the evidence on each dataset."""
    x, y = (side.to(device) for side in (batch.x, batch.y))
    return gather(x, y, effort * SECONDS, seed, lambda share: True).numbers.cpu().numpy()


def answers_to(batch: Batch, estimator: MISTEstimator) -> np.ndarray:
    """(B, 2 + L): mean, in_family and quantiles of the network alone."""
    pairs = zip(batch.x.double(), batch.y.double(), strict=True)
    posteriors = [estimator.posterior(x, y) for x, y in pairs]
    return np.array([[p.mean, p.in_family, *p.quantiles] for p in posteriors], np.float32)


def _save(path: Path, index: int, batch: Batch, effort: float, found, answers) -> None:
    told = {
        "evidence": found.astype(np.float32),
        "answers": answers,
        "truth": batch.mutual_information.numpy().astype(np.float32),
        "family": np.array(batch.families),
        "part": np.full(len(found), index, np.int32),
        "effort": np.full(len(found), effort, np.float32),
        "mark": mark(batch),
    }
    beside = path.with_suffix(f".{os.getpid()}.part")
    with beside.open("wb") as file:
        np.savez(file, **told)
    os.replace(beside, path)


def read_arrays(path: Path, names: Iterable[str]) -> dict[str, np.ndarray]:
    """The arrays of an .npz file.

    Raises:
        JobError: it is none, is damaged, or lacks one of `names`.
    """
    try:
        with opened(path) as file, np.load(file) as arrays:
            told = dict(arrays)
    except (OSError, EOFError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise JobError(f"{path}: expected an .npz file of draws ({error}).") from error
    if missing := sorted({*names} - {*told}):
        raise JobError(f"{path} lacks {', '.join(missing)}: draw it anew.")
    return told


def mark(batch: Batch) -> np.ndarray:
    """(B,) a number that tells whether a part is drawn again as it was: its first rows' sum."""
    sums = [side[:, :16].double().clamp(-50, 50).sum((1, 2)) for side in (batch.x, batch.y)]
    return (sums[0] + 2 * sums[1]).float().numpy()


def pack(folder: Path, out: Path, plan: Plan) -> int:
    """All parts of a folder as one file; the number of datasets.

    Raises:
        JobError: the folder holds no part.
    """
    paths = sorted(folder.glob("part-*.npz"))
    if not paths:
        raise JobError(f"{folder} holds no draws yet: run it for more minutes.")
    parts = [read_arrays(path, _TOLD) for path in paths]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    about = {"seed": plan.seed, "weights": plan.weights, "numbers": NUMBERS, "part": PART}
    np.savez_compressed(out, about=json.dumps(about), **joined)
    return len(joined["truth"])


def add_answers(
    stored: Path, weights: tuple[str, ...], folder: Path, workers: int, parts: int, out: Path
) -> int:
    """Stored draws with the answers of more networks, which are asked about the same datasets.

    Draws that this machine does not draw again as they were are left out.

    Returns:
        How many draws were kept.
    """
    told = read_arrays(stored, ("about", *_TOLD))
    about = json.loads(str(told.pop("about")))
    indices = np.unique(told["part"])[:parts].tolist()
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [(folder, about["seed"], index, weights) for index in indices]
    with quiet_children():
        pool = multiprocessing.get_context("spawn").Pool(workers)
    with pool:
        for _ in pool.imap_unordered(_answer_part, tasks):
            pass
    paths = [_answers_path(folder, index, weights) for index in indices]
    answered = [read_arrays(path, ("mark", "answers")) for path in paths]
    rows, more = [], []
    for index, answers in zip(indices, answered, strict=True):
        of_part = np.flatnonzero(told["part"] == index)
        same = len(of_part) == len(answers["mark"]) and np.allclose(
            answers["mark"], told["mark"][of_part], rtol=1e-3, atol=1e-2
        )
        if same:
            rows.append(of_part)
            more.append(answers["answers"])
    rows = np.concatenate(rows)
    joined = {name: values[rows] for name, values in told.items()}
    joined["answers"] = np.concatenate([joined["answers"], np.concatenate(more)], 1)
    about["weights"] = [*about["weights"], *weights]
    np.savez_compressed(out, about=json.dumps(about), **joined)
    return len(rows)


def _answers_path(folder: Path, index: int, weights: tuple[str, ...]) -> Path:
    return folder / f"answers-{'-'.join(Path(name).stem for name in weights)}-{index:06d}.npz"


@functools.cache
def _estimator(name: str) -> MISTEstimator:
    torch.set_num_threads(1)
    return MISTEstimator.load(name, "cpu")


def _answer_part(task: tuple[Path, int, int, tuple[str, ...]]) -> None:
    folder, seed, index, weights = task
    path = _answers_path(folder, index, weights)
    if path.exists():
        return
    batch = draw(seed, index)
    answers = np.stack([answers_to(batch, _estimator(name)) for name in weights], 1)
    beside = path.with_suffix(f".{os.getpid()}.part")
    with beside.open("wb") as file:
        np.savez(file, answers=answers, mark=mark(batch))
    os.replace(beside, path)
