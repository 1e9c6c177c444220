"""What the table page shows of a survey is what was found, in words that do nothing else."""

import base64
import re

import numpy as np
import pandas as pd
import pytest

from mist_core.charts import to_svg
from mist_core.inference.posterior import Posterior
from mist_core.inspection import findings
from mist_core.inspection.result import Survey
from mist_core.inspection.survey import survey
from mist_core.inspection.thumbnails import thumbnail
from mist_core.tables.table import Table, table_from_frame

EVIL = "[a](http://b) $x$"
N = 300


class Told:
    """Tells the squared correlation of the absolute values: enough to order pairs by."""

    def stream(self, pairs):
        for place, (x, y) in enumerate(pairs):
            m = float(np.corrcoef(np.abs(x[:, 0]), np.abs(y[:, 0]))[0, 1] ** 2)
            yield place, Posterior(m, (0.05, 0.5, 0.95), (m / 2, m, 2 * m), 0.5)


@pytest.fixture(scope="module")
def table() -> Table:
    """A parabola, which no correlation sees, noise, and a class that follows one column."""
    rng = np.random.default_rng(0)
    x, noise = rng.standard_normal((2, N))
    columns = {
        "x": x,
        "parabola": x**2 + 0.1 * rng.standard_normal(N),
        EVIL: noise,
        "sign": np.where(noise > 0, "up", "down"),
    }
    return table_from_frame(pd.DataFrame(columns))


@pytest.fixture(scope="module")
def found(table) -> Survey:
    return survey(Told(), table)


@pytest.mark.parametrize(("unit", "factor"), [("nats", 1.0), ("bits", 1.442695)])
def test_the_headline_names_the_strongest_pair_in_the_unit_shown(table, found, unit, factor):
    shown = findings.ranking(table, found, unit)
    best = found.pairs.iloc[0]
    told = f"**{factor * best['mutual_information']:.2f} {unit}**"
    assert shown.sentence.startswith("**x** and **parabola** tell most of each other")
    assert told in shown.sentence and "correlation misses" in shown.sentence
    assert shown.table["mutual_information"][0] == pytest.approx(
        factor * best["mutual_information"], rel=1e-5
    )
    assert shown.shown["correlation"][0] == "misses it"


def test_what_may_be_chance_comes_last_and_is_called_so(table, found):
    shown = findings.ranking(table, found, "nats").shown
    chance = (shown["strength"] == "may be chance").tolist()
    assert chance == sorted(chance) and 0 < sum(chance) < len(chance)


def test_noise_has_no_headline():
    noise = np.random.default_rng(3).standard_normal((90, 5))
    found = survey(Told(), table_from_frame(pd.DataFrame(noise, columns=list("abcde"))))
    sentences = [f(found).sentence for f in (findings.network, findings.heatmap)]
    assert sentences[0] == (
        "**Nothing stands out from chance**: none of 10 pairs does, at q < 0.05."
    )
    assert findings.network(found).charts == ()


def test_names_from_a_table_show_letter_by_letter(table, found):
    for finding in (
        findings.against(table, survey(Told(), table, EVIL), "nats"),
        findings.ranking(table, found, "nats"),
    ):
        assert "[a](http" not in finding.sentence
    svgs = [to_svg(f(found).sheet()) for f in (findings.heatmap, findings.network)]
    assert all("$x$" in svg for svg in svgs)


def test_a_heatmap_has_each_pair_on_both_sides_of_its_diagonal(found):
    (cells,) = findings.heatmap(found).charts[0].to_dict()["datasets"].values()
    assert len(cells) == 2 * len(found.pairs)


def test_a_network_has_the_pairs_that_stand_out(found):
    edges = findings.network(found).table
    assert 0 < len(edges) < len(found.pairs) and (edges["q"] < 0.05).all()


def test_a_wide_table_is_cut_to_the_columns_that_matter():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.standard_normal((60, 50)), columns=[f"c{i}" for i in range(50)])
    frame["c49"] = frame["c0"] ** 2
    finding = findings.heatmap(survey(Told(), table_from_frame(frame)))
    names = {*finding.table["x"], *finding.table["y"]}
    assert {"c0", "c49"} <= names and len(names) == 30
    assert any("30 of 50 columns" in note for note in finding.notes)


def test_classes_set_the_most_that_can_be_told_of_them(table):
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0] * 20, "b": list("uuvv") * 20})
    finding = findings.against(
        table_from_frame(frame), survey(Told(), table_from_frame(frame), "b"), "bits"
    )
    assert "entropy: all there is to tell" in to_svg(finding.charts[0])


@pytest.mark.parametrize(("value", "words"), [(0.031, "0.031"), (3e-7, "3e-7"), (np.nan, "")])
def test_chances_are_written_as_people_write_them(value, words):
    assert findings.chance(value) == words


def test_a_thumbnail_is_a_small_picture_of_points_inside_of_it(table):
    start = "data:image/svg+xml;base64,"
    for pair in (("x", "parabola"), ("sign", EVIL)):
        image = thumbnail(table, *pair)
        svg = base64.b64decode(image.removeprefix(start)).decode()
        points = np.array(re.findall(r"M(\d+) (\d+)h0", svg), float)
        assert image.startswith(start) and 0 < len(points) <= 160 and len(image) < 6_000
        assert (points >= 3).all() and (points <= [93, 37]).all()


def test_huge_numbers_and_gaps_have_thumbnails_too():
    frame = pd.DataFrame({"a": [1e308, -1e308, None] * 9, "b": np.arange(27.0) * 1e300})
    table = table_from_frame(frame.assign(c=[None] * 26 + [1.0]))
    assert thumbnail(table, "a", "b") and "nan" not in thumbnail(table, "a", "b")
