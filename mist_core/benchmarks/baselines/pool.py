"""Warm worker processes for the baselines: borrowed for one estimate, killed when late."""

import atexit
import contextlib
import io
import json
import os
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np

from mist_core.benchmarks.baselines.installed import BMI, Library
from mist_core.errors import BaselineError

_SCRIPT = Path(__file__).with_name("worker.py")
_PACKAGES = str(Path(__file__).parents[3])  # where a worker finds estimators of ours
_START_SECONDS = 120.0  # importing bmi takes 3 s on an idle machine, far longer on a busy one
_POLL_SECONDS = 0.1
# As many workers as cores run side by side; also sums then do not hang on the number of cores.
_ONE_THREAD = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
_MAX_IDLE = 2  # of a library; an idle worker holds about 0.4 GB
_slots = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))
_lock = threading.Lock()
_idle: list["Worker"] = []


def ask(
    request: dict,
    x: np.ndarray,
    y: np.ndarray,
    *,
    library: Library,
    time_limit: float,
    while_waiting: Callable[[], None] = lambda: None,
) -> dict:
    """Has a worker answer one request.

    Args:
        request: what `worker` expects beside the data: `estimator` and `options`.
        x: samples, shape (n, dim_x), float64.
        y: samples, shape (n, dim_y), float64.
        library: whose estimator it is.
        time_limit: seconds for this request; starting a worker does not count.
        while_waiting: called about ten times a second; when it raises, the work is dropped.

    Returns:
        The worker's answer: `mutual_information`, `seconds`, `failure`.

    Raises:
        BaselineError: the library is not installed, the time limit passed, or the worker died.
    """
    library.require()
    while not _slots.acquire(timeout=_POLL_SECONDS):
        while_waiting()
    try:
        worker = _borrow(library)
        try:
            answer = worker.ask(request, x, y, time_limit, while_waiting)
        except BaseException as error:
            # A late answer would be taken for the next one's; a worker that still starts owes none.
            reusable = worker.starting and not isinstance(error, BaselineError)
            _give_back(worker) if reusable else worker.close()
            raise
        _give_back(worker)
    finally:
        _slots.release()
    return answer


def warm_up(library: Library = BMI) -> None:
    """Starts a worker without waiting for it, unless one is idle already."""
    _give_back(_borrow(library))


class Worker:
    """One subprocess, alive until it is closed, it fails, or its parent ends.

    Attributes:
        library: whose estimators it runs.
        starting: whether it has not said yet that it is ready.
    """

    def __init__(self, library: Library = BMI) -> None:
        self.library = library
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self.starting = True
        # A list and no shell: nothing here is parsed. -P: the package folder stays off sys.path.
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_SCRIPT), str(os.getpid()), library.module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=os.environ | _environment(),
        )

    def ask(
        self,
        request: dict,
        x: np.ndarray,
        y: np.ndarray,
        time_limit: float,
        while_waiting: Callable[[], None],
    ) -> dict:
        """Sends one request and waits for its answer; after an error, close the worker."""
        if self.starting:
            self._read_line(_START_SECONDS, while_waiting)
            self.starting = False
        self._send(request, x, y)
        return json.loads(self._read_line(time_limit, while_waiting))

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """Ends the process and frees its pipes."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            _close_quietly(stream)

    def _send(self, request: dict, x: np.ndarray, y: np.ndarray) -> None:
        arrays = io.BytesIO()
        np.savez(arrays, x=x, y=y)
        header = json.dumps(request | {"n_bytes": arrays.tell()})
        try:
            self._process.stdin.write(header.encode() + b"\n" + arrays.getbuffer())
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise BaselineError(f"Its process stopped: {self._last_words()}") from error

    def _read_line(self, seconds: float, while_waiting: Callable[[], None]) -> bytes:
        deadline = time.monotonic() + seconds
        while not select.select([self._process.stdout], [], [], _POLL_SECONDS)[0]:
            while_waiting()
            if time.monotonic() > deadline:
                raise BaselineError(f"It took longer than {seconds:g} seconds.")
        line = self._process.stdout.readline()
        if not line:
            raise BaselineError(f"Its process stopped: {self._last_words()}")
        return line

    def _last_words(self) -> str:
        code = self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), f"exit status {code}")


def _environment() -> dict[str, str]:
    paths = [_PACKAGES, *filter(None, [os.environ.get("PYTHONPATH")])]
    one = {"JAX_PLATFORMS": "cpu", "XLA_FLAGS": _ONE_THREAD, "OMP_NUM_THREADS": "1"}
    return one | {"PYTHONPATH": os.pathsep.join(paths)}


def _borrow(library: Library) -> Worker:
    with _lock:
        for worker in [worker for worker in _idle if worker.library == library]:
            _idle.remove(worker)
            if worker.alive():
                return worker
            worker.close()
    return Worker(library)


def _give_back(worker: Worker) -> None:
    """Keeps it for the next of its library; of two libraries in turn each keeps what it has."""
    with _lock:
        if sum(idle.library == worker.library for idle in _idle) < _MAX_IDLE:
            return _idle.append(worker)
    worker.close()


@atexit.register
def _close_idle() -> None:
    while _idle:
        _idle.pop().close()


def _close_quietly(stream: IO[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError):  # what a killed worker will never read
        stream.close()
