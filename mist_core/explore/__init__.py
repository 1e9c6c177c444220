"""One named law with its seed: sample, truth, estimates and their figures.

Imports distributions, inference and baselines.
"""
