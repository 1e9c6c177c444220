"""Whose estimators can be used here: without bmi everything else works."""

import importlib.metadata
from dataclasses import dataclass
from importlib.util import find_spec

from mist_core.errors import BaselineError

_MODULES = ("bmi", "jax")


@dataclass(frozen=True)
class Library:
    """A module of estimators that a worker process imports.

    Attributes:
        module: its name.
        distribution: whose version its estimates depend on.
    """

    module: str
    distribution: str

    @property
    def version(self) -> str:
        """Of the distribution, after its name.

        Raises:
            BaselineError: it is not installed.
        """
        self.require()
        return f"{self.distribution} {importlib.metadata.version(self.distribution)}"

    def require(self) -> None:
        """Nothing where the library can be used.

        Raises:
            BaselineError: it cannot.
        """
        if self == BMI:
            require_bmi()


BMI = Library("bmi.estimators", "benchmark-mi")
TRAINED = Library("mist_core.benchmarks.baselines.trained", "torch")


def require_bmi() -> None:
    """Nothing where bmi and what it stands on are installed.

    Raises:
        BaselineError: they are not.
    """
    missing = [name for name in _MODULES if find_spec(name) is None]
    if missing:
        raise BaselineError(
            f"bmi's tasks and estimators need {' and '.join(missing)}, which this Python does not "
            "have: run `pip install --no-deps -r requirements-bmi.txt` with Python 3.11 or 3.12 "
            "(the jax they need has no wheels for 3.13)."
        )
