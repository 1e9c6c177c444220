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
# # Estimate on your data
#
# Two sets of columns with as many rows go in; a distribution of their mutual information comes out,
# in nats. Nothing is fitted to the data.

# %%
import altair as alt
import numpy as np
import pandas as pd

from mist_core import InputError, MISTEstimator

alt.renderers.enable("svg")  # charts need no network
estimator = MISTEstimator.load()
rng = np.random.default_rng(0)

# %% [markdown]
# ## A dependence that correlation does not see
#
# `y` is a parabola in `x` with noise. Pearson's correlation is about 0; the information is not.

# %%
x = rng.normal(size=1000)
y = x**2 + 0.5 * rng.normal(size=1000)
posterior = estimator.posterior(x, y)
print(f"Pearson {np.corrcoef(x, y)[0, 1]:.2f}")
posterior

# %%
low, high = posterior.interval(0.9)
assert abs(np.corrcoef(x, y)[0, 1]) < 0.15
assert low > 0.3, "surely dependent"
posterior.plot()

# %% [markdown]
# `quantile` and `interval` answer at any level; `to_bits` changes the unit, `to_dict` gives plain
# numbers for a file.

# %%
print(posterior.quantile([0.05, 0.5, 0.95]))
assert np.isclose(posterior.to_bits().median, posterior.median / np.log(2))

# %% [markdown]
# ## Independence, and what maps leave unchanged
#
# Of independent columns the interval begins at 0. Invertible maps of either side change nothing:
# `exp` and a cube turn the scatter into something else, and the answer stays.

# %%
nothing = estimator.posterior(x, rng.permutation(y))
mapped = estimator.posterior(np.exp(x), y**3)
assert nothing.interval(0.9)[0] < 0.01
assert abs(mapped.median - posterior.median) < 0.02
print(nothing, mapped, sep="\n")

# %% [markdown]
# ## Several columns, and classes
#
# Each side may have up to 64 columns. Columns of text, of categories and of truth values are
# classes; here the class says which half of the plane a point lies in, which is one bit.

# %%
points = rng.normal(size=(2000, 2))
half = pd.Series(np.where(points.sum(axis=1) > 0, "upper", "lower"))
told = estimator.posterior(points, half).to_bits()
print(told)
assert told.interval(0.9)[1] <= 1.0 + 1e-6, "never more than the class has"
assert told.median > 0.8

# %% [markdown]
# ## More rows, a narrower interval

# %%
rows = [50, 100, 200, 500, 1000]
widths = [np.diff(estimator.posterior(x[:n], y[:n]).interval(0.9))[0] for n in rows]
print(dict(zip(rows, np.round(widths, 3), strict=True)))
assert widths[-1] < widths[0] / 2

# %% [markdown]
# ## What it will not take
#
# A gap is no number: leave such rows out, or use `mist_core.associations`, which does so pair by
# pair. Every refusal says what was expected, what came and what to do.

# %%
try:
    estimator.posterior([1.0, 2.0, np.nan, 4.0], [1.0, 2.0, 3.0, 4.0])
except InputError as error:
    refusal = str(error)
print(refusal)
assert "nan" in refusal.lower() or "missing" in refusal.lower() or "finite" in refusal.lower()

# %% [markdown]
# `posterior.in_family` says how much the data look like those MIST was trained on; near 0, trust
# the answer less.

# %%
assert 0 <= posterior.in_family <= 1
posterior.in_family
