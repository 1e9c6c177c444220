"""Laws kept out of every prior for good: only these speak for laws nobody trained on.

Nothing may train on them, nor choose by them; a test sees to it that no prior, training or study
imports this folder. It imports only NumPy and SciPy, so that no fault of the laws of the priors
can be a fault here. The truths are stored; `python -m mist_core.benchmarks.kept_out.truths`
computes them anew.
"""

from mist_core.benchmarks.kept_out import channels, classes, geometry
from mist_core.benchmarks.kept_out.law import KeptOutLaw

LAWS: dict[str, KeptOutLaw] = {
    law.name: law for law in (*geometry.LAWS, *channels.LAWS, *classes.LAWS)
}

__all__ = ["LAWS", "KeptOutLaw"]
