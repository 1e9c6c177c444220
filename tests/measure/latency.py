"""Seconds the Explore page takes after its seed slider moved, idle and beside a training run.

    .venv/bin/python -m tests.measure.latency

The run is the demonstration of the Train page, started as the page starts it: niced, in the
background. Both medians come from one process, so their ratio does not depend on the machine.
"""

import os
import statistics
import tempfile
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from mist_core.jobs.plan import demonstration
from mist_core.jobs.queue import JobQueue

ROOT = Path(__file__).parents[2]
TIMES = 15
SETTINGS = {
    "the first figure": {},
    "n = 2,000, 16 + 16 columns": {"dim_x": "16", "dim_y": "16", "rows": "2000"},
}


def seconds(app: AppTest, first: int) -> float:
    """Median over moves of the slider from `first` on, to seeds not seen before; three left out."""
    taken = []
    for seed in range(first, first + TIMES + 3):
        start = time.perf_counter()
        app.slider(key="seed").set_value(seed).run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[3:])


def visit(address: dict[str, str]) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages/explore.py"), default_timeout=120)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def main() -> None:
    apps = {name: visit(address) for name, address in SETTINGS.items()}
    idle = {name: seconds(app, 1) for name, app in apps.items()}
    with tempfile.TemporaryDirectory() as home:
        os.environ["MIST_HOME"] = home
        queue = JobQueue(Path(home) / "jobs")
        id = queue.submit(demonstration(seed=1))
        progress = queue.run_folder(id) / "progress.jsonl"
        while not (progress.exists() and progress.stat().st_size):  # drawing and learning by then
            time.sleep(1)
        beside = {name: seconds(app, 101) for name, app in apps.items()}
        queue.discard(id)
    for name in SETTINGS:
        ratio = beside[name] / idle[name]
        print(f"{name}: {idle[name]:.2f} s idle, {beside[name]:.2f} s beside training: {ratio:.2f}")


if __name__ == "__main__":
    main()
