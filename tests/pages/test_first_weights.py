"""Every page begins with the weights that Weights calls the default."""

import itertools

import pytest

from mist_core.calibration import judge
from mist_core.paths import WEIGHTS
from mist_core.weights import library
from tests.pages.test_all import assert_sound, run

# A quick study, as kept weights have no stored one.
SMALL = {"laws": "paper in-family", "rows-paper": ["10", "20"], "dims-paper": ["2", "3"]}
SMALL |= {"datasets": "50", "peers": "0"}
ADDRESSES = {
    "pages/explore.py": {},
    "pages/inspect_csv.py": {"table": "Athletes"},
    "pages/calibration.py": SMALL,
    "pages/weights.py": {},
}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("page", ADDRESSES)
@pytest.mark.parametrize("default", ["general", "paper", "mine"])
def test_the_choice_begins_with_the_default(home, page, default):
    if default == "mine":
        library.keep(WEIGHTS / "paper.safetensors", "mine")
    library.make_default(default)
    app = run(page, **ADDRESSES[page])
    assert_sound(app)
    assert app.selectbox(key="weights").value == library.default() == default


@pytest.mark.parametrize("default", ["general", "paper"])
def test_errors_of_the_benchmark_begin_with_the_default(home, default):
    library.make_default(default)
    app = run("pages/benchmark.py")
    assert_sound(app)
    assert app.selectbox(key="estimator").value == f"mist-{default}"


def test_calibration_begins_with_the_stored_study_of_the_shipped_default(home):
    app = run("pages/calibration.py")
    assert app.selectbox(key="laws").value == "general"
    assert any("Stored study" in caption.value for caption in app.caption)


def test_a_stored_study_of_other_weights_is_a_click_away(home, monkeypatch):
    follow = judge.follow
    monkeypatch.setattr(judge, "follow", lambda *args: itertools.islice(follow(*args), 1))
    app = run("pages/calibration.py", laws="paper in-family", weights="classic", peers="0")
    assert_sound(app)
    (button,) = (b for b in app.button if "stored study" in b.label)
    app = button.click().run()
    assert app.selectbox(key="weights").value == "paper"
    assert any("Stored study" in caption.value for caption in app.caption)
