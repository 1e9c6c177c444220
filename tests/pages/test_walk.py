"""How far the walk is from stored results to the Benchmark page."""

import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
VIEWS = ["Published grids", "bmi's tasks", "Extended grids", "Self-consistency", "Speed"]
# What makes the tables that the page shows, module by module of `leaderboard`.
TABLES = {
    "board": "board in_unit wide times_column",
    "error_analysis": "with_errors by_shape by_task complete beside failures rows_needed",
    "checks": "check_cells check_table",
    "times": "time_table growth_table throughput_table",
    "results": "read throughput",
}


def calls_of(run) -> Counter:
    """How often a run calls each of our functions, by file and name; imports do not count."""
    calls = Counter()

    def note(frame, event, argument):
        code = frame.f_code
        if event == "call" and code.co_name not in ("<module>", "<lambda>"):
            calls[code.co_filename, code.co_name] += 1

    threading.setprofile(note)
    try:
        run()
    finally:
        threading.setprofile(None)
        sys.setprofile(None)
    return Counter(
        {
            (Path(file).relative_to(ROOT), name): count
            for (file, name), count in calls.items()
            if file.startswith(str(ROOT)) and ".venv" not in file
        }
    )


@pytest.mark.parametrize("view", VIEWS)
def test_from_stored_results_to_the_page_are_few_rooms_and_no_table_is_made_twice(view):
    app = AppTest.from_file(str(ROOT / "pages/benchmark.py"), default_timeout=120)
    app.query_params["benchmark"] = view
    app.run()  # imports what it needs
    st.cache_resource.clear()
    st.cache_data.clear()
    calls = calls_of(app.run)
    # Modules beside the rooms, such as charts, are the ground that all rooms stand on.
    rooms = {file.parent.as_posix() for file, _ in calls} - {"mist_core", "tests/pages"}
    assert not app.exception and {"pages", "ui", "mist_core/leaderboard"} <= rooms
    assert len(rooms) <= 5, sorted(rooms)
    made = {
        name: calls[Path(f"mist_core/leaderboard/{module}.py"), name]
        for module, names in TABLES.items()
        for name in names.split()
    }
    assert sum(made.values()) > 2 and max(made.values()) == 1, made
