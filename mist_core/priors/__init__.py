"""Meta-distributions: what the training datasets are drawn from.

Imports distributions; `synthesis`, laws that look like a user's table, lives in it.
"""
