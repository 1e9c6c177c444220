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
# # Train your own
#
# An estimator is a network that has seen many datasets with known information. Here a small one
# learns dense normal laws in half a minute: enough to see it learn, not to use it. The Train page
# does the same for longer, in the background, from the shipped weights or from nothing.

# %%
import tempfile
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd

from mist_core import MISTEstimator
from mist_core.distributions.numerics.randomness import source, stream
from mist_core.priors.paper import Paper
from mist_core.priors.spec import to_text
from mist_core.statistics.summary import GAUSSIAN_BLOCKS
from mist_core.training.config import TrainConfig
from mist_core.training.trainer import Trainer

_ = alt.renderers.enable("svg")  # charts need no network

# %% [markdown]
# ## What it learns from
#
# A meta-distribution: from it come laws, and from each law rows and a truth.

# %%
laws = Paper(("normal-dense-base",), rows=(50, 200), dims=(2, 5))
batch = laws.draw(4, source(stream(0, "test", 0)))
print(tuple(batch.x.shape), batch.mutual_information)

# %% [markdown]
# ## The run
#
# Statistics of the normal copula only, two layers, 400 steps. A seed decides all of it, the losses
# to the last digit.

# %%
folder = Path(tempfile.mkdtemp())
network = {
    "architecture": "mist",
    "blocks": GAUSSIAN_BLOCKS,
    "hidden_dim": 64,
    "num_layers": 2,
    "encoder_dim": 0,
}
config = TrainConfig(
    meta=to_text(laws),
    out=folder / "mine.safetensors",
    folder=folder,
    network=network,
    most_steps=400,
    batch_size=256,
    warm_up=40,
    average=0.98,
    shard_size=1024,
    validation=512,
    workers=1,
)
points = []
Trainer(config, points.append).run()
print(points[-1]["steps"], "steps,", points[-1]["datasets"], "datasets")
assert config.out.exists()

# %% [markdown]
# ## What it has learned
#
# Fresh laws of the same kind, beside the answer that always says the mean.

# %%
mine = MISTEstimator.load(config.out)
fresh = [laws.draw(16, source(stream(0, "test", k))) for k in range(1, 17)]
pairs = [(x, y) for batch in fresh for x, y in zip(batch.x, batch.y, strict=True)]
truth = np.concatenate([batch.mutual_information for batch in fresh])
answers = mine.posteriors(pairs)
means = np.array([answer.mean for answer in answers])
error, guess = np.abs(means - truth).mean(), np.abs(truth.mean() - truth).mean()
print(f"mean absolute error {error:.3f} nats; of the mean of all truths {guess:.3f}")
assert error < guess / 2

# %%
ends = np.array([answer.interval(0.9) for answer in answers])
held = (ends[:, 0] <= truth) & (truth <= ends[:, 1])
print(f"its 90 % intervals hold {held.mean():.0%} of the truths")
assert held.mean() > 0.75
points = pd.DataFrame({"truth": truth, "estimate": means, "low": ends[:, 0], "high": ends[:, 1]})
base = alt.Chart(points).encode(x="truth:Q")
intervals = base.mark_rule(opacity=0.3).encode(y=alt.Y("low:Q", title="estimate"), y2="high:Q")
intervals + base.mark_circle(size=20).encode(y="estimate:Q")

# %% [markdown]
# The file is a weights file like the shipped ones: `MISTEstimator.load(path)` opens it here, and
# the Weights page takes it in.
