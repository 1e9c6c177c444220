"""How many examples a property is tried with: few in the suite, many in `make fuzz`."""

import os

from hypothesis import HealthCheck, settings

from tests.thoroughness import THOROUGH

# Examples grow large, and the first of each kind imports much.
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]

settings.register_profile(
    "suite", max_examples=40, deadline=None, derandomize=True, suppress_health_check=SLOW
)
settings.register_profile(
    "fuzz",
    max_examples=int(os.environ.get("MIST_FUZZ", "2000")),
    deadline=None,
    print_blob=True,
    suppress_health_check=SLOW,
)
settings.load_profile("fuzz" if THOROUGH else "suite")
