"""The public face: data in, posterior out.

Imports refinement, networks and statistics; no law, no prior, no training.
"""
