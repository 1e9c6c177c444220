"""The network: invariant statistics and a set encoder in, a mean and a quantile function out.

Dimension letters: B datasets, F statistics, H hidden width, R rows and C = COORDINATES columns a
side seen by the encoder, E width of its tokens.
"""

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from mist_core.errors import WeightsError
from mist_core.networks import ensemble as witnesses
from mist_core.networks import recalibration as spread
from mist_core.networks.base import Network
from mist_core.networks.ensemble import Witness
from mist_core.networks.law_classifier import READERS, STRANGE, Recogniser
from mist_core.networks.layers import Residual
from mist_core.networks.novelty import AllFamiliar, FamiliarityByRows
from mist_core.networks.quantiles import MEDIAN, Prediction, QuantileHead
from mist_core.networks.set_encoder import SetEncoder, collate_tokens, tokens
from mist_core.statistics import summary
from mist_core.statistics.canonical import COORDINATES

# What the encoder sees of a row: canonical coordinates of the normal scores or of the raw frame, or
# the scores of the first columns as they are.
TOKENS: dict[str, Callable[[summary.Views], tuple[Tensor, Tensor]]] = {
    "canonical": lambda views: views.local,
    "canonical-raw": lambda views: views.local_raw,
    "columns": lambda views: tuple(side[..., :COORDINATES] for side in views.score_columns),
}
# Of the distance between statistics only the outermost 2 % count beside a recogniser.
FAR = 50.0


@dataclass(frozen=True)
class MISTConfig:
    """Shape of a `MIST` network.

    Attributes:
        blocks: names of the statistics it reads, of `summary.BLOCKS`.
        hidden_dim, num_layers: width and residual blocks of the trunk.
        dropout: share of the trunk's hidden units dropped in training.
        encoder_dim: token width of the set encoder; 0 leaves it out.
        encoder_rows: rows the encoder sees, at most.
        tokens: which columns it sees, a name of `TOKENS`.
        raw_rows: the statistics of the raw frame are hidden from datasets of more rows; None: from
            none. Under laws of few marginals they tell the law by its marginals, which with few
            rows is worth having and with many misleads as soon as a marginal is new.
        witnesses: networks beside the main one; see `mist_core.networks.ensemble`.
        companions: networks as large as the main one that read all statistics, too, and have as
            much weight; of another training, so that what one of them alone believes counts less.
        kinds: names of the laws that a recogniser learns to tell, see `networks.law_classifier`;
            none leave `in_family` to the distance between statistics.
        closeness: weight in `in_family` of the place among known datasets, beside 1 of evidence.
    """

    blocks: tuple[str, ...] = summary.PRESENT_BLOCKS
    hidden_dim: int = 512
    num_layers: int = 4
    dropout: float = 0.1
    encoder_dim: int = 32
    encoder_rows: int = 128
    tokens: str = "canonical"
    raw_rows: int | None = None
    witnesses: int = 0
    companions: int = 0
    kinds: tuple[str, ...] = ()
    closeness: float = 1.0
    architecture: str = "mist"


class MIST(Network):
    """Statistics and set encoder, fused by a residual trunk, under a quantile head."""

    def __init__(self, config: MISTConfig = MISTConfig()) -> None:
        super().__init__()
        if config.tokens not in TOKENS:
            raise WeightsError(f"tokens: expected one of {', '.join(TOKENS)}.")
        if config.blocks[0] not in summary.FIRST_BLOCKS:
            raise WeightsError("Expected the statistics 'sizes' before all others.")
        self.config = config
        num_features = summary.count(config.blocks)
        self.register_buffer("feature_mean", torch.zeros(num_features))
        self.register_buffer("feature_scale", torch.ones(num_features))
        # Coefficients of `recalibration`, fitted after training: 0 leave quantiles as they are.
        self.register_buffer("spread", torch.zeros(spread.ROWS, spread.NUM_FEATURES))
        self.register_buffer("is_raw", _is_raw(config.blocks), persistent=False)
        self.familiarity = FamiliarityByRows(num_features)
        self.embed = nn.Linear(num_features, config.hidden_dim)
        self.blocks = nn.ModuleList(
            Residual(config.hidden_dim, config.dropout) for _ in range(config.num_layers)
        )
        estimates = summary.estimates(config.blocks)
        if config.raw_rows is not None:  # what is hidden from some datasets is no choice for them
            estimates = estimates[~self.is_raw[estimates]]
        self.register_buffer("estimates", estimates, persistent=False)
        self.head = QuantileHead(config.hidden_dim, len(estimates))
        self.witnesses = nn.ModuleList(self._witness(k) for k in range(config.witnesses))
        everything = torch.arange(num_features)
        self.companions = nn.ModuleList(
            Witness(everything, estimates, config.dropout, config.hidden_dim, config.num_layers)
            for _ in range(config.companions)
        )
        self.kinds = config.kinds
        if config.kinds:
            columns = [self._read_by(number) for number in range(READERS)]
            self.recogniser = Recogniser(columns, len(config.kinds), config.closeness)
        self.encoder, self._encoder_active = None, True
        if config.encoder_dim:
            self.encoder = SetEncoder(config.encoder_dim)
            self.fuse = nn.Linear(self.encoder.output_dim, config.hidden_dim)
            nn.init.zeros_(self.fuse.weight)  # training starts from the statistics alone
            nn.init.zeros_(self.fuse.bias)

    def prepare(self, x: Tensor, y: Tensor, *, soft: bool = False) -> dict[str, Tensor]:
        return self._read(x, y, soft=soft)

    def prepare_draws(self, x: Tensor, y: Tensor) -> dict[str, Tensor]:
        return self._read(x, y, hashed=False)

    def _read(self, x: Tensor, y: Tensor, **how: bool) -> dict[str, Tensor]:
        pieces = summary.pieces(x, y)
        return self.collate([self._read_piece(summary.views(*p, **how)) for p in pieces])

    def _read_piece(self, views: summary.Views) -> dict[str, Tensor]:
        inputs = {"features": summary.summarize(views, self.config.blocks)}
        if self.encoder is not None:
            seen = TOKENS[self.config.tokens](views)
            inputs |= tokens(*seen, rows=self.config.encoder_rows)
        return inputs

    def collate(self, parts: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        inputs = {"features": torch.cat([part["features"] for part in parts])}
        return inputs if self.encoder is None else inputs | collate_tokens(parts)

    def forward(self, inputs: dict[str, Tensor]) -> Prediction:
        if self.training:
            return self._answers(inputs)
        prediction = self._unstretched(inputs)
        return spread.stretched(prediction, _spread_features(inputs, prediction), self.spread)

    def _unstretched(self, inputs: dict[str, Tensor]) -> Prediction:
        """The answer as training left it, and how familiar the data are."""
        prediction, standardised = self._pooled(inputs), self._standardise(inputs["features"])
        in_family = self.familiarity(standardised)
        if self.kinds:
            median = prediction.log_quantiles[:, MEDIAN]
            known = self.recogniser.familiarity(standardised, median)
            in_family = torch.minimum(known, FAR * in_family)
        return replace(prediction, in_family=in_family)

    def _pooled(self, inputs: dict[str, Tensor]) -> Prediction:
        """The main network's answer, pooled with the witnesses'."""
        own = self._answers(inputs)
        if own.witnesses is None:
            return own
        quantiles = witnesses.pooled(own.log_quantiles, own.witnesses, len(self.companions))
        return Prediction(own.mean, quantiles)

    def _answers(self, inputs: dict[str, Tensor]) -> Prediction:
        """What the main network and each witness say."""
        features = inputs["features"]
        standardised = self._standardise(features)  # (B, F)
        hidden = self.embed(standardised)  # (B, H)
        if self.encoder is not None and self._encoder_active:
            hidden = hidden + self.fuse(self.encoder(inputs))  # (B, H)
        for block in self.blocks:
            hidden = block(hidden)  # (B, H)
        own = self.head(hidden, features[:, self.estimates])
        if self.training and self.kinds:
            seen = [standardised]
            if STRANGE in inputs:
                seen.append(self._standardise(inputs[STRANGE]))
            own = replace(own, kinds=self.recogniser(torch.cat(seen)))
        networks = (*self.companions, *self.witnesses)
        if not networks:
            return own
        beside = [network(standardised, features) for network in networks]
        means = [own.mean, *(answer.mean for answer in beside[: len(self.companions)])]
        return replace(
            own,
            mean=torch.stack(means).mean(0),
            witnesses=torch.stack([answer.log_quantiles for answer in beside], 1),
        )

    def use_encoder(self, due: bool) -> bool:
        self._encoder_active = due
        return due and self.encoder is not None

    def fit_inputs(self, inputs: dict[str, Tensor]) -> None:
        """Centre and scale the statistics; those that never vary in training are ignored."""
        features = inputs["features"].double()
        spread = features.std(0)
        self.feature_mean.copy_(features.mean(0))
        self.feature_scale.copy_(torch.where(spread > 1e-6, 1 / spread.clamp_min(1e-6), 0.0))

    def fit_family(self, inputs: dict[str, Tensor]) -> None:
        standardised = self._standardise(inputs["features"])
        self.familiarity.fit(standardised)
        if self.kinds:
            with torch.no_grad():
                self.recogniser.fit(standardised)

    def fit_fresh(self, inputs: dict[str, Tensor], truth: Tensor) -> None:
        with torch.no_grad():
            if self.kinds:
                median = self._pooled(inputs).log_quantiles[:, MEDIAN]
                self.recogniser.rank(self._standardise(inputs["features"]), median)
            prediction = self._unstretched(inputs)
        self.spread.copy_(spread.fit(prediction, _spread_features(inputs, prediction), truth))

    def forget_fresh(self) -> None:
        self.spread.zero_()

    def main_alone(self) -> "MIST":
        """A copy of the main network by itself, to which all data are as familiar as can be."""
        alone = copy.deepcopy(self)
        alone.witnesses, alone.companions = nn.ModuleList(), nn.ModuleList()
        alone.kinds, alone.familiarity = (), AllFamiliar()
        return alone

    def load_state_dict(self, state_dict: Mapping[str, Tensor], *how, **named):
        # Earlier versions kept no coefficients among the tensors.
        none = {"spread": torch.zeros_like(self.spread)}
        return super().load_state_dict(none | dict(state_dict), *how, **named)

    def _read_by(self, number: int) -> Tensor:
        """Places of the statistics that witness `number`, and so reader `number`, reads."""
        blocks = self.config.blocks
        return summary.places(witnesses.read_by(blocks, number), blocks)

    def _witness(self, number: int) -> Witness:
        """Witness `number`, which reads half of the statistics."""
        columns = self._read_by(number)
        estimates = self.estimates[torch.isin(self.estimates, columns)]
        return Witness(columns, estimates, self.config.dropout)

    def _standardise(self, features: Tensor) -> Tensor:
        """Statistics on the training scale, softly bounded by 8 spreads."""
        z = (features - self.feature_mean) * self.feature_scale
        z = z / (1 + (z / 8).square()).sqrt()
        if self.config.raw_rows is None:
            return z
        hidden = features[:, :1] > math.log(self.config.raw_rows + 0.5)  # ln n comes first
        return z.masked_fill(hidden & self.is_raw, 0.0)


def _spread_features(inputs: dict[str, Tensor], prediction: Prediction) -> Tensor:
    """(B, K) what the width of the quantiles is fitted to; see `networks.recalibration`."""
    sizes, median = inputs["features"][:, :3], prediction.log_quantiles[:, MEDIAN]
    return spread.features(sizes, prediction.in_family, median)


def _is_raw(blocks: tuple[str, ...]) -> Tensor:
    """(F,) which statistics are of the raw frame."""
    return torch.cat([torch.full((summary.count((b,)),), "raw" in b) for b in blocks])
