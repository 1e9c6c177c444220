"""`python -m mist_core lesson-using`: what the sixth lesson shows before any click."""

import argparse

from mist_core.inference.estimator import general
from mist_core.lessons import using


def configure(parser: argparse.ArgumentParser) -> None:
    """No options."""


def main(options: argparse.Namespace) -> None:
    """Climb and train once, with the general weights, and keep both in results/."""
    estimator = general()
    using.store(estimator.mutual_information, estimator.posteriors, estimator.sha256)
