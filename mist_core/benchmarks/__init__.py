"""What estimators are asked where the truth is known, and how they are scored.

Imports inference, distributions and priors; `baselines`, bmi's estimators, lives in it.
"""

from mist_core.benchmarks.registry import BENCHMARKS

__all__ = ["BENCHMARKS"]
