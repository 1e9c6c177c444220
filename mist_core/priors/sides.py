"""Fitted sides of tables, each set in one strict safetensors file under the data folder.

A file is named after its own SHA-256, so that a meta-distribution's text names exactly what it was
drawn from and no path.
"""

import functools
import re
from dataclasses import asdict
from functools import partial
from pathlib import Path

import torch

from mist_core.checkpoint import load_checkpoint, packed, sha256
from mist_core.errors import MISTError, WeightsError
from mist_core.files import Flaw, set_aside, storing, write_whole
from mist_core.paths import home
from mist_core.priors.synthesis.synthesizer import Side, SideConfig

MOST_BYTES = 32_000_000
MOST_COLUMNS, MOST_KNOTS, MOST_LEVELS = 64, 64, 64
FITTED, HELD_OUT = "fitted", "held-out"
# Fits to different parts of the rows: a network trained on one of them would learn its whims.
MEMBERS = {FITTED: 4, HELD_OUT: 1}
PLACES = tuple(
    f"{w}-{k}-{side}" for w, count in MEMBERS.items() for k in range(count) for side in "xy"
)
_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_digest(text: object) -> bool:
    """Whether it is a SHA-256 in hexadecimal: nothing else becomes part of a path."""
    return isinstance(text, str) and bool(_DIGEST.fullmatch(text))


def save_sides(sides: dict[str, Side]) -> str:
    """Write the sides of all `PLACES` into the data folder; returns the file's digest, its name.

    Raises:
        StorageError: the folder cannot be written.
    """
    folder = home().absolute()
    tensors = {
        f"{place}/{name}": tensor
        for place in PLACES
        for name, tensor in sides[place].state_dict().items()
    }
    card = {"sides": {place: asdict(sides[place].config) for place in PLACES}}
    content = packed(folder / "sides", tensors, card)
    digest = sha256(content)
    with storing(folder / "sides"):
        (folder / "sides").mkdir(parents=True, exist_ok=True)
        write_whole(_path(digest, folder), content)
    return digest


def are_whole(digest: str, folder: Path) -> bool:
    """Whether the file of that name is there, and holds what its name stands for."""
    return is_digest(digest) and _fault(_path(digest, folder)) is None


def flaws() -> list[Flaw]:
    """Files of sides that cannot be used: the tables they are of can be fitted again."""
    folder = home().absolute()
    return [
        Flaw(
            f"The fitted table {path.name[:12]}… cannot be used: {fault}",
            {"Set it aside": partial(set_aside, path, folder)},
        )
        for path in sorted((folder / "sides").glob("*.safetensors"))
        if (fault := _fault(path))
    ]


def _fault(path: Path) -> str | None:
    """Why a file of sides cannot be used; looked up again only when the file has changed."""
    try:
        stat = path.stat()
    except OSError as error:
        return f"{error.strerror}."
    return _fault_of(path, (stat.st_mtime_ns, stat.st_size, stat.st_ino))


@functools.lru_cache(maxsize=256)
def _fault_of(path: Path, stamp: tuple[int, ...]) -> str | None:
    try:
        _read_sides(path.stem, path.parents[1])
    except (MISTError, OSError) as error:
        return str(error)
    return None


@functools.lru_cache(maxsize=8)
def load_sides(digest: str, folder: Path) -> dict[str, Side]:
    """The sides of a file written by `save_sides`.

    Args:
        digest: SHA-256 of the file.
        folder: the data folder.

    Raises:
        WeightsError: there is no such file, or it is not what its name says, or not of sides.
    """
    return _read_sides(digest, folder)


def _read_sides(digest: str, folder: Path) -> dict[str, Side]:
    if not is_digest(digest):
        raise WeightsError("sides: expected a SHA-256 of 64 hexadecimal digits.")
    path = _path(digest, folder)
    if path.exists() and path.stat().st_size > MOST_BYTES:
        raise WeightsError(f"{path.name}: expected at most {MOST_BYTES} bytes.")
    checkpoint = load_checkpoint(path)
    if checkpoint.sha256 != digest:
        raise WeightsError(f"{path.name}: the contents are not those the name stands for.")
    configs = checkpoint.card.get("sides")
    if not isinstance(configs, dict) or set(configs) != set(PLACES):
        raise WeightsError(f"{path.name}: expected the sides of a table, got something else.")
    return {place: _build(configs[place], _below(checkpoint.tensors, place)) for place in PLACES}


def _path(digest: str, folder: Path) -> Path:
    return folder / "sides" / f"{digest}.safetensors"


def _below(tensors: dict[str, torch.Tensor], place: str) -> dict[str, torch.Tensor]:
    start = place + "/"
    return {k.removeprefix(start): t for k, t in tensors.items() if k.startswith(start)}


def _build(config: dict, tensors: dict[str, torch.Tensor]) -> Side:
    try:
        shape = SideConfig(**{name: tuple(values) for name, values in config.items()})
        _require_small(shape)
        with torch.random.fork_rng(devices=[]):  # the first weights are thrown away
            side = Side(shape)
        side.load_state_dict(tensors, strict=True)
    except (AttributeError, TypeError, ValueError, RuntimeError) as error:
        raise WeightsError(
            f"sides: the tensors do not fit the shape they claim ({error})."
        ) from error
    return side.eval().requires_grad_(False)


def _require_small(shape: SideConfig) -> None:
    """Before anything is allocated: a file may claim any size."""
    counts = [(shape.knots, MOST_KNOTS), (shape.levels, MOST_LEVELS)]
    for numbers, most in counts:
        if not all(isinstance(k, int) and 2 <= k <= most for k in numbers):
            raise ValueError(f"expected whole numbers from 2 to {most}")
    columns = len(shape.knots) + len(shape.levels)
    if not 1 <= columns <= MOST_COLUMNS or len(shape.classes) != len(shape.levels):
        raise ValueError(f"expected 1 to {MOST_COLUMNS} columns")
