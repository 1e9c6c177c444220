"""What the Weights page shows of all weights: a finding, worked out once."""

from collections.abc import Collection, Mapping

import pandas as pd

from mist_core.findings import Finding
from mist_core.markdown import plain
from mist_core.weights.common_test import Estimate, estimates, lead

ABOUT_SCORES = (
    "The same draws for all, of a seed that no training has: 10 to 2,000 rows, up to 16 columns a "
    "side. The error is the mean absolute one; the weighted interval score sums up width and "
    "misses of all intervals; ± is the standard error."
)


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


def scores(found: Mapping[str, pd.DataFrame]) -> Finding:
    """All weights on the common test set, the lowest interval score first.

    Args:
        found: rows of `common_test.judged` by the name of the weights, at least one.
    """
    told = {name: estimates(rows) for name, rows in found.items()}
    names = sorted(told, key=lambda name: told[name]["score"].value)
    best = names[0]
    count = len(found[best])
    sentence = f"On the same {count} datasets of every kind"
    if len(names) == 1:
        sentence += (
            f" **{plain(best)}** has an interval score of {_shown(told[best]['score'])} nats."
        )
    else:
        ahead = lead(found[best], found[names[1]])
        sentence += (
            f" the interval score of **{plain(best)}** is the lowest, "
            f"{_shown(told[best]['score'])} nats, by {_shown(ahead)} in pairs below that of "
            f"{plain(names[1])}, the next."
        )
    rows = [
        {"name": name, "score": score, "value": e.value, "standard_error": e.standard_error}
        for name in names
        for score, e in told[name].items()
    ]
    shown = pd.DataFrame(
        {
            "name": name,
            "error (nats)": _shown(told[name]["error"]),
            "interval score (nats)": _shown(told[name]["score"]),
            "90 % covers (%)": _shown(told[name]["coverage"], 100, 1),
        }
        for name in names
    )
    return Finding(sentence, pd.DataFrame(rows), shown=shown, notes=(ABOUT_SCORES,))


def _shown(estimate: Estimate, factor: float = 1, digits: int = 3) -> str:
    value, error = (factor * number for number in (estimate.value, estimate.standard_error))
    return f"{value:.{digits}f} ± {error:.{digits}f}"


def _row(name: str, card: dict, is_default: bool, is_shipped: bool) -> dict:
    """What a file says of itself."""
    return {
        "name": name,
        "default": "yes" if is_default else "",
        "from": "shipped" if is_shipped else "kept here",
        "laws": "composed" if card["meta"].startswith("{") else card["meta"],
        "datasets": card["datasets"],
        "minutes": card["minutes"],
        "error on its laws (nats)": card["scores"]["mae"],
        "date": card["date"],
    }
