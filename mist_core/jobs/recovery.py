"""What of the list of runs cannot be used, and how it is set aside without losing a run."""

import contextlib
import json
import secrets
from functools import partial
from pathlib import Path

from mist_core.errors import JobError, MISTError
from mist_core.files import ASIDE, Flaw, exists, read_json, set_aside, storing, write_whole
from mist_core.jobs import space
from mist_core.jobs.job import FINISHED, LOST, is_id
from mist_core.jobs.plan import Plan, plan_path, weights_path
from mist_core.jobs.queue import JobQueue
from mist_core.jobs.store import BadRow, ListError, Listing
from mist_core.training.run_lock import is_locked

# Of a list that SQLite has not closed, the rest.
_BESIDE = ("", "-wal", "-shm", "-journal")
ASIDE_LABEL = "Set it aside"
AT_WORK = "A process is at work on that run, started by another version: wait, or end it there."


def flaws(queue: JobQueue) -> list[Flaw]:
    """All of the list that cannot be used now; a remedy moves it away and deletes nothing."""
    try:
        listing = queue.store.read()
    except ListError as error:
        return (
            [Flaw(str(error), {ASIDE_LABEL: partial(_list_aside, queue)})] if error.damaged else []
        )
    bad = [
        Flaw(
            f"Entry {row.number} of the list of runs cannot be used: {row.reason}",
            {ASIDE_LABEL: partial(_row_aside, queue, row)},
        )
        for row in listing.bad
    ]
    strays = _strays(queue, listing)
    if strays:
        with contextlib.suppress(ListError), queue.store.transaction() as now:
            strays = _strays(queue, now.listing())  # one may have been on its way to the list
    if strays:
        sentence = f"Runs that are not on the list: {len(strays)}."
        bad.append(Flaw(sentence, {"List them again": partial(_list_strays, queue)}))
    return bad


def size_aside(queue: JobQueue) -> int:
    """Bytes of all that was set aside."""
    return space.size_of(queue.folder.parent / ASIDE)


def drop_aside(queue: JobQueue) -> None:
    """Delete what was set aside."""
    space.drop(queue.folder.parent / ASIDE)


def _row_aside(queue: JobQueue, row: BadRow) -> None:
    id = row.content.get("id")
    folder = queue.run_folder(id) if is_id(id) else None
    if folder is not None and is_locked(folder):
        raise JobError(AT_WORK)
    aside = queue.folder.parent / ASIDE
    with storing(aside):
        aside.mkdir(parents=True, exist_ok=True)
        text = json.dumps(row.content, default=repr)
        write_whole(aside / f"run-{secrets.token_hex(4)}.json", text.encode())
    if folder is not None and exists(folder):
        set_aside(folder, queue.folder.parent)
    with queue.store.transaction() as now:
        now.remove_row(row.number)


def _list_aside(queue: JobQueue) -> None:
    """A new list begins with all runs whose folders are still there."""
    for ending in _BESIDE:
        part = queue.store.path.with_name(queue.store.path.name + ending)
        if exists(part):
            set_aside(part, queue.folder.parent)
    _list_strays(queue)


def _list_strays(queue: JobQueue) -> None:
    """Runs without a row get one; one that is at work is found by its lock later."""
    with queue.store.transaction() as now:
        for folder in sorted(_strays(queue, now.listing()), key=_begun):
            plan = _plan_in(folder)
            if plan is None:
                set_aside(folder, queue.folder.parent)
            else:
                state = FINISHED if exists(weights_path(folder)) else LOST
                now.add(folder.name, plan, _begun(folder), state)


def _strays(queue: JobQueue, listing: Listing) -> list[Path]:
    """Folders of runs that no row names."""
    listed = {job.id for job in listing.jobs} | {row.content.get("id") for row in listing.bad}
    return [f for f in queue.folder.glob("*") if is_id(f.name) and f.name not in listed]


def _plan_in(folder: Path) -> Plan | None:
    try:
        return Plan(**read_json(plan_path(folder)))
    except (MISTError, TypeError):
        return None


def _begun(folder: Path) -> float:
    try:
        return plan_path(folder).stat().st_mtime
    except OSError:
        return 0.0
