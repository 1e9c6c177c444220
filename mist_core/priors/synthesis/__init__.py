"""Sides of a table as generators, and laws to put between them.

Imports distributions.
"""
