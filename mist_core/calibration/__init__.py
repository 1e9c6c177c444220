"""How often intervals hold the truth.

Imports benchmarks, priors and inference.
"""
