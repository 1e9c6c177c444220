"""How far the walk is from stored results to the Benchmark page."""

import sys
import threading
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
VIEWS = ["Published grids", "bmi's tasks", "Extended grids", "Self-consistency", "Speed"]


def rooms_of(run) -> set[str]:
    """The folders whose functions a run calls; what an import runs does not count."""
    files = set()

    def note(frame, event, argument):
        if event == "call" and frame.f_code.co_name not in ("<module>", "<lambda>"):
            files.add(frame.f_code.co_filename)

    threading.setprofile(note)
    try:
        run()
    finally:
        threading.setprofile(None)
        sys.setprofile(None)
    places = {Path(file) for file in files if Path(file).is_relative_to(ROOT)}
    own = {place.relative_to(ROOT) for place in places if "site-packages" not in place.parts}
    # Modules beside the rooms, such as charts, are the ground that all rooms stand on.
    return {place.parent.as_posix() for place in own} - {"mist_core", "tests/pages"}


@pytest.mark.parametrize("view", VIEWS)
def test_from_stored_results_to_the_page_there_are_five_rooms_at_most(view):
    app = AppTest.from_file(str(ROOT / "pages/benchmark.py"), default_timeout=120)
    app.query_params["benchmark"] = view
    app.run()  # imports what it needs
    st.cache_resource.clear()
    st.cache_data.clear()
    rooms = rooms_of(app.run)
    assert not app.exception and {"pages", "ui", "mist_core/leaderboard"} <= rooms
    assert len(rooms) <= 5, sorted(rooms)
