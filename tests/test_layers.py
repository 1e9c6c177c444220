"""What loading the estimator costs: no law, no prior, no training, few modules."""

import subprocess
import sys

MODULES = """
import sys
from mist_core import MISTEstimator
MISTEstimator.load()
print(*sorted(name for name in sys.modules if name.startswith("mist_core.")))
"""


def test_loading_the_estimator_loads_no_law_no_prior_and_no_training():
    found = subprocess.run([sys.executable, "-c", MODULES], capture_output=True, text=True)
    modules = found.stdout.split()
    lower = {"checkpoint", "errors", "files", "inference", "networks", "paths"}
    lower |= {"plain_json", "threads", "refinement", "statistics"}
    assert {name.split(".")[1] for name in modules} <= lower
    assert 30 < len(modules) <= 80
