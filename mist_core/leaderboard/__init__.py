"""What the Benchmark page makes of stored results.

Imports benchmarks, calibration and explore.
"""
