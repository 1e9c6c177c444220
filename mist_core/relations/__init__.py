"""What single pairs do not show: lags and transfer, synergy, selection of columns, layers.

Imports inference.
"""
