"""From a file to columns, and what is to be minded of two of them.

Imports inference.
"""

from mist_core.tables.columns.column import Reading
from mist_core.tables.table import Table, read_table, table_from_frame

__all__ = ["Reading", "Table", "read_table", "table_from_frame"]
