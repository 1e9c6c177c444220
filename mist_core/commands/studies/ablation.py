"""Which inputs earn their cost: networks that differ in them alone, trained for as many steps.

All read the same datasets, drawn once: their statistics, and tokens of each design for the set
encoder. Three blocks are in none of the training laws; errors on them show what a variant makes of
laws it has never seen. bmi's tasks take no part.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from mist_core.commands.progress_bar import Bar
from mist_core.networks.mist import MIST, TOKENS, MISTConfig
from mist_core.networks.scoring import validation_scores
from mist_core.networks.set_encoder import collate_tokens, tokens
from mist_core.priors.blocks import BLOCKS
from mist_core.priors.general import General
from mist_core.priors.spec import to_text
from mist_core.statistics import summary
from mist_core.training.claim import claim
from mist_core.training.shards import (
    TRUTH,
    Recipe,
    Writers,
    read_labelled,
    shard_path,
    write_labelled,
)

HELD_OUT = ("copula", "product", "ring")
TRAINED = General(blocks=tuple(name for name in BLOCKS if name not in HELD_OUT))
NEW = General(blocks=HELD_OUT, published=0.0)
META = to_text(TRAINED)
# Validation draws, and as many of the blocks held out.
JUDGED = 4096
SHARD = 2048
# Of the statistics alone; the encoder is as in `MISTConfig`.
PLAIN = MISTConfig(encoder_dim=0, dropout=0.05)

_ALL = summary.PRESENT_BLOCKS
_SIZES = _ALL[:1]
_RAW = tuple(name for name in _ALL if "raw" in name)
_CANONICAL = ("grids-2", "random-features-2", "neighbours-2", "neighbours-raw-2", "directions")
GROUPS: dict[str, tuple[str, ...]] = {
    "radial": ("radial-scores", "radial-raw"),
    "squares": ("squares",),
    "twists": ("twists",),
    "cosines": ("cosines",),
    "grids": ("grids-2",),
    "random features": ("random-features-2",),
    "neighbours": ("neighbours-2", "neighbours-raw-2"),
    "directions": ("directions",),
    "dimensions": ("dimensions",),
    "circles": ("circles-raw",),
    "spatial signs": tuple(name for name in _ALL if "signs" in name),
    "pairs of columns": tuple(name for name in _ALL if name.startswith("pairs")),
    "classes and repeats": summary.CLASS_BLOCKS,
}


def variants() -> dict[str, MISTConfig]:
    """Networks by name: all statistics, parts of them, the encoder, and both."""
    without = {f"without {name}": _without(blocks) for name, blocks in GROUPS.items()}
    encoder = MISTConfig(dropout=PLAIN.dropout)
    alone = replace(encoder, blocks=_SIZES)
    return {
        "all statistics": PLAIN,
        "normal scores only": _without(_RAW),
        "raw frame only": replace(PLAIN, blocks=(*_SIZES, *_RAW)),
        "without canonical coordinates": _without(_CANONICAL),
        **without,
        **{f"encoder only, {name} tokens": replace(alone, tokens=name) for name in TOKENS},
        **{f"statistics and encoder, {name}": replace(encoder, tokens=name) for name in TOKENS},
    }


def _without(blocks: tuple[str, ...]) -> MISTConfig:
    return replace(PLAIN, blocks=tuple(b for b in _ALL if b not in blocks))


class EveryInput(MIST):
    """Prepares what any variant may read: all statistics, and tokens of each design."""

    def _read_piece(self, views: summary.Views) -> dict[str, Tensor]:
        inputs = super()._read_piece(views)
        for design, seen in TOKENS.items():
            found = tokens(*seen(views), rows=MISTConfig.encoder_rows)
            inputs |= {_key(design, name): tensor for name, tensor in found.items()}
        return inputs

    def collate(self, parts: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        inputs = super().collate(parts)
        for design in TOKENS:
            found = collate_tokens([_tokens(part, design) for part in parts])
            inputs |= {_key(design, name): tensor for name, tensor in found.items()}
        return inputs


@dataclass(frozen=True)
class Draws:
    """The datasets of one ablation: those trained on, and those of the blocks held out.

    Attributes:
        folder: holds them all.
        seed: of the draws.
        count: shards of training data.
    """

    folder: Path
    seed: int
    count: int

    @property
    def held_out(self) -> Path:
        """Where draws of the blocks held out are kept."""
        return self.folder / "held-out"

    def draw(self, workers: int) -> None:
        """Write what is missing."""
        network, bar = EveryInput(PLAIN), Bar("draw", self.count)
        for folder, meta, count in ((self.folder, TRAINED, self.count), (self.held_out, NEW, 0)):
            recipe = Recipe(network, meta, self.seed, SHARD)
            claim(folder, recipe)
            writers = Writers(recipe, folder, workers, validation=JUDGED)
            try:
                for index in range(count):
                    writers.read(index)
                    bar(1)
                writers.validation()
            finally:
                writers.stop()

    def write_for(self, config: MISTConfig, target: Path) -> None:
        """Write what a variant reads into a run folder of its own."""
        target.mkdir(parents=True, exist_ok=True)
        shards = [shard_path(self.folder, index) for index in range(self.count)]
        for path in [*shards, *self.folder.glob("validation-*.safetensors")]:
            tensors, labels = read_labelled(path)
            write_labelled(target / path.name, inputs_of(config, tensors), labels)


def inputs_of(config: MISTConfig, drawn: dict[str, Tensor]) -> dict[str, Tensor]:
    """What a variant reads of draws for `EveryInput`, and their truths."""
    chosen = summary.places(config.blocks, PLAIN.blocks)
    inputs = {"features": drawn["features"][:, chosen], TRUTH: drawn[TRUTH]}
    return inputs | (_tokens(drawn, config.tokens) if config.encoder_dim else {})


def _key(design: str, name: str) -> str:
    return f"{design}: {name}"


def _tokens(inputs: dict[str, Tensor], design: str) -> dict[str, Tensor]:
    return {name: inputs[_key(design, name)] for name in ("values", "rows", "columns")}


@torch.no_grad()
def judged(network: MIST, draws: Draws) -> dict[str, float]:
    """Scores on validation draws, and on those of the blocks held out ("new_...")."""
    row = {}
    for prefix, folder in (("", draws.folder), ("new_", draws.held_out)):
        parts = []
        for path in sorted(folder.glob("validation-*.safetensors")):
            part = inputs_of(network.config, read_labelled(path)[0])
            parts.append(validation_scores(network.eval()(part), part[TRUTH]))
        for score in ("loss", "wis", "mae", "coverage_90"):
            row[prefix + score] = sum(part[score] for part in parts) / len(parts)
    return row
