"""Background trainings, none of them lost.

Imports training, weights and benchmarks.
"""
