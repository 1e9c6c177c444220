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
# 1,461 days of weather in Seattle come with the package. Which columns depend on which, and where
# does correlation miss it? `mist_core.associations` takes any DataFrame: numbers, dates and classes,
# with gaps.

# %%
import altair as alt
import numpy as np

import mist_core
from mist_core.charts import scatter
from mist_core.tables.bundled import DATASETS

alt.renderers.enable("svg")  # charts need no network
dataset = DATASETS["Seattle weather"]
table = dataset.load()
print(dataset.story)
[(column.name, column.kind) for column in table.columns]

# %% [markdown]
# ## What tells most about one column

# %%
ranked = mist_core.associations(table, "warmest")
ranked

# %% [markdown]
# Each answer has its 90 % interval; `rows` says how many rows had no gap in the pair, and `flags`
# what to be careful about. The values are nats; a correlation that would tell as much reads more
# easily:

# %%
known = ranked.dropna(subset=["mutual_information"])
known = known.assign(as_correlation=np.sqrt(-np.expm1(-2 * known.mutual_information)))
known[["x", "mutual_information", "low", "high", "as_correlation"]].round(3)

# %%
assert (known.low <= known.mutual_information).all()
assert (known.mutual_information <= known.high).all()
assert known.mutual_information.is_monotonic_decreasing

# %% [markdown]
# ## What correlation misses
#
# The day of the year tells far more than its correlation says: seasons rise and fall again.

# %%
frame = {c.name: c.values for c in table.columns}
numbers = [name for name in known.x if np.issubdtype(frame[name].dtype, np.number)]
pearson = {
    name: abs(np.corrcoef(*(np.asarray(frame[n], float) for n in (name, "warmest")))[0, 1])
    for name in numbers
}
beside = known[known.x.isin(numbers)].set_index("x").as_correlation.to_frame()
beside["pearson"] = beside.index.map(pearson)
beside["missed"] = beside.as_correlation - beside.pearson
print(beside.round(2).sort_values("missed", ascending=False))
hidden = beside.missed.idxmax()
assert beside.missed.max() > 0.3

# %%
across, up = (np.asarray(frame[name], float) for name in (hidden, "warmest"))
scatter(across, up, a_title=hidden, b_title="warmest").properties(width=360, height=280)

# %% [markdown]
# ## All pairs
#
# Without a target every pair of columns is asked about, strongest first.

# %%
pairs = mist_core.associations(table)
usable = sum(column.usable for column in table.columns)
assert len(pairs.dropna(subset=["mutual_information"])) == usable * (usable - 1) // 2
pairs.head(8)

# %% [markdown]
# Days follow each other: warm ones come in spells, so these rows are not independent and the
# intervals are narrower than they ought to be. Information says that columns depend on each other,
# not that one causes the other.
