"""Layers that several networks share."""

from torch import Tensor, nn
from torch.nn import functional


class Residual(nn.Module):
    """h + W2 drop(silu(W1 norm(h))), the second weight starting small."""

    def __init__(self, dim: int, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.norm = nn.LayerNorm(dim)
        self.widen = nn.Linear(dim, dim)
        self.narrow = nn.Linear(dim, dim)
        nn.init.normal_(self.narrow.weight, std=0.1 / dim**0.5)

    def forward(self, hidden: Tensor) -> Tensor:
        return hidden + self.narrow(self.dropout(functional.silu(self.widen(self.norm(hidden)))))
