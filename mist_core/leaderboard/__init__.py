"""What the Benchmark page makes of stored runs.

Imports benchmarks, calibration and explore.
"""
