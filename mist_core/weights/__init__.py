"""Weights by name, their histories and model cards.

Imports training, calibration and benchmarks.
"""
