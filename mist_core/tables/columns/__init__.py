"""From text cells to what a column means: numbers, dates, classes, gaps.

Imports only the root.
"""
