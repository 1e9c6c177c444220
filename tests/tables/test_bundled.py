"""Every bundled table tells its story, is small, and says whose it is."""

import numpy as np
import pytest

from mist_core import MISTEstimator
from mist_core.inspection.survey import survey
from mist_core.tables.bundled import DATA, DATASETS

# What the stories say: column, correlation with the target, and the least and most it tells, nats.
UNSEEN_BY_A_LINE = {
    "Seattle weather": ("day of the year", 0.15, 0.6, 0.95),
    "Ethanol engine": ("mixture", -0.10, 1.1, 1.9),
    "Motorcycle crash": ("time", 0.30, 0.7, 1.2),
    "Fiji earthquakes": ("latitude", 0.03, 0.3, 0.7),
    "World cities": ("longitude", -0.03, 0.9, 2.0),
    "Penguins": ("bill length", -0.24, 0.2, 0.5),
}


@pytest.mark.parametrize("name", DATASETS)
def test_a_bundled_table_has_its_target_and_says_whose_it_is(name):
    dataset = DATASETS[name]
    table = dataset.load()
    assert all(table[target].usable for target in dataset.target)
    assert all(column.missing.mean() < 0.05 for column in table.columns)
    assert dataset.source and dataset.licence and dataset.story.endswith(".")


def test_files_are_small_and_each_has_its_licence():
    files = sorted(path.name for path in DATA.glob("*.parquet"))
    licences = (DATA / "LICENCES.md").read_text()
    assert len(files) == 8
    assert all(f"`{name}`" in licences for name in files)
    assert max(path.stat().st_size for path in DATA.glob("*.parquet")) < 300_000
    assert "Version 2, June 1991" in (DATA / "GPL-2.txt").read_text()


@pytest.mark.parametrize("name", UNSEEN_BY_A_LINE)
def test_a_story_is_in_its_table(name, general):
    column, correlation, least, most = UNSEEN_BY_A_LINE[name]
    table, target = DATASETS[name].load(), DATASETS[name].target
    drawn = table.to_frame()[[column, *target]].dropna()
    assert np.corrcoef(drawn.T.astype(float))[0, 1] == pytest.approx(correlation, abs=0.006)
    found = survey(general, table, target, [(column,)]).pairs
    assert least < found.mutual_information.item() < most


def test_in_each_species_longer_bills_are_deeper():
    frame = DATASETS["Penguins"].load().to_frame().dropna()
    for _, rows in frame.groupby("species"):
        assert np.corrcoef(rows["bill length"], rows["bill depth"])[0, 1] > 0.3


def test_clarity_and_the_hour_tell_little_alone(general):
    for name, column in (("Diamonds", "clarity"), ("Flights", "hour")):
        found = survey(general, DATASETS[name].load(), DATASETS[name].target, [(column,)]).pairs
        assert 0.02 < found.mutual_information.item() < 0.2


def test_bundled_tables_tell_different_stories():
    kinds = {name: {c.kind for c in data.load().columns} for name, data in DATASETS.items()}
    assert {"continuous", "class"} <= kinds["Diabetes"]
    assert {"date", "continuous", "class"} <= kinds["Seattle weather"]
    assert DATASETS["Wine"].load()["cultivar"].is_class
    assert DATASETS["Athletes"].load().n_rows == 20


@pytest.fixture(scope="module")
def general() -> MISTEstimator:
    return MISTEstimator.load()
