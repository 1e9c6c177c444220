"""Weights fitted to a table's columns.

Imports training, priors and tables.
"""
