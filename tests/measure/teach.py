"""What three minutes of the Train page teach weights about a family they never saw.

    .venv/bin/python -m tests.measure.teach

`general-no-ring` has never seen a ring. A run like those of the page, on rings and a third of what
the weights learned before, is judged on fresh rings and on everything else.
"""

import os
import tempfile
import time
from pathlib import Path

from mist_core.jobs.comparison import STANDING_SEED, Bench, compare
from mist_core.jobs.plan import Plan, weights_path
from mist_core.jobs.queue import JobQueue
from mist_core.networks.registry import load_network
from mist_core.priors.general import General
from mist_core.priors.registry import meta_distribution
from mist_core.priors.spec import to_text
from mist_core.training.rehearsal import rehearsed
from mist_core.weights import library

START, SEED, MINUTES, DRAWS = "general-no-ring", 3, 3.0, 64
RINGS = General(blocks=("ring",), published=0.0, dims=2, rows=(50, 2000))


def main() -> None:
    start = library.path_of(START)
    plan = Plan(to_text(rehearsed(RINGS, start, 0.3)), MINUTES, SEED, start=START)
    with tempfile.TemporaryDirectory() as home:
        os.environ["MIST_HOME"] = home
        queue = JobQueue(Path(home) / "jobs")
        id = queue.submit(plan, start)
        while queue.job(id).active:
            time.sleep(1)
        taught = weights_path(queue.run_folder(id))
        before, after = (load_network(path, "cpu")[0].eval() for path in (start, taught))
    for bench in (
        Bench("rings", RINGS, SEED, "test"),
        Bench("all that the weights knew", meta_distribution(START), STANDING_SEED, "validation"),
    ):
        result = compare(before, after, bench, draws=DRAWS)
        print(result.sentence("nats"))
        print(result.interval_sentence("nats"))


if __name__ == "__main__":
    main()
