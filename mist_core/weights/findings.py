"""What the Weights page shows of all weights: a finding, worked out once."""

from collections.abc import Collection, Mapping

import pandas as pd

from mist_core.findings import Finding
from mist_core.markdown import plain


def overview(cards: Mapping[str, dict], default: str, shipped: Collection[str]) -> Finding:
    """A row for each file, and which of them pages start with.

    Args:
        cards: the card of each file by its name.
        default: the name of those that every page starts with.
        shipped: names of those that came with the package.
    """
    table = pd.DataFrame([_row(n, card, n == default, n in shipped) for n, card in cards.items()])
    sentence = (
        f"Every page starts with **{plain(default)}** and can choose any of {len(cards)}. Train "
        "makes more of them."
    )
    return Finding(sentence, table, shown=table)


def _row(name: str, card: dict, is_default: bool, is_shipped: bool) -> dict:
    """What a file says of itself."""
    return {
        "name": name,
        "default": "yes" if is_default else "",
        "from": "shipped" if is_shipped else "kept here",
        "laws": "composed" if card["meta"].startswith("{") else card["meta"],
        "datasets": card["datasets"],
        "minutes": card["minutes"],
        "error (nats)": card["scores"]["mae"],
        "date": card["date"],
    }
