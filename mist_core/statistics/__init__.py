"""Invariant statistics of the rows: what every network reads.

Imports only the modules at the root of `mist_core`.
"""
