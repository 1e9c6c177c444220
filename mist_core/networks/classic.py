"""The published architecture: a set transformer over rows, no statistics.

Gritsai et al., "MIST: Mutual Information Estimation via Supervised Training" (2025),
arXiv 2511.18945: each value becomes a token, attention along the columns of a row with learned
queries pools it to a fixed size, ISAB layers and PMA look across rows, and a perceptron that gets
the quantile level as an input answers. What differs here, and why:

- Columns are standardized (median and quartiles, then asinh against heavy tails, then mean 0 and
  variance 1), so that units do not matter.
- X and Y are padded apart and masked by their lengths: the network knows where X ends.
- Keys of the row attention are additive in place and value, so it is exact in a few matrix
  products (`RowAttention`) and trains on two CPU cores.
- The sizes n, dim_x, dim_y stand beside the pooled set: averages over rows do not show them.
- Quantiles are sorted: Chernozhukov et al., "Quantile and Probability Curves Without Crossing"
  (2010), `Prediction` keeps them from being negative.

Shapes: B datasets, n rows, C columns (those of X, then those of Y), H heads, S seeds a head,
D = embed_dim, L levels.
"""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from mist_core.errors import InputError
from mist_core.networks.attention import ISAB, PMA
from mist_core.networks.base import Network
from mist_core.networks.novelty import Familiarity
from mist_core.networks.quantiles import LEVELS, LOG_MAX, MEDIAN, Prediction
from mist_core.statistics.canonical import standardised
from mist_core.statistics.canonical_order import hash_order, pick_rows
from mist_core.statistics.marginals import Marginals, marginals

# Four times the longest published training set: larger samples are thinned, memory stays bounded.
MAX_ROWS = 2048
# Collated rows are padded to a multiple of this: one shape for all of the published sizes.
ROW_STEP = 512
# Datasets of similar length encoded together: few enough that hardly a row is padding.
CHUNK = 16


@dataclass(frozen=True)
class ClassicConfig:
    """Sizes of a `ClassicMIST`; `max_dim` is the most columns a side may have."""

    max_dim: int = 32
    token_dim: int = 32
    embed_dim: int = 64
    num_heads: int = 4
    num_seeds: int = 8
    num_inducing: int = 16
    num_layers: int = 2
    num_pooled: int = 4
    hidden_dim: int = 256
    architecture: str = "classic"


class ClassicMIST(Network):
    """MIST_QR as published, with the departures the module names."""

    def __init__(self, config: ClassicConfig = ClassicConfig()) -> None:
        super().__init__()
        self.config = config
        width, heads = config.embed_dim, config.num_heads
        self.attention = RowAttention(config)
        self.row = GatedLinear(self.attention.out_dim, width)
        self.layers = nn.ModuleList(
            ISAB(width, heads, config.num_inducing) for _ in range(config.num_layers)
        )
        self.pool = PMA(width, heads, config.num_pooled)
        self.norm = nn.LayerNorm(config.num_pooled * width)
        self.head = LevelHead(config.num_pooled * width, config.hidden_dim)
        self.familiarity = Familiarity(config.num_pooled * width)

    def prepare(self, x: Tensor, y: Tensor, *, soft: bool = False) -> dict[str, Tensor]:
        """Standardize x (B, n, dim_x) and y (B, n, dim_y), keep `MAX_ROWS` rows, note the sizes.

        Nothing here is a rank, so the result is differentiable with and without `soft`.

        Raises:
            InputError: more than `max_dim` columns a side.
        """
        widest = max(x.shape[-1], y.shape[-1])
        if widest > self.config.max_dim:
            raise InputError(
                f"The classic network takes at most {self.config.max_dim} columns a side, got "
                f"{widest}. Choose fewer columns or the general network."
            )
        of_x, of_y = marginals(x), marginals(y)
        x, y = _standardize(of_x), _standardize(of_y)
        if x.shape[1] > MAX_ROWS:
            kept = hash_order(of_x.places, of_y.places)[:, :MAX_ROWS]
            x, y = pick_rows(x, kept), pick_rows(y, kept)
        sizes = torch.tensor([x.shape[1], x.shape[2], y.shape[2]], device=x.device)
        return {"x": x, "y": y, "sizes": sizes.expand(x.shape[0], 3)}

    def collate(self, parts: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        """Stack ragged parts, padded with zeros to `max_dim` columns and a multiple of `ROW_STEP`.

        Stored batches of up to `ROW_STEP` rows so have one shape; `forward` trims what it can.
        """
        longest = max(part["x"].shape[1] for part in parts)
        rows = -(-longest // ROW_STEP) * ROW_STEP
        batch = {
            side: torch.cat([_pad(part[side], rows, self.config.max_dim) for part in parts])
            for side in ("x", "y")
        }
        return batch | {"sizes": torch.cat([part["sizes"] for part in parts])}

    def forward(self, inputs: dict[str, Tensor]) -> Prediction:
        """Predict from x (B, n, dim_x), y (B, n, dim_y) and sizes (B, 3)."""
        pooled = self._encode(inputs)
        prediction = self.head(pooled, inputs["sizes"].log())
        if self.training:
            return prediction
        return replace(prediction, in_family=self.familiarity(pooled.float()))

    def fit_family(self, inputs: dict[str, Tensor]) -> None:
        """Remember where the pooled sets of the training laws lie."""
        self.familiarity.fit(self._encode(inputs).float())

    def _encode(self, inputs: dict[str, Tensor]) -> Tensor:
        """(B, num_pooled * D) pooled sets, `CHUNK` of similar length at a time."""
        x, y, sizes = inputs["x"], inputs["y"], inputs["sizes"]
        order = sizes[:, 0].argsort()
        chunks = [self._pool(x[k], y[k], sizes[k]) for k in order.split(CHUNK)]
        return self.norm(torch.cat(chunks)[order.argsort()])

    def _pool(self, x: Tensor, y: Tensor, sizes: Tensor) -> Tensor:
        """(B, num_pooled * D) pooled sets, after trimming the padding they all share."""
        n, dim_x, dim_y = sizes.amax(0).tolist()
        no_row, no_x, no_y = (
            torch.arange(length, device=x.device) >= size.unsqueeze(-1)
            for length, size in zip((n, dim_x, dim_y), sizes.T, strict=True)
        )  # (B, n), (B, dim_x), (B, dim_y), True = padding
        rows = self.attention(x[:, :n, :dim_x], y[:, :n, :dim_y], torch.cat([no_x, no_y], -1))
        rows = self.row(rows)  # (B, n, D)
        for layer in self.layers:
            rows = layer(rows, no_row)  # (B, n, D)
        return self.pool(rows, no_row).flatten(1)


class RowAttention(nn.Module):
    """Attention of S learned queries a head over the values of a row: any width to a fixed size.

    The token of value v in column c is the pair (place_c, v scale_c), the scalar embedding of
    Gorishniy et al., "Revisiting Deep Learning Models for Tabular Data" (2021). The queries of a
    head differ in what they ask of the place and agree in what they ask of the value, so that
    their weights factor,

        softmax_c(s . place_c + k . v scale_c)  ~  exp(s . place_c) exp(v k . scale_c),

    and one exponential a head and value, then one product of matrices, give all S averages of
    the values place_c V + v scale_c W: no token is ever stored.
    """

    def __init__(self, config: ClassicConfig):
        super().__init__()
        heads, seeds, dim = config.num_heads, config.num_seeds, config.token_dim
        head_dim = config.embed_dim // heads
        self.num_seeds, self.out_dim = seeds, heads * seeds * head_dim
        self.place, self.scale = (_normal(2, config.max_dim, dim) for _ in range(2))
        self.seeds = _normal(heads, seeds, dim, std=1.5 / math.sqrt(dim))
        self.content = _normal(heads, 1, dim, std=0.5 / math.sqrt(dim))
        self.place_value, self.scale_value = (
            _normal(heads, dim, head_dim, std=1 / math.sqrt(dim)) for _ in range(2)
        )

    def forward(self, x: Tensor, y: Tensor, key_padding_mask: Tensor) -> Tensor:
        """Pool x (B, n, dim_x), y (B, n, dim_y), padding (B, C) to (B, n, out_dim)."""
        slope, mixing = self._mixing(x.shape[-1], y.shape[-1])  # (H, 1, C), (H, 2C, S*head_dim + S)
        values = torch.cat([x, y], -1).to(mixing.dtype)  # (B, n, C)
        hidden = key_padding_mask.unsqueeze(1).expand_as(values).flatten(0, 1)
        flat = values.flatten(0, 1)  # (B*n, C)
        scores = (flat * slope).masked_fill(hidden, -math.inf)  # (H, B*n, C)
        weights = (scores - scores.detach().amax(-1, keepdim=True)).exp()
        sums = torch.cat([weights * flat, weights], -1) @ mixing
        total, norm = sums.split([sums.shape[-1] - self.num_seeds, self.num_seeds], -1)
        mean = total.unflatten(-1, (self.num_seeds, -1)) * norm.reciprocal().unsqueeze(-1)
        return mean.permute(1, 0, 2, 3).flatten(1).unflatten(0, values.shape[:2])

    def _mixing(self, dim_x: int, dim_y: int) -> tuple[Tensor, Tensor]:
        """Slopes of the scores, and the matrix from [weight * value, weight] to the S averages."""
        device = self.seeds.device.type
        with torch.autocast(device, enabled=False):
            place, scale = (
                torch.cat([part[0, :dim_x], part[1, :dim_y]]) for part in (self.place, self.scale)
            )
            pull = (self.seeds @ place.T).exp().mT  # (H, C, S)
            by_value, by_place = (
                (pull.unsqueeze(-1) * part.unsqueeze(-2)).flatten(2)  # (H, C, S*head_dim)
                for part in (scale @ self.scale_value, place @ self.place_value)
            )
            by_value, by_place = pad(by_value, (0, self.num_seeds)), torch.cat([by_place, pull], -1)
            slope, mixing = self.content @ scale.T, torch.cat([by_value, by_place], -2)
        dtype = torch.bfloat16 if torch.is_autocast_enabled(device) else mixing.dtype
        return slope.to(dtype), mixing.to(dtype)


class GatedLinear(nn.Module):
    """x A + (x B) * (x C): products of two features of a row are what covariances average."""

    def __init__(self, in_dim: int, out_dim: int):
        super().__init__()
        self.linear = nn.Linear(in_dim, 3 * out_dim)

    def forward(self, x: Tensor) -> Tensor:
        plain, left, right = self.linear(x).chunk(3, -1)
        return plain + left * right


class LevelHead(nn.Module):
    """A perceptron from the pooled set and a level to ln(MI + OFFSET); only it sees the levels.

    The mean is the median times a correction, so that it learns as fast as the quantiles do.
    """

    def __init__(self, in_dim: int, hidden_dim: int) -> None:
        super().__init__()
        self.context = nn.Linear(in_dim + 3, hidden_dim)
        self.level = nn.Linear(2, hidden_dim, bias=False)
        self.quantile, self.correction = _answer(hidden_dim), _answer(hidden_dim)

    def forward(self, pooled: Tensor, log_sizes: Tensor) -> Prediction:
        """Predict from pooled (B, in_dim) and ln of n, dim_x, dim_y (B, 3)."""
        context = self.context(torch.cat([pooled, log_sizes - 3], -1))  # (B, hidden_dim)
        levels = LEVELS.to(pooled.device)
        levels = torch.stack([levels - 0.5, torch.special.ndtri(levels)], -1)  # (L, 2)
        answers = self.quantile(context.unsqueeze(1) + self.level(levels))  # (B, L, 1)
        log_quantiles = answers.squeeze(-1).float().clamp_max(LOG_MAX).sort(-1).values
        correction = self.correction(context).squeeze(-1).float().clamp(-3, 3)
        return Prediction((log_quantiles[:, MEDIAN] + correction).exp(), log_quantiles)


def _standardize(side: Marginals) -> Tensor:
    return standardised(side.raw.asinh()).float()


def _pad(values: Tensor, rows: int, dim: int) -> Tensor:
    return pad(values, (0, dim - values.shape[2], 0, rows - values.shape[1]))


def _normal(*shape: int, std: float = 1.0) -> nn.Parameter:
    return nn.Parameter(std * torch.randn(shape))


def _answer(dim: int) -> nn.Sequential:
    return nn.Sequential(nn.GELU(), nn.Linear(dim, dim), nn.GELU(), nn.Linear(dim, 1))
