"""Which inputs earn their cost: networks that differ in them alone, trained equally long.

All read the same datasets, drawn once: their statistics, and tokens of each design for the set
encoder. Three blocks are in none of the training laws; errors on them show what a variant makes of
laws it has never seen. bmi's tasks take no part.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from mist_core import summaries
from mist_core.composed import to_text
from mist_core.general import General
from mist_core.general_blocks import BLOCKS
from mist_core.model import MIST, TOKENS, MISTConfig
from mist_core.scoring import validation_scores
from mist_core.shards import (
    TRUTH,
    VALIDATION_DRAW,
    Recipe,
    claim,
    read_labelled,
    shard_path,
    validation_path,
    write_labelled,
)

HELD_OUT = ("copula", "product", "ring")
TRAINED = General(blocks=tuple(name for name in BLOCKS if name not in HELD_OUT))
NEW = General(blocks=HELD_OUT, published=0.0)
META = to_text(TRAINED)
HELD_OUT_DATASETS = 4096
SHARD = 2048
# Of the statistics alone; the encoder is as in `MISTConfig`.
PLAIN = MISTConfig(encoder_dim=0, dropout=0.05)
STATISTICS = "statistics"

_RAW = tuple(name for name in summaries.BLOCKS if "raw" in name)
_CANONICAL = ("grids", "random-features", "neighbours", "neighbours-raw")
GROUPS: dict[str, tuple[str, ...]] = {
    "radial": ("radial-scores", "radial-raw"),
    "squares": ("squares",),
    "twists": ("twists",),
    "cosines": ("cosines",),
    "grids": ("grids",),
    "random features": ("random-features",),
    "neighbours": ("neighbours", "neighbours-raw"),
    "spatial signs": tuple(name for name in summaries.BLOCKS if "signs" in name),
    "pairs of columns": tuple(name for name in summaries.BLOCKS if name.startswith("pairs")),
    "classes and repeats": summaries.CLASS_BLOCKS,
}


def variants() -> dict[str, MISTConfig]:
    """Networks by name: all statistics, parts of them, the encoder, and both."""
    without = {f"without {name}": _without(blocks) for name, blocks in GROUPS.items()}
    encoder = MISTConfig(dropout=PLAIN.dropout)
    alone = replace(encoder, blocks=("sizes",))
    return {
        "all statistics": PLAIN,
        "normal scores only": _without(_RAW),
        "raw frame only": replace(PLAIN, blocks=("sizes", *_RAW)),
        "without canonical coordinates": _without(_CANONICAL),
        **without,
        **{f"encoder only, {name} tokens": replace(alone, tokens=name) for name in TOKENS},
        **{f"statistics and encoder, {name}": replace(encoder, tokens=name) for name in TOKENS},
    }


def _without(blocks: tuple[str, ...]) -> MISTConfig:
    return replace(PLAIN, blocks=tuple(b for b in summaries.BLOCKS if b not in blocks))


@dataclass(frozen=True)
class Draws:
    """Folders of one run: statistics in one, tokens of each design in the others, row by row.

    Attributes:
        folder: holds them all.
        seed: of the draws.
        count: shards of training data.
    """

    folder: Path
    seed: int
    count: int

    def parts(self) -> dict[str, MISTConfig]:
        """What is drawn, by name."""
        alone = MISTConfig(blocks=("sizes",))
        return {STATISTICS: PLAIN} | {name: replace(alone, tokens=name) for name in TOKENS}

    def recipe(self, part: str, meta: General = TRAINED, size: int = SHARD) -> Recipe:
        """Of one part; the datasets behind all parts are the same."""
        draw = {} if meta is TRAINED else {"one_shape": VALIDATION_DRAW}
        return Recipe(MIST(self.parts()[part]), meta, self.seed, size, **draw)

    def held_out(self, part: str) -> Path:
        """Where draws of the blocks held out are kept."""
        return self.folder / part / "held-out.safetensors"

    def draw_rest(self, part: str) -> None:
        """Write validation draws and those of the blocks held out, where they are missing."""
        claim(self.folder / part, self.recipe(part))
        self.recipe(part).validation(self.folder / part)
        if not self.held_out(part).exists():
            new = self.recipe(part, NEW, HELD_OUT_DATASETS)
            write_labelled(self.held_out(part), *new.labelled(0, "validation"))

    def files(self, part: str) -> Iterator[Path]:
        """The training shards, the validation draws and those of the blocks held out."""
        yield from (shard_path(self.folder / part, index) for index in range(self.count))
        yield validation_path(self.folder / part)
        yield self.held_out(part)

    def write_for(self, config: MISTConfig, target: Path) -> None:
        """Write what a variant reads into a run folder of its own."""
        target.mkdir(parents=True, exist_ok=True)
        chosen = _columns(config.blocks)
        tokens = self.files(config.tokens) if config.encoder_dim else self.files(STATISTICS)
        for path, beside in zip(self.files(STATISTICS), tokens, strict=True):
            tensors, families = read_labelled(path)
            inputs = read_labelled(beside)[0] if config.encoder_dim else {}
            assert not inputs or torch.equal(inputs[TRUTH], tensors[TRUTH])
            inputs |= {"features": tensors["features"][:, chosen], TRUTH: tensors[TRUTH]}
            write_labelled(target / path.name, inputs, families)


def _columns(blocks: tuple[str, ...]) -> Tensor:
    """Places of the statistics of some blocks among those of all."""
    widths = {name: summaries.count((name,)) for name in summaries.BLOCKS}
    start, places = 0, {}
    for name, width in widths.items():
        places[name] = torch.arange(start, start + width)
        start += width
    return torch.cat([places[name] for name in blocks])


@torch.no_grad()
def judged(network: MIST, folder: Path) -> dict[str, float]:
    """Scores on validation draws, and on those of the blocks held out ("new_...")."""
    row = {}
    for prefix, name in (("", "validation"), ("new_", "held-out")):
        inputs, _ = read_labelled(folder / f"{name}.safetensors")
        parts = []
        for start in range(0, len(inputs[TRUTH]), 512):
            part = {key: tensor[start : start + 512] for key, tensor in inputs.items()}
            parts.append(validation_scores(network.eval()(part), part[TRUTH]))
        for score in ("loss", "wis", "mae", "coverage_90"):
            row[prefix + score] = sum(part[score] for part in parts) / len(parts)
    return row
