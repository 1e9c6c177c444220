"""What Explore shows beside the estimates: trust, correlations, repeats, and all as a file."""

import numpy as np
import pandas as pd
import streamlit as st

from mist_core.explore import beside
from mist_core.explore.findings import repeated
from mist_core.explore.repeats import repeat
from mist_core.explore.rivals import RIVALS
from mist_core.explore.scenario import Sample, Scene
from mist_core.inference.posterior import UNITS, Posterior
from mist_core.spreadsheet import to_csv
from ui import shell as ui
from ui.cache import once
from ui.explore import Board
from ui.findings import show

REPEATS = 100
WORDS = "Drawing and estimating again …"
MOST_ROWS, FEW_ROWS, FEW_COLUMNS = 2000, 500, 4  # beyond, neighbours take too long for a curve


def show_trust(answer: Posterior) -> None:
    """How much the data resemble what the model was trained on, in words."""
    colour, words = beside.trust(answer.in_family)
    st.badge(words, color=colour, help=f"in-family {answer.in_family:.2f}, of at most 1")


def show_repeats(scene: Scene, n_samples: int, truth: float, unit: str) -> None:
    """Each estimator's sampling distribution, where it was asked for."""
    if not st.toggle(f"Repeat {REPEATS} times", key="repeat", bind="query-params"):
        return
    ask = ui.estimator().posteriors
    table = once(
        ("repeat", scene, n_samples, ui.weights_hash()),
        lambda report: repeat(scene, n_samples, REPEATS, ask, lambda s: report(s, WORDS)),
        words=WORDS,
    )
    found = repeated(table, truth, unit)
    show(found)
    st.caption(found.sentence)


def rivals_along(pool: Sample, rows: list[int], names: list[str], unit: str) -> pd.DataFrame:
    """What the fast ones among the estimators chosen say of the first rows."""
    few = pool.x.shape[1] + pool.y.shape[1] > FEW_COLUMNS
    chosen = [title for title in RIVALS if title.lower() in names]
    found = [
        (n, title, RIVALS[title](pool.x[:n], pool.y[:n]) * UNITS[unit])
        for title in chosen
        for n in rows
        if n <= (FEW_ROWS if few else MOST_ROWS)
    ]
    table = pd.DataFrame(found, columns=["n", "estimator", "estimate"])
    return table.replace([np.inf, -np.inf], np.nan).dropna()


def offer_estimates(board: Board, answer: Posterior, truth: float, link: str) -> None:
    """All estimates with quantiles, versions and the checksum of the weights."""
    weights, sha256 = ui.current_weights(), ui.weights_hash()
    st.download_button(
        "Estimates (CSV)",
        lambda: to_csv(
            beside.estimates(
                answer.to_nats(), board.titled(), truth, weights=weights, sha256=sha256, data=link
            )
        ),
        "mist-estimates.csv",
        "text/csv",
        on_click="ignore",
    )
