"""Conditional laws kept out of every prior for good; see the folder above for what that means.

Each knows ln p(x, y | z) / (p(x | z) p(y | z)) everywhere; the truths are stored, and
`python -m mist_core.benchmarks.kept_out.conditional.truths` computes them anew.
"""

from mist_core.benchmarks.kept_out.conditional import causes, codes, controls, effects
from mist_core.benchmarks.kept_out.conditional.law import ConditionalLaw

LAWS: dict[str, ConditionalLaw] = {
    law.name: law for law in (*causes.LAWS, *effects.LAWS, *controls.LAWS, *codes.LAWS)
}

__all__ = ["LAWS", "ConditionalLaw"]
