"""What single pairs do not show: transfer, synergy, selection of columns, layers.

Imports inference.
"""
