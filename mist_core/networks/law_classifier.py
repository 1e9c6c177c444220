"""Readers that name the kinds of laws in a dataset: where they know none, the law is new.

They learn beside the main network from the same statistics, of which each reads about half. Which
kinds a dataset is made of is a question about its law, so what they learn to look at is what tells
laws apart, not what tells ten rows from a thousand or three columns from thirty, as distances
between statistics do. Beside them they see `strangers`, which hold no kind at all, and so learn
where the kinds end. Two signs of a law that is new come from them: little evidence for every kind
(the free energy of Liu et al., 2020, arXiv 2010.03759), where a kind needs the evidence of all
readers, as a new law may look like one kind to one and like another to the next; and a place
outside the clusters of known datasets in their last layers, by the distances to the nearest of them
and of these to their own neighbours (Breunig et al., 2000, "LOF"). A weak dependence is hard to
name whatever its law: evidence counts once beside that in datasets of as many rows, and once beside
that in those with as much information, too. Letters: B datasets, F statistics, C kinds, R readers.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from mist_core.networks.layers import Residual
from mist_core.networks.novelty import RanksAmongLike, RanksAmongTwiceLike

# Statistics of datasets that hold none of them, in a batch to learn from; see `strangers`.
STRANGE = "strange"
READERS, WIDTH, LAYERS, EMBEDDED = 4, 192, 2, 64
DROPOUT = 0.1
# Known datasets that stand for all, which of the nearest of them counts, and with how many of them
# the distance is compared.
REFERENCES, NEAREST, COMPARED = 3000, 3, 5
# Keeps the logarithm of the lowest rank finite.
LEAST_RANK = 0.005


class Reader(nn.Module):
    """Evidence for each kind from some of the statistics, and how close a dataset is to known ones.

    Args:
        columns: places of the statistics it reads.
        num_kinds: C.
    """

    def __init__(self, columns: Tensor, num_kinds: int) -> None:
        super().__init__()
        self.register_buffer("columns", columns, persistent=False)
        self.embed = nn.Linear(len(columns), WIDTH)
        self.blocks = nn.ModuleList(Residual(WIDTH, DROPOUT) for _ in range(LAYERS))
        self.last = nn.Linear(WIDTH, EMBEDDED)
        self.kinds = nn.Linear(EMBEDDED, num_kinds)
        self.register_buffer("center", torch.zeros(EMBEDDED))
        # Cosines need no more digits, and the file stays small.
        self.register_buffer("references", torch.zeros(REFERENCES, EMBEDDED, dtype=torch.float16))
        self.register_buffer("reach", torch.zeros(REFERENCES))

    def forward(self, standardised: Tensor) -> Tensor:
        """(B, C) log odds of each kind, from standardised statistics (B, F)."""
        return self.kinds(self._embedded(standardised))

    def signs(self, standardised: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C) log odds, and (B,) cosine to the near references, less the mean of theirs."""
        embedded = self._embedded(standardised)
        near = self._cosines(self._directions(embedded)).topk(COMPARED)
        return self.kinds(embedded), near.values[:, NEAREST - 1] - self.reach[near.indices].mean(-1)

    def fit(self, standardised: Tensor) -> None:
        """Keep references from standardised statistics (N, F) it has learned from."""
        embedded = self._embedded(standardised)
        self.center.copy_(embedded.mean(0))
        # Datasets come in random order; of too few some stand twice.
        some = torch.arange(REFERENCES, device=embedded.device) % len(embedded)
        directions = self._directions(embedded[some])
        self.references.copy_(directions)
        # The nearest of all is each itself.
        self.reach.copy_(self._cosines(directions).topk(NEAREST + 1).values[:, NEAREST])

    def _embedded(self, standardised: Tensor) -> Tensor:
        hidden = self.embed(standardised[:, self.columns])
        for block in self.blocks:
            hidden = block(hidden)
        return functional.silu(self.last(hidden))

    def _directions(self, embedded: Tensor) -> Tensor:
        return functional.normalize(embedded - self.center, dim=-1)

    def _cosines(self, directions: Tensor) -> Tensor:
        return directions @ self.references.to(directions).T


class Recogniser(nn.Module):
    """Evidence of all readers, and how familiar a dataset is by it.

    Args:
        columns: for each reader the places of the statistics it reads.
        num_kinds: C.
        closeness: weight of the place among known datasets, beside 1 of each rank of the evidence.
    """

    def __init__(self, columns: Sequence[Tensor], num_kinds: int, closeness: float = 1.0) -> None:
        super().__init__()
        self.weights = (1.0, 1.0, closeness)
        self.readers = nn.ModuleList(Reader(places, num_kinds) for places in columns)
        self.evidence, self.closeness, self.combined = (RanksAmongLike() for _ in range(3))
        self.evidence_of_as_much = RanksAmongTwiceLike()

    def forward(self, standardised: Tensor) -> Tensor:
        """(B, R, C) log odds of each kind, from standardised statistics (B, F)."""
        return torch.stack([reader(standardised) for reader in self.readers], 1)

    def familiarity(self, standardised: Tensor, answer: Tensor) -> Tensor:
        """(B,) scores in [0, 1], uniform for data of the training laws.

        Args:
            standardised: (B, F) statistics, of which the first grows with the rows.
            answer: (B,) that grows with the information found.
        """
        rows = standardised[:, 0]
        combined = self._combined(rows, answer, *self._signs(standardised))
        return self.combined.share_below(rows, combined)

    def fit(self, standardised: Tensor) -> None:
        """Keep references from standardised statistics (N, F) the readers have learned from."""
        for reader in self.readers:
            reader.fit(standardised)

    def rank(self, standardised: Tensor, answer: Tensor) -> None:
        """Fit the ranks to fresh datasets: it is surer of those it has learned from.

        Args:
            standardised, answer: of N datasets, as for `familiarity`.
        """
        rows, (evidence, closeness) = standardised[:, 0], self._signs(standardised)
        self.evidence.fit_ranks(rows, evidence)
        self.evidence_of_as_much.fit_ranks((rows, answer), evidence)
        self.closeness.fit_ranks(rows, closeness)
        self.combined.fit_ranks(rows, self._combined(rows, answer, evidence, closeness))

    def _signs(self, standardised: Tensor) -> tuple[Tensor, Tensor]:
        """(B,) each: evidence for any kind, and the mean closeness."""
        seen = [reader.signs(standardised) for reader in self.readers]
        log_odds, closeness = (torch.stack(parts).mean(0) for parts in zip(*seen, strict=True))
        return functional.softplus(log_odds).sum(-1), closeness

    def _combined(
        self, rows: Tensor, answer: Tensor, evidence: Tensor, closeness: Tensor
    ) -> Tensor:
        """(B,) weighted sum of the logarithms of three ranks, after Fisher (1932)."""
        shares = (
            self.evidence.share_below(rows, evidence),
            self.evidence_of_as_much.share_below((rows, answer), evidence),
            self.closeness.share_below(rows, closeness),
        )
        logs = ((share + LEAST_RANK).log() for share in shares)
        return sum(weight * log for weight, log in zip(self.weights, logs, strict=True))


def recognition_loss(log_odds: Tensor | None, known: Tensor) -> Tensor:
    """Scalar: mean binary cross-entropy; 0 where there is no recogniser.

    Args:
        log_odds: (B + S, R, C) of a network that learns; of S strange datasets at the end.
        known: (B, C) of `held`; strange datasets hold nothing that has a name.
    """
    if log_odds is None:
        return torch.zeros((), device=known.device)
    known = functional.pad(known.float(), (0, 0, 0, len(log_odds) - len(known))).unsqueeze(1)
    return functional.binary_cross_entropy_with_logits(log_odds.float(), known.expand_as(log_odds))
