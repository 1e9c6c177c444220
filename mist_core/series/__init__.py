"""Rows that follow each other in time: how many they are worth, and who tells about whom when.

    from mist_core.series import columns_lagged, in_order, lagged, memory_of, time_columns

    found = lagged(x, y, range(-5, 6))        # a posterior for each lag of x before y
    found.frame                               # a row a lag: information, interval, p, rows
    memory_of(table)                          # do rows follow each other? None where they do not
    order = in_order(table, "date")           # positions of the rows in time
    columns_lagged(estimator, table, "x", "y", order, most=10)      # `lagged` of two columns

Two series that wander alone look dependent to any estimator that takes their rows for independent.
Here an answer is that of so many rows as they are worth, drawn evenly from the series, and it
reaches down to 0 unless blocks of rows, moved against each other, show less dependence.

Imports inspection.
"""

from mist_core.series.columns import columns_lagged
from mist_core.series.lags import Lagged, lagged
from mist_core.series.memory import effective_rows
from mist_core.series.order import in_order, time_columns
from mist_core.series.warning import Memory, memory_of

__all__ = [
    "Lagged",
    "Memory",
    "columns_lagged",
    "effective_rows",
    "in_order",
    "lagged",
    "memory_of",
    "time_columns",
]
