"""A small network that names the kinds of laws in a dataset: where it knows none, the law is new.

It learns beside the main network from the same statistics. Which kinds a dataset is made of is a
question about its law, so what it learns to look at is what tells laws apart, not what tells ten
rows from a thousand or three columns from thirty, as distances between statistics do. Beside them
it sees `strangers`, which hold no kind at all, and so learns where the kinds end. Two signs of
a law that is new come from it: little evidence for every kind (the free energy of Liu et al., 2020,
arXiv 2010.03759), and a long way to the nearest known datasets in its last layer (Sun et al., 2022,
arXiv 2204.06507). Letters: B datasets, F statistics, C kinds.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from mist_core.familiarity import RanksByRows
from mist_core.general import INDEPENDENCE, blocks_of
from mist_core.general_blocks import BLOCKS
from mist_core.witnesses import Residual

# What a dataset may hold: blocks of `general`, no dependence, or something that has no name here.
OTHER = "other"
KINDS = (*BLOCKS, INDEPENDENCE, OTHER)
# Statistics of datasets that hold none of them, in a batch to learn from; see `strangers`.
STRANGE = "strange"
WIDTH, LAYERS, EMBEDDED = 384, 2, 128
DROPOUT = 0.1
# Known datasets that stand for all, and which of the nearest of them counts.
REFERENCES, NEAREST = 3000, 3
# Keeps the logarithm of the lowest rank finite.
LEAST_RANK = 0.005
# How much evidence and nearness count; chosen on families left out.
WEIGHTS = (2.0, 1.0)


def held(families: Sequence[str], kinds: tuple[str, ...]) -> Tensor:
    """(B, C) which kinds are in each dataset, 0 or 1.

    Args:
        families: of B datasets, as batches have them.
        kinds: names, "other" the last; or none.
    """
    table = torch.zeros(len(families), len(kinds), dtype=torch.uint8)
    if kinds:
        places = [
            [kinds.index(name if name in kinds else OTHER) for name in blocks_of(family)]
            for family in families
        ]
        for row, place in zip(table, places, strict=True):
            row[place] = 1
    return table


class Recogniser(nn.Module):
    """Evidence for each kind, and how familiar a dataset is by it.

    Args:
        num_features: F.
        num_kinds: C.
    """

    def __init__(self, num_features: int, num_kinds: int) -> None:
        super().__init__()
        self.embed = nn.Linear(num_features, WIDTH)
        self.blocks = nn.ModuleList(Residual(WIDTH, DROPOUT) for _ in range(LAYERS))
        self.last = nn.Linear(WIDTH, EMBEDDED)
        self.kinds = nn.Linear(EMBEDDED, num_kinds)
        self.register_buffer("center", torch.zeros(EMBEDDED))
        self.register_buffer("references", torch.zeros(REFERENCES, EMBEDDED))
        self.evidence, self.nearness, self.both = (RanksByRows() for _ in range(3))

    def forward(self, standardised: Tensor) -> Tensor:
        """(B, C) log odds of each kind, from standardised statistics (B, F)."""
        return self.kinds(self._embedded(standardised))

    def familiarity(self, standardised: Tensor) -> Tensor:
        """(B,) scores in [0, 1], uniform for data of the training laws.

        Args:
            standardised: (B, F) statistics, of which the first grows with the rows.
        """
        rows = standardised[:, 0]
        return self.both.share_below(rows, self._combined(rows, standardised))

    def fit(self, standardised: Tensor) -> None:
        """Keep references from standardised statistics (N, F) it has learned from."""
        embedded = self._embedded(standardised)
        self.center.copy_(embedded.mean(0))
        # Datasets come in random order; of too few some stand twice.
        some = torch.arange(REFERENCES, device=embedded.device) % len(embedded)
        self.references.copy_(functional.normalize(embedded[some] - self.center, dim=-1))

    def rank(self, standardised: Tensor) -> None:
        """Fit the ranks to fresh datasets (N, F): it is surer of those it has learned from."""
        rows = standardised[:, 0]
        evidence, nearness = self._signs(standardised)
        self.evidence.fit_ranks(rows, evidence)
        self.nearness.fit_ranks(rows, nearness)
        self.both.fit_ranks(rows, self._combined(rows, standardised))

    def _embedded(self, standardised: Tensor) -> Tensor:
        hidden = self.embed(standardised)
        for block in self.blocks:
            hidden = block(hidden)
        return functional.silu(self.last(hidden))

    def _signs(self, standardised: Tensor) -> tuple[Tensor, Tensor]:
        """(B,) each: evidence for any kind, and the cosine to the near references."""
        embedded = self._embedded(standardised)
        evidence = functional.softplus(self.kinds(embedded)).sum(-1)
        directions = functional.normalize(embedded - self.center, dim=-1)
        nearest = (directions @ self.references.T).topk(NEAREST).values
        return evidence, nearest[:, -1].contiguous()

    def _combined(self, rows: Tensor, standardised: Tensor) -> Tensor:
        """(B,) weighted sum of the logarithms of both ranks, after Fisher (1932)."""
        signs, ranks = self._signs(standardised), (self.evidence, self.nearness)
        shares = [r.share_below(rows, sign) for r, sign in zip(ranks, signs, strict=True)]
        return sum(w * (s + LEAST_RANK).log() for w, s in zip(WEIGHTS, shares, strict=True))


def recognition_loss(log_odds: Tensor | None, known: Tensor) -> Tensor:
    """Scalar: mean binary cross-entropy; 0 where there is no recogniser.

    Args:
        log_odds: (B + S, C) of a network that learns; of S strange datasets at the end.
        known: (B, C) of `held`; strange datasets hold nothing that has a name.
    """
    if log_odds is None:
        return torch.zeros((), device=known.device)
    known = functional.pad(known.float(), (0, 0, 0, len(log_odds) - len(known)))
    return functional.binary_cross_entropy_with_logits(log_odds.float(), known)
