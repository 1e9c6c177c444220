# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Benchmark an estimator of your own
#
# The published grids hold datasets whose mutual information is known. Any function `estimate(x, y)`
# that returns nats can be asked about them, and stands beside the stored results of others.

# %%
import tempfile
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd

from mist_core import MISTEstimator
from mist_core.benchmarks import BENCHMARKS
from mist_core.benchmarks.estimators import Function, Weights
from mist_core.benchmarks.journal import Journal
from mist_core.benchmarks.runner import evaluate
from mist_core.benchmarks.tasks import tidy

_ = alt.renderers.enable("svg")  # charts need no network

# %% [markdown]
# ## An estimator
#
# The Gaussian one: exact where both sides are normal together, by the log-determinants of their
# correlations.


# %%
def gaussian(x: np.ndarray, y: np.ndarray) -> float:
    """Information of a normal law with the correlations of these columns, nats."""
    if len(x) < x.shape[1] + y.shape[1] + 2:
        raise ValueError("needs more rows than columns")
    both = np.corrcoef(x, y, rowvar=False)
    cut = x.shape[1]
    parts = (both[:cut, :cut], both[cut:, cut:], both)
    dets = [np.linalg.slogdet(np.atleast_2d(part))[1] for part in parts]
    return (dets[0] + dets[1] - dets[2]) / 2


# %% [markdown]
# ## The datasets
#
# A part of the grids is enough here: the first redraw, up to eight columns a side. A cell holds
# nine datasets of one law and shape; `cell.draw()` gives them with their truth.

# %%
cells = [cell for cell in BENCHMARKS["mtest"].cells(n_redraws=1) if cell.dim_x <= 8]
batch = cells[0].draw()
print(len(cells), "cells;", cells[0].task, tuple(batch.x.shape), batch.mutual_information[:3])
assert len(batch.mutual_information) == cells[0].draws == 9

# %% [markdown]
# ## The answers
#
# Finished rows are kept in a journal, so that a long run goes on where it was stopped. An error of
# your function becomes a row without an estimate, with its reason.

# %%
with tempfile.TemporaryDirectory() as folder:
    journal = Journal(Path(folder) / "rows")
    judged = [
        Function("gaussian", gaussian, "1"),
        Weights.named("paper", MISTEstimator.load("paper")),
    ]
    records = [row for one in judged for row in evaluate(one, cells, journal, every=4)]
table = tidy(records)
print(table.groupby("estimator").failure.count())
assert table.groupby("estimator").size().nunique() == 1, "both were asked the same"

# %% [markdown]
# ## The errors
#
# Where one of them could not answer, the other is left out, too: only the same datasets compare.

# %%
wide = table.pivot_table(
    index=["task", "n_samples", "dim_x", "draw", "truth"], columns="estimator", values="estimate"
).dropna()
truth = wide.index.get_level_values("truth")
errors = wide.sub(truth, axis="index").abs()
print(errors.mean().round(3))
assert errors["mist-paper"].mean() < errors["gaussian"].mean()

# %%
normal = errors.index.get_level_values("task").str.startswith("normal")
rows = errors.index.get_level_values("n_samples")
laws = np.where(normal, "normal, perhaps mapped", "others")
by = errors.assign(rows=pd.cut(rows, [0, 100, 300, 500]).astype(str), laws=laws)
shown = by.melt(["rows", "laws"], var_name="estimator", value_name="error")
alt.Chart(shown).mark_point(size=70, filled=True).encode(
    x=alt.X("mean(error):Q", title="mean absolute error (nats)"),
    y=alt.Y("rows:N", sort=["(0, 100]", "(100, 300]", "(300, 500]"]),
    color="estimator:N",
    shape="estimator:N",
    row=alt.Row("laws:N", title=None),
).properties(width=320)

# %% [markdown]
# The whole benchmark is a command, with a file that holds the function:
# `python -m mist_core evaluate mtest --estimator-file my.py`.
