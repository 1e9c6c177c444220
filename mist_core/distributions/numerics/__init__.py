"""Careful numerics and randomness for laws: quadrature, Monte Carlo, parameters, streams.

Imports only the root.
"""
