"""What the rows at hand teach: critics scored on rows they never saw, and the head that reads them.

Imports networks and statistics; no law, no prior. Its training is a command.
"""
