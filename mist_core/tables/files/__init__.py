"""From a file to text cells: encoding, delimiter, sheets, lines that are no rows.

Imports columns.
"""
