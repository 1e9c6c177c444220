"""Oracles and streams that several test modules share."""

import warnings
from types import ModuleType

import pytest
import torch


@pytest.fixture(scope="session")
def bmi() -> ModuleType:
    """The published benchmark, imported late because it pulls in jax and its deprecations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import bmi
    return bmi


@pytest.fixture
def generator() -> torch.Generator:
    """A fresh stream with the same seed for each test."""
    return torch.Generator().manual_seed(20261121)
