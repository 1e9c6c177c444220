"""Oracles and streams that several test modules share."""

import contextlib
import resource
import signal
import subprocess
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import hypothesis
import psutil
import pytest
import torch

from mist_core.benchmarks.baselines.installed import require_bmi
from mist_core.checkpoint import save_checkpoint
from mist_core.errors import BaselineError
from mist_core.networks.mist import MIST, MISTConfig
from mist_core.networks.registry import config_dict


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests of bmi's estimators are skipped where bmi has no wheels: on Python 3.13."""
    if item.get_closest_marker("bmi"):
        _require_bmi()


def _require_bmi() -> None:
    try:
        require_bmi()
    except BaselineError as error:
        pytest.skip(str(error))


# The same examples at each run; `make fuzz` looks for new ones.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.load_profile("same")


@pytest.fixture(scope="session")
def bmi() -> ModuleType:
    """The published benchmark, imported late because it pulls in jax and its deprecations."""
    _require_bmi()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import bmi
    return bmi


@pytest.fixture
def killed_with_its_children() -> Callable[[subprocess.Popen, Callable[[], None]], None]:
    """Kills a process as `kill -9` does once it is ready; two children or more go with it."""

    def kill(process: subprocess.Popen, ready: Callable[[], None]) -> None:
        try:
            ready()
            children = psutil.Process(process.pid).children(recursive=True)
            assert len(children) >= 2
        finally:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        assert psutil.wait_procs(children, timeout=60)[1] == []

    return kill


@pytest.fixture
def full_disk() -> Callable[[], contextlib.AbstractContextManager]:
    """Inside of what it returns no file grows, as if the disk were full; renaming still works."""

    @contextlib.contextmanager
    def full() -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return full


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights file of a small untrained network: benchmarks run, whatever it answers."""
    network = MIST(MISTConfig(hidden_dim=16, num_layers=1, encoder_dim=0))
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_checkpoint(path, network.state_dict(), {"config": config_dict(network), "meta": "paper"})
    return path


@pytest.fixture
def generator() -> torch.Generator:
    """A fresh stream with the same seed for each test."""
    return torch.Generator().manual_seed(20261121)
