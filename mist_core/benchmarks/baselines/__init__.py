"""Classical and neural estimators, in processes of their own.

Imports inference.
"""
