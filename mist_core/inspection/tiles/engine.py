"""What runs the tasks of a scan: processes of this machine, or an engine that runs already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager, contextmanager, suppress

from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky.process_executor import TerminatedWorkerError

from mist_core.errors import JobError

# Processes that die are begun anew, so many times.
ATTEMPTS = 3
_AGAIN = "what was finished is kept: type the same command again."


@contextmanager
def engine(jobs: int | None, cluster: str | None) -> Iterator[None]:
    """Inside, joblib uses so many processes (None: one a core), or a Dask cluster by its address.

    Raises:
        JobError: there is no such cluster, or it went away.
    """
    if not cluster:
        with parallel_config(backend="loky", n_jobs=jobs or -1):
            yield
        return
    with _client(cluster) as client:
        from distributed import KilledWorker

        try:
            with parallel_config(backend="dask", client=client, wait_for_workers_timeout=60):
                yield
        except (CancelledError, KilledWorker, OSError) as error:
            raise JobError(f"The cluster at {cluster} failed ({error!s:.80}); {_AGAIN}") from error


def run(
    task: Callable, calls: Callable[[], Iterable[tuple]], progress: Callable[[int], object]
) -> None:
    """Does a task for all of its arguments, in any order.

    Args:
        task: a function of a module, called with the arguments.
        calls: gives those that are still to be done, asked again after processes died.
        progress: called with 1 after each.

    Raises:
        JobError: processes die again and again.
    """
    for _ in range(ATTEMPTS):
        with suppress(TerminatedWorkerError):
            for _ in Parallel(batch_size=1, return_as="generator_unordered")(
                delayed(task)(*call) for call in calls()
            ):
                progress(1)
            return
    raise JobError(f"Its processes were killed {ATTEMPTS} times; {_AGAIN}")


def _client(address: str) -> AbstractContextManager:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise JobError("A cluster needs Dask: pip install 'mist-core[cluster]'.") from error
    try:
        return Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise JobError(f"No Dask scheduler answers at {address}: start one there.") from error
