"""The process that runs estimators of a library, so that bmi's jax never enters that of the pages.

Run as `python -P worker.py PARENT_PID LIBRARY`, by path: importing the package would cost torch.
LIBRARY is the module that holds the estimators, such as `bmi.estimators`.
Each request on standard input is a line of JSON (`estimator`, `options`, `n_bytes`) and an .npz
archive of that many bytes; each answer on standard output is one line of JSON
(`mutual_information`, `seconds`, `failure`).
"""

import gc
import importlib
import io
import json
import math
import os
import sys
import threading
import time
from types import ModuleType
from typing import TextIO

import numpy as np

_PARENT_CHECK_SECONDS = 1.0
# Each training leaves what jax compiled for it behind, 20 MB that nothing will use again.
_TRAININGS_KEPT = 16


def main(parent_pid: int, library: str) -> None:
    """Answers requests until standard input ends or the parent is gone."""
    answers = _claim_stdout()
    threading.Thread(target=_exit_without, args=(parent_pid,), daemon=True).start()
    estimators = importlib.import_module(library)
    print("ready", file=answers, flush=True)
    requests, trainings = sys.stdin.buffer, 0
    while line := requests.readline():
        request = json.loads(line)
        archive = io.BytesIO(requests.read(request.pop("n_bytes")))
        with np.load(archive, allow_pickle=False) as arrays:
            answer = _answer(estimators, **request, x=arrays["x"], y=arrays["y"])
        print(json.dumps(answer), file=answers, flush=True)
        trainings += "batch_size" in request["options"]
        if trainings == _TRAININGS_KEPT:
            trainings = 0
            sys.modules["jax"].clear_caches()
            gc.collect()


def _claim_stdout() -> TextIO:
    """Keeps standard output for answers; whatever an estimator prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def _exit_without(parent_pid: int) -> None:
    """Ends this process once its parent is gone, even in the middle of a long estimate."""
    while os.getppid() == parent_pid:
        time.sleep(_PARENT_CHECK_SECONDS)
    os._exit(1)


def _answer(
    estimators: ModuleType, *, estimator: str, options: dict, x: np.ndarray, y: np.ndarray
) -> dict:
    start = time.perf_counter()
    value, failure = None, None
    try:
        value = float(getattr(estimators, estimator)(**options).estimate(x, y))
    except (ValueError, ArithmeticError, AssertionError, MemoryError) as error:
        failure = f"The estimator stopped with {type(error).__name__}: {error}"
    seconds = time.perf_counter() - start
    if value is not None and not math.isfinite(value):
        value, failure = None, f"The estimator returned {value}, which is not an estimate."
    return {"mutual_information": value, "seconds": seconds, "failure": failure}


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
