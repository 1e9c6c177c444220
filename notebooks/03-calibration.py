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
# # Calibration: does 90 % mean 90 %?
#
# Draw laws with known information, a dataset from each, and count how often the interval holds the
# truth. What comes out is an average over the laws drawn, not a promise for each of them.

# %%
import altair as alt
import numpy as np
import pandas as pd

from mist_core import MISTEstimator
from mist_core.calibration import summary
from mist_core.calibration.findings import findings
from mist_core.calibration.judge import follow
from mist_core.calibration.study import Study

_ = alt.renderers.enable("svg")  # charts need no network

# %% [markdown]
# ## A study
#
# The published training laws, 400 datasets, other ones than any network was trained on.

# %%
study = Study.of("paper in-family", 400, seed=1)
judged = pd.concat(follow(study, MISTEstimator.load("paper")), ignore_index=True)
judged[["family", "n_samples", "dim_x", "truth", "low", "high"]].head()

# %%
found = findings(judged, "nats")
print(found["headline"].sentence)
held = summary.covered(judged).mean()
chance = 3 * np.sqrt(0.9 * 0.1 / len(judged))
assert abs(held - 0.9) < chance, "as often as promised, up to three standard errors"

# %% [markdown]
# ## Level by level
#
# Not the 90 % intervals alone: every central interval should hold its share.

# %%
print(found["reliability"].sentence)
found["reliability"].charts[0].properties(width=360)

# %% [markdown]
# ## An interval that does not keep its word
#
# A bootstrap says how far an estimate moves when rows are drawn again, not how far it is off. Here
# it is tried around the Gaussian estimate, on the datasets where that one is right on average: two
# normal columns.

# %%
rng = np.random.default_rng(0)


def gaussian(x, y):
    return -0.5 * np.log1p(-(np.corrcoef(x, y)[0, 1] ** 2))


def bootstrap(x, y, repeats=200):
    places = rng.integers(len(x), size=(repeats, len(x)))
    return np.quantile([gaussian(x[p], y[p]) for p in places], [0.05, 0.95])


estimator, correlation, rows = MISTEstimator.load(), 0.2, 30
truth = -0.5 * np.log1p(-(correlation**2))
law = [[1.0, correlation], [correlation, 1.0]]
pairs = [rng.multivariate_normal([0, 0], law, rows).T for _ in range(200)]
ours = np.array([p.interval(0.9) for p in estimator.posteriors(pairs)])
theirs = np.array([bootstrap(x, y) for x, y in pairs])


def share(ends):
    return ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()


print(f"the bootstrap holds {share(theirs):.0%}, MIST {share(ours):.0%} of the truths")
assert share(ours) > share(theirs)

# %% [markdown]
# A width alone says nothing, nor does coverage alone: the interval score counts both (Gneiting and
# Raftery, 2007, doi:10.1198/016214506000001437). Lower is better.

# %%
frame = pd.DataFrame({"truth": truth, "low": ours[:, 0], "high": ours[:, 1]})
print(f"MIST's mean interval score: {summary.scores(frame).mean():.3f} nats")
assert (frame.high > frame.low).mean() > 0.95
