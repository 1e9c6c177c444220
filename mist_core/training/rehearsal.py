"""A share of what weights have learned before, so that they do not forget it."""

from pathlib import Path

from mist_core.checkpoint import load_checkpoint
from mist_core.errors import JobError
from mist_core.priors.batch import MetaDistribution
from mist_core.priors.registry import meta_distribution
from mist_core.priors.spec import Mixed


def rehearsed(meta: MetaDistribution, start: Path, share: float) -> MetaDistribution:
    """The laws mixed with a share of those the weights were trained on, against forgetting.

    Raises:
        JobError: a share outside [0, 1).
    """
    if not 0 <= share < 1:
        raise JobError(f"rehearsal: expected a share from 0 to below 1, got {share:g}.")
    if share == 0:
        return meta
    learned = meta_distribution(load_checkpoint(start).card["meta"])
    return Mixed((meta, learned), (1 - share, share))
