"""The public face: data in, posterior out.

Imports networks and statistics; no law, no prior, no training.
"""
