"""`python -m mist_core COMMAND`, a module each; nothing imports them.

Imports every other room; `studies`, which train many networks, lives in it.
"""
