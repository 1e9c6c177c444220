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
# # Dependence in a real table
#
# 1,461 days of weather in Seattle come with the package. Which columns depend on which, how sure is
# that, and where does correlation miss it? `survey` takes any table: numbers, dates and classes,
# with gaps.

# %%
import altair as alt
import numpy as np

from mist_core import MISTEstimator
from mist_core.charts import scatter
from mist_core.inspection import survey
from mist_core.tables.bundled import DATASETS

alt.renderers.enable("svg")  # charts need no network
estimator = MISTEstimator.load()
dataset = DATASETS["Seattle weather"]
table = dataset.load()
print(dataset.story)
{column.name: column.kind for column in table.columns}

# %% [markdown]
# A table of your own is read by `mist_core.tables.table.read_table("my.csv")`.
#
# ## All pairs
#
# Each with its 90 % interval, the correlation that would tell as much, Spearman's own, and the
# chance that independent columns look so dependent, corrected for the number of pairs: `q`.

# %%
found = survey(estimator, table)
shown = ["x", "y", "mutual_information", "low", "high", "gaussian_correlation", "spearman", "q"]
found.pairs[shown].round(3).head(10)

# %%
assert found.pairs.mutual_information.is_monotonic_decreasing
assert (found.pairs.low <= found.pairs.high).all()
sure = found.pairs[found.pairs.q < 0.05]
print(f"{len(sure)} of {found.n_tested} pairs have q below 0.05")

# %% [markdown]
# ## What correlation misses
#
# Seasons rise and fall again: the day of the year tells far more about the warmest hour than any
# correlation with it says.

# %%
against = survey(estimator, table, "warmest").pairs
missed = against[against.missed_by_correlation]
missed[["x", "mutual_information", "gaussian_correlation", "pearson", "spearman"]].round(2)

# %%
top = missed[missed.x == "day of the year"].iloc[0]
assert top.gaussian_correlation > 2 * max(abs(top.pearson), abs(top.spearman))
across, up = (np.asarray(table[name].values, float) for name in (top.x, "warmest"))
scatter(across, up, a_title=top.x, b_title="warmest").properties(width=360, height=280)

# %% [markdown]
# ## Two columns together
#
# A group of columns may tell what none of them does alone; it never tells less, up to the error of
# the estimate.

# %%
pair = ["coldest", "wind"]
both = survey(estimator, table, "warmest", [pair]).pairs.iloc[0]
alone = against.set_index("x").mutual_information[pair]
print(alone.round(2), f"together {both.mutual_information:.2f} nats", sep="\n")
assert both.high > alone.max()

# %% [markdown]
# Days follow each other: warm ones come in spells, so these rows are not independent, and the
# intervals are narrower than they ought to be. Information says that columns depend on each other,
# not that one causes the other.
