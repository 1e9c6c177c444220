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
# # The information bottleneck of a small classifier
#
# A hidden layer T of a classifier sits between input X and class Y. How much it keeps of the input,
# I(X;T), and how much of the class, I(T;Y), can be followed while it learns (Tishby and Zaslavsky,
# 2015, doi:10.1109/ITW.2015.7133169). Without noise I(X;T) would be infinite, so the activations
# here are noisy: then both are finite, and no estimate can exceed what the noise lets through.

# %%
import altair as alt
import numpy as np
import pandas as pd
import torch
from torch import nn

from mist_core import MISTEstimator

alt.renderers.enable("svg")  # charts need no network
estimator = MISTEstimator.load()
NOISE = 0.3

# %% [markdown]
# ## Data: two rings


# %%
def rings(count: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Points on two rings around each other, and which ring each is of."""
    inner = torch.rand(count, generator=generator) < 0.5
    angle = 2 * torch.pi * torch.rand(count, generator=generator)
    radius = torch.where(inner, 1.0, 2.0) + 0.15 * torch.randn(count, generator=generator)
    return radius[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1), inner.long()


generator = torch.Generator().manual_seed(0)
x, y = rings(1500, generator)
entropy = float(np.log(2))

# %% [markdown]
# ## A classifier with two noisy units in the middle

# %%
torch.manual_seed(0)
before = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 2), nn.Tanh())
after = nn.Linear(2, 2)


def hidden(points: torch.Tensor) -> torch.Tensor:
    """The noisy activations T."""
    clean = before(points)
    return clean + NOISE * torch.randn(clean.shape, generator=generator)


def measured(step: int) -> dict:
    """Both informations after so many steps."""
    with torch.no_grad():
        t = hidden(x)
        right = (after(t).argmax(1) == y).float().mean().item()
    kept = estimator.posterior(x, t)
    told = estimator.posterior(t, pd.Series(y.numpy()).astype("category"))
    low, high = told.interval(0.9)
    return {"step": step, "I(X;T)": kept.median, "I(T;Y)": told.median} | {
        "low": low,
        "high": high,
        "right": right,
    }


# %% [markdown]
# ## Training, measured on the way

# %%
optimiser = torch.optim.Adam([*before.parameters(), *after.parameters()], lr=0.02)
course = [measured(0)]
for step in range(1, 301):
    points, rings_of = rings(256, generator)
    loss = nn.functional.cross_entropy(after(hidden(points)), rings_of)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    if step in (5, 10, 20, 40, 80, 150, 300):
        course.append(measured(step))
course = pd.DataFrame(course)
course.round(3)

# %% [markdown]
# ## The information plane
#
# What the layer tells about the class rises towards the entropy of the class, ln 2 = 0.693 nats,
# and never passes it. It can never tell more about the class than it keeps of the input.

# %%
first, last = course.iloc[0], course.iloc[-1]
assert last["I(T;Y)"] > first["I(T;Y)"] + 0.2
assert (course["I(T;Y)"] <= entropy + 1e-6).all()
assert (course["low"] <= course["I(X;T)"] + 0.05).all(), "processing adds no information"
plane = alt.Chart(course).encode(
    x=alt.X("I(X;T):Q", title="I(X;T), kept of the input (nats)"),
    y=alt.Y("I(T;Y):Q", title="I(T;Y), told of the class (nats)"),
)
ceiling = alt.Chart(pd.DataFrame({"most": [entropy]})).mark_rule(strokeDash=[4, 4])
line = plane.mark_line(opacity=0.5).encode(order="step:Q")
dots = plane.mark_circle(size=80).encode(color=alt.Color("step:Q", scale=alt.Scale(type="symlog")))
(ceiling.encode(y="most:Q") + line + dots).properties(width=380, height=260)

# %% [markdown]
# By Fano's inequality, who guesses the class from T errs at least so often that little information
# goes with many errors; the classifier at hand does not get below that.

# %%
missing = entropy - last["high"]
least = max(missing, 0.0)  # with two classes: H(error) >= H(Y) - I(T;Y)
wrong = 1 - last["right"]
binary = -(wrong * np.log(max(wrong, 1e-12)) + (1 - wrong) * np.log(max(1 - wrong, 1e-12)))
print(f"errors {wrong:.1%}: their entropy {binary:.3f} nats, at least {least:.3f} by Fano")
assert binary >= least - 0.01
