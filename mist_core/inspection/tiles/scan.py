"""The stages of a scan in tiles, and what its files say in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mist_core.errors import TableError
from mist_core.inference.inputs import MIN_SAMPLES
from mist_core.inspection.evidence import Evidence
from mist_core.inspection.plan import AUDITED, CHOSEN, MOST_ASKED
from mist_core.inspection.result import ASKING, AUDIT, DONE, EVERY, SCREEN, SCREENING, Survey
from mist_core.inspection.tiles import columns, work
from mist_core.inspection.tiles.engine import engine, run
from mist_core.inspection.tiles.order import Folder, Order

DRAWING = "drawing rows"
# Called with the stage, how many of its tasks are done, and how many there are.
Progress = Callable[[str, int, int], object]
_Calls = list[tuple]


def scan_in_tiles(
    order: Order,
    home: Path,
    *,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Survey:
    """The survey of a Parquet table of any size, by processes or a cluster.

    Args:
        order: what to do, see `order.ordered`; workers of a cluster find its files, the weights
            and `home` under the same paths.
        home: the folder in which the order's own folder lies, or is made.
        jobs: processes of this machine; None: one a core.
        cluster: address of a Dask scheduler instead.
        progress: called as tasks are done.

    Raises:
        TableError: a column does not exist, or there is nothing to ask.
        JobError: there is no such cluster, it went away, or processes die again and again.
        StorageError: the folder cannot be written.
    """
    folder = Folder.of(order, home)
    with engine(jobs, cluster):
        scan = _Scan(folder, order, progress)
        scan.draw()
        if scan.n_pairs > MOST_ASKED:
            scan.screen()
        scan.choose()
        scan.ask()
    return scan.survey()


class _Scan:
    """One run of an order's stages; each does what its folder does not hold yet."""

    def __init__(self, folder: Folder, order: Order, progress: Progress | None) -> None:
        self.folder, self.order, self.progress = folder, order, progress
        self.path = folder.path

    def draw(self) -> None:
        """Takes the drawn rows of all columns out of the table."""
        blocks = range(len(self.order.blocks))
        self._run(DRAWING, columns.draw, [(k,) for k in blocks], columns.block_file)
        if not self.folder.has(columns.KEPT):
            columns.keep_rows(self.path)
        if not self.n_pairs:
            raise TableError("No two columns of use are there to compare.")

    @property
    def sides(self) -> list[str]:
        """The columns that are asked about."""
        blocks = range(len(self.order.blocks))
        return [name for k in blocks for (name,) in work.usable(self.path, k)]

    @property
    def n_pairs(self) -> int:
        k = len(self.sides)
        return k * (k - 1) // 2 if self.order.target is None else k

    def screen(self) -> None:
        """Looks at all pairs."""
        self._run(SCREENING, work.screen, self._screens(), work.screen_file)

    def choose(self) -> None:
        """Settles which pairs the network is asked about."""
        if self.folder.has(work.PAIRS):
            return
        if self.n_pairs > MOST_ASKED:
            chosen, tested = self._screened()
        else:
            chosen, tested = self._every(), self.n_pairs
        self.folder.write(work.PAIRS, chosen.assign(tested=tested))

    def ask(self) -> None:
        """Asks the network."""
        count = self.folder.read(work.PAIRS, ["tested"]).num_rows
        tiles = [(k,) for k in range(-(-count // self.order.tile))]
        self._run(ASKING, work.ask, tiles, work.answer_file)

    def survey(self) -> Survey:
        """What the files say."""
        pairs = self.folder.read(work.PAIRS).to_pandas()
        tiles = range(-(-len(pairs) // self.order.tile))
        answers = [self.folder.read(work.answer_file(k)).to_pandas() for k in tiles]
        told = pd.concat(answers, ignore_index=True)
        short = told.rows < MIN_SAMPLES
        if short.all():
            raise TableError("No two columns of use share four complete rows of this table.")
        found = told[~short].reset_index(drop=True)
        evidence = Evidence(*(found.pop(name).to_numpy() for name in work.EVIDENCE))
        screened = bool(pairs.asked.ne(EVERY).any())
        drawn = self.order.rows()
        n_drawn = self.order.n_rows if drawn is None else len(drawn)
        return Survey(
            target=self.order.target,
            n_rows=self.order.n_rows,
            n_drawn=n_drawn,
            n_repeated=n_drawn - self.folder.read(columns.KEPT).num_rows,
            left_out=(*self._idle(), *map(_too_short, told[short].itertuples())),
            n_tested=int(pairs.tested[0]) - int(short.sum()),
            n_asked=len(found),
            answers=tuple(found.assign(place=np.arange(len(found))).to_dict("records")),
            evidence=evidence,
            chosen=int(pairs.asked.eq(SCREEN).sum()) if screened else None,
            stage=DONE,
            done=len(found),
            total=len(found),
        )

    def _idle(self) -> Iterator[tuple[str, str, str]]:
        """Columns that nobody asked about."""
        for name, (_, column) in columns.known(self.path).items():
            if not column["usable"] and name not in (self.order.target or ()):
                yield name, "", column["reason"]

    def _run(
        self, stage: str, task: Callable, calls: Sequence[tuple], file: Callable[..., str]
    ) -> None:
        """Does what has left no file yet."""

        def missing() -> Iterator[tuple]:
            return ((self.path, *call) for call in calls if not self.folder.has(file(*call)))

        done = len(calls) - len(list(missing()))

        def told(count: int) -> None:
            nonlocal done
            done += count
            if self.progress:
                self.progress(stage, done, len(calls))

        told(0)
        if done < len(calls):
            run(task, missing, told)

    def _screens(self) -> _Calls:
        blocks = range(len(self.order.blocks))
        if self.order.target is not None:
            return [(k, -1) for k in blocks]
        return [(a, b) for a in blocks for b in blocks if a <= b]

    def _every(self) -> pd.DataFrame:
        target = self.order.target
        pairs = [
            (x, y)
            for k, x in enumerate(self.sides)
            for y in (self.sides[k + 1 :] if target is None else [" + ".join(target)])
        ]
        return pd.DataFrame(pairs, columns=["x", "y"]).assign(asked=EVERY)

    def _screened(self) -> tuple[pd.DataFrame, int]:
        """The strongest pairs of all tiles, some of the others, and how many there are."""
        parts = [self.folder.read(work.screen_file(*call)).to_pandas() for call in self._screens()]
        told = pd.concat(parts, ignore_index=True)
        tested = int(told.pop("count").sum())
        told = told[told.x != ""]
        best = told[told.key.isna()].nlargest(CHOSEN, "statistic").assign(asked=SCREEN)
        taken = pd.MultiIndex.from_frame(best[["x", "y"]])
        others = told[~pd.MultiIndex.from_frame(told[["x", "y"]]).isin(taken)]
        drawn = others[others.key.notna()].nsmallest(AUDITED, "key").assign(asked=AUDIT)
        chosen = pd.concat([best, drawn])[["x", "y", "asked"]]
        return chosen.reset_index(drop=True), tested


def _too_short(row: tuple) -> tuple[str, str, str]:
    return row.x, row.y, f"{row.rows} complete rows, {MIN_SAMPLES} needed"
