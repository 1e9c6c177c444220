"""Whether bmi can be used here; without it everything else works."""

from importlib.util import find_spec

from mist_core.errors import BaselineError

_MODULES = ("bmi", "jax")


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
