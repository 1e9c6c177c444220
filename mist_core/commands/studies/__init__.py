"""Studies that train networks to compare them: ablation, families left out.

Imports training and calibration.
"""
