"""Above a number of rows the network may be kept from the raw frame, and then knows ranks alone."""

import dataclasses

import pytest

from mist_core.errors import WeightsError
from mist_core.networks.mist import MIST
from tests.networks.test_mist import NATS, TINY, answers, dependent, loud


def test_above_raw_rows_increasing_maps_change_nothing_at_all():
    """The raw frame is hidden there, and scores know no increasing map."""
    blocks = ("sizes", "spectra-scores", "spectra-raw", "structure-raw")
    network = loud(dataclasses.replace(TINY, blocks=blocks, raw_rows=50))
    x, y = dependent(200, 3, 2)
    for rows, hidden in ((51, True), (50, False)):
        before, after = (answers(network, (z[:, :rows], y[:, :rows])) for z in (x, x.exp()))
        assert (
            (before - after).abs().max() < NATS if hidden else (before - after).abs().max() > NATS
        )


def test_hiding_the_raw_frame_needs_the_number_of_rows():
    with pytest.raises(WeightsError, match="sizes"):
        MIST(dataclasses.replace(TINY, blocks=("spectra-raw",), raw_rows=50))
