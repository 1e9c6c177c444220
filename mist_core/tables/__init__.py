"""From a file to columns, and from columns to a ranking.

Imports inference.
"""
