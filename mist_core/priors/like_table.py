"""The meta-distribution "like my table": laws of known information between fitted sides.

Its text names the fitted sides by the digest of their file, see `mist_core.priors.sides`.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch

from mist_core.distributions.numerics.randomness import Source
from mist_core.errors import ParameterError, WeightsError
from mist_core.paths import home
from mist_core.priors.batch import Batch, Composition, MetaDistribution, concatenate, draw_law
from mist_core.priors.sides import FITTED, HELD_OUT, MEMBERS, are_whole, load_sides
from mist_core.priors.synthesis.random_latent import Port, random_standard_law
from mist_core.priors.synthesis.synthesizer import Side

# Laws that share a recipe, as in the `general` meta-distribution.
GROUP = 8
COMPOSITION = Composition.of("like the table")


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
        """Whether the sides are in the data folder, undamaged."""
        return are_whole(self.sides, home().absolute())

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
            found = load_sides(self.sides, home().absolute())
        except WeightsError as error:
            raise ParameterError(f"The table this was fitted to is not at hand: {error}") from error
        return found[f"{which}-{member}-x"], found[f"{which}-{member}-y"]
