"""Invertible maps of one side, which change nothing about the information.

Imports numerics.
"""
