"""How often intervals hold the truth.

Imports benchmarks, priors, tables and inference.
"""
