"""A class on the Explore page: visitors over WebSockets, each of whom moves a control now and then.

    .venv/bin/python -m tests.measure.load [--visitors 20] [--seconds 120] [--pause 10]

Each visitor speaks Streamlit's own protocol, looks at 500 rows of 4 + 4 columns, and asks for a
seed that nobody has seen every `pause` seconds. A move is answered when the headline stands, and
done when the page's script has ended. Server and visitors share this machine's cores.
"""

import argparse
import asyncio
import itertools
import random
import time
from dataclasses import dataclass, field

import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.browser.conftest import serve

ADDRESS = "law=normal-dense&dim_x=4&dim_y=4&rows=500&seed={seed}"
HEADLINE = "90 % interval"
PATIENCE = 120.0  # seconds for an answer
MIB = 2**20


@dataclass
class Measured:
    """What all visitors have seen.

    Attributes:
        headline, page: seconds from a move to the headline and to the end of the page's script.
        faults: sentences of what went wrong.
    """

    headline: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass
class Visitor:
    """One open page."""

    socket: ClientConnection
    page: str = ""
    seed: str = ""

    async def ask(self, seed: int) -> tuple[float, float]:
        """Move the seed, or open the page at first; seconds to the headline and to the end.

        Raises:
            RuntimeError: the page shows an exception or an error, or its script fails.
        """
        asked = BackMsg()
        asked.rerun_script.query_string = ADDRESS.format(seed=seed)
        asked.rerun_script.page_script_hash = self.page
        if self.seed:
            moved = asked.rerun_script.widget_states.widgets.add(id=self.seed)
            moved.double_array_value.data.append(seed)
        start, headline = time.perf_counter(), None
        await self.socket.send(asked.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while True:
                told = ForwardMsg()
                told.ParseFromString(await self.socket.recv())
                if self._is_headline(told) and headline is None:
                    headline = time.perf_counter() - start
                if told.WhichOneof("type") == "script_finished":
                    if told.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY or not headline:
                        raise RuntimeError(f"the script ended with {told.script_finished}")
                    return headline, time.perf_counter() - start

    def _is_headline(self, told: ForwardMsg) -> bool:
        if told.WhichOneof("type") == "new_session":
            self.page = told.new_session.page_script_hash
        element = told.delta.new_element
        kind = element.WhichOneof("type") if told.WhichOneof("type") == "delta" else None
        if kind in ("exception", "alert"):
            raise RuntimeError(f"the page shows: {getattr(element, kind)}")
        if kind == "slider" and element.slider.id.endswith("-seed"):
            self.seed = element.slider.id
        return kind == "markdown" and HEADLINE in element.markdown.body


async def visit(address: str, seeds: itertools.count, end: float, pause: float, all: Measured):
    """Open the page, then move the seed until the end, at moments of one's own."""
    stream = f"{address.replace('http', 'ws')}/_stcore/stream"
    try:
        async with connect(
            stream, subprotocols=["streamlit"], origin=address, max_size=None
        ) as socket:
            visitor = Visitor(socket)
            await visitor.ask(next(seeds))
            await asyncio.sleep(random.uniform(0, pause))
            while (start := time.monotonic()) < end:
                headline, page = await visitor.ask(next(seeds))
                all.headline.append(headline)
                all.page.append(page)
                await asyncio.sleep(max(0.0, start + pause - time.monotonic()))
    except Exception as error:
        all.faults.append(f"{type(error).__name__}: {error}")


async def crowd(address: str, visitors: int, seconds: float, pause: float) -> Measured:
    """All visitors, who come one after the other within a pause."""
    all, seeds = Measured(), itertools.count(1)
    end = time.monotonic() + pause + seconds
    tasks = []
    for _ in range(visitors):
        tasks.append(asyncio.create_task(visit(address, seeds, end, pause, all)))
        await asyncio.sleep(pause / visitors)
    await asyncio.gather(*tasks)
    return all


def used() -> tuple[float, float]:
    """MiB, and seconds of a core, of the server and of all that it started."""
    processes = psutil.Process().children(recursive=True)
    memory = sum(process.memory_info().rss for process in processes) / MIB
    return memory, sum(sum(process.cpu_times()[:2]) for process in processes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--pause", type=float, default=10)
    options = parser.parse_args()
    with serve() as address:
        # The first of all pay for the start, of the processes of the baselines, too.
        asyncio.run(crowd(address, 4, 10, 2))
        before = used()
        all = asyncio.run(crowd(address, options.visitors, options.seconds, options.pause))
        grown, worked = np.subtract(used(), before)
    for name, times in (("headline", all.headline), ("whole page", all.page)):
        median, high = np.quantile(times, [0.5, 0.95])
        print(f"{name}: median {median:.2f} s, p95 {high:.2f} s, most {max(times):.2f} s")
    load = " ".join(f"{value:.1f}" for value in psutil.getloadavg())
    print(f"{len(all.page)} moves of {options.visitors} visitors; memory grew by {grown:.0f} MiB")
    print(f"{worked / len(all.page):.2f} s of a core a move")
    print(f"load average of the machine: {load}, {psutil.cpu_count()} cores")
    print("\n".join(all.faults) or "no error")


if __name__ == "__main__":
    main()
