"""The networks: statistics in, a quantile function out; how they are scored and recalibrated.

Imports statistics.
"""
