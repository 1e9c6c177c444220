"""Weights by name, their histories and model cards.

Imports training and benchmarks.
"""
