"""Joint laws that know their mutual information.

Imports nothing but the root; `transforms` and `numerics` live in it.
"""
