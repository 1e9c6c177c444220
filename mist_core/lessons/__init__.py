"""Seven lessons: each screen is data, what the data say, and a question they answer.

Imports explore, benchmarks, calibration, inference and jobs.
"""
