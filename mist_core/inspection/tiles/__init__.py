"""A survey in tiles: work for any number of processes, each of which may be killed at any moment.

`scan_in_tiles` draws the rows, screens, asks the network and permutes as `survey` does, but each
step is many small tasks that read files and leave one file. A file is written whole or not at all,
and a task whose file is there is not done again: whatever is killed, the same call goes on where it
ended, and its answer is the same. A Parquet file, or a folder of them, may be larger than memory:
DuckDB takes the drawn rows out of it, some columns at a time.
"""

from mist_core.inspection.tiles.order import ordered
from mist_core.inspection.tiles.scan import scan_in_tiles

__all__ = ["ordered", "scan_in_tiles"]
