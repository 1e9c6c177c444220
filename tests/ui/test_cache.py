"""Work under a progress bar is done once for all sessions, and room for its results is bounded."""

from streamlit.testing.v1 import AppTest

from ui.cache import Kept

SCRIPT = """
import streamlit as st
from ui.cache import once

def work(report):
    st.session_state["done"] = st.session_state.get("done", 0) + 1
    report(0.5, "half")
    return "result"

st.write(once(("a kind", st.session_state["key"]), work, words="at work", good=lambda r: GOOD))
"""


def runs(good: bool, keys: list[str]) -> int:
    """How often the work is done while these keys are asked for."""
    app = AppTest.from_string(SCRIPT.replace("GOOD", str(good)))
    for key in keys:
        app.session_state["key"] = key
        app.run()
        assert not app.exception and app.markdown[0].value == "result"
    return app.session_state["done"]


def test_what_was_done_is_not_done_again():
    assert runs(True, ["a", "a", "b", "a"]) == 2


def test_a_result_that_is_no_longer_good_is_made_anew():
    assert runs(False, ["c", "c"]) == 2


def test_the_result_that_was_not_used_for_longest_makes_room():
    kept = Kept(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == (True, 1)
    kept.put("c", None)
    assert kept.get("b") == (False, None)
    assert kept.get("a") == (True, 1) and kept.get("c") == (True, None)
