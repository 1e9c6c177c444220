"""The meta-distribution "like my table": laws of known information between fitted sides.

The sides travel in one strict safetensors file under the data folder, named after its own SHA-256,
so that a meta-distribution's text names exactly what it was drawn from and no path.
"""

import functools
import math
import os
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch

from mist_core.checkpoint import load_checkpoint, save_checkpoint
from mist_core.distributions.numerics.randomness import Source
from mist_core.errors import ParameterError, WeightsError
from mist_core.paths import home
from mist_core.priors.batch import Batch, Composition, MetaDistribution, concatenate, draw_law
from mist_core.priors.synthesis.random_latent import Port, random_standard_law
from mist_core.priors.synthesis.synthesizer import Side, SideConfig

# Laws that share a recipe, as in the `general` meta-distribution.
GROUP = 8
COMPOSITION = Composition.of("like the table")
MOST_BYTES = 32_000_000
MOST_COLUMNS, MOST_KNOTS, MOST_LEVELS = 64, 64, 64
FITTED, HELD_OUT = "fitted", "held-out"
# Fits to different parts of the rows: a network trained on one of them would learn its whims.
MEMBERS = {FITTED: 4, HELD_OUT: 1}
PLACES = tuple(
    f"{w}-{k}-{side}" for w, count in MEMBERS.items() for k in range(count) for side in "xy"
)
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class LikeTable(MetaDistribution):
    """Datasets whose sides look like those of a table, with known mutual information.

    Attributes:
        sides: SHA-256 of the file that holds the fitted sides.
        rows: inclusive range of n, log-uniform.
        held_out: whether to draw from the sides fitted to the rows that were held out.
    """

    sides: str
    rows: tuple[int, int]
    held_out: bool = False

    @torch.no_grad()
    def draw(self, count: int, source: Source) -> Batch:
        n = round(math.exp(source.rng.uniform(*np.log(self.rows))))
        pair = self.pair(int(source.rng.integers(self.members)))
        carriers = [int(source.rng.integers(max(1, len(side.config.levels)))) for side in pair]
        ports = [Port(s.dim, s.edges(c)) for s, c in zip(pair, carriers, strict=True)]
        groups = [GROUP] * (count // GROUP) + [count % GROUP] * (count % GROUP > 0)
        drawn = [
            draw_law(random_standard_law(*ports, size, source), n, source, (COMPOSITION,) * size)
            for size in groups
        ]
        batch = concatenate(drawn)
        x, y = (  # all groups at once: a flow of few rows takes as long as one of many
            side.push(u, carrier, generator=source.generator)
            for side, u, carrier in zip(pair, (batch.x, batch.y), carriers, strict=True)
        )
        return replace(batch, x=x, y=y)

    def at_hand(self) -> bool:
        """Whether the sides are in the data folder."""
        return _path(self.sides, home().resolve()).exists()

    @property
    def members(self) -> int:
        """How many fits there are to draw from, all equally likely."""
        return MEMBERS[HELD_OUT if self.held_out else FITTED]

    def pair(self, member: int) -> tuple[Side, Side]:
        """The sides X and Y of one fit.

        Raises:
            ParameterError: their file is not in the data folder any more.
        """
        which = HELD_OUT if self.held_out else FITTED
        try:
            found = load_sides(self.sides, home().resolve())
        except WeightsError as error:
            raise ParameterError(f"The table this was fitted to is not at hand: {error}") from error
        return found[f"{which}-{member}-x"], found[f"{which}-{member}-y"]


def is_digest(text: object) -> bool:
    """Whether it is a SHA-256 in hexadecimal: nothing else becomes part of a path."""
    return isinstance(text, str) and bool(_DIGEST.fullmatch(text))


def save_sides(sides: dict[str, Side]) -> str:
    """Write the sides of all `PLACES` into the data folder; returns the file's digest, its name."""
    folder = home().resolve() / "sides"
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        f"{place}/{name}": tensor
        for place in PLACES
        for name, tensor in sides[place].state_dict().items()
    }
    beside = folder / f"new-{os.getpid()}.safetensors"
    save_checkpoint(beside, tensors, {"sides": {p: asdict(sides[p].config) for p in PLACES}})
    digest = load_checkpoint(beside).sha256
    os.replace(beside, folder / f"{digest}.safetensors")
    return digest


@functools.lru_cache(maxsize=8)
def load_sides(digest: str, folder: Path) -> dict[str, Side]:
    """The sides of a file written by `save_sides`.

    Args:
        digest: SHA-256 of the file.
        folder: the data folder.

    Raises:
        WeightsError: there is no such file, or it is not what its name says, or not of sides.
    """
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
    except (TypeError, ValueError, RuntimeError) as error:
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
