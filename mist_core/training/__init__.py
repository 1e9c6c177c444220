"""Training a network: shards, buffer, trainer, and the file it leaves.

Imports networks and priors; `adaptation`, training for a table, lives in it.
"""
