"""Explore: the gallery, repeats, columns in space, and options that say why they do not fit."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mist_core.explore.gallery import GALLERY
from mist_core.explore.scenario import TYPICAL_SEED

PAGE = str(Path(__file__).parents[2] / "pages/explore.py")


def visit(**parameters) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=300)
    for name, value in {"compare": "CCA", **parameters}.items():
        app.query_params[name] = value
    app.run()
    assert_sound(app)
    return app


def assert_sound(app: AppTest) -> None:
    assert [e.value for e in app.exception] == [] and [e.value for e in app.error] == []


def test_a_click_on_every_thumbnail_shows_its_law(monkeypatch):
    app = visit(rows="100")
    for name, scene in GALLERY.items():
        app.button(key=f"shape-{name}").click().run()
        assert_sound(app)
        assert app.selectbox(key="law").value == scene.family
        for parameter, value in scene.parameters:
            assert app.slider(key=parameter).value == value
        truth = scene.law().mutual_information().item()
        assert f"the truth, **{truth:.2f}**" in app.markdown[0].value
        assert app.button(key=f"shape-{name}").label == f":primary[**{name}**]"


def test_a_shape_leaves_rows_and_seed_as_they_are():
    app = visit(rows="50", seed="9")
    app.button(key="shape-ring").click().run()
    assert app.select_slider(key="rows").value == 50 and app.slider(key="seed").value == 9


def test_draw_again_takes_the_next_seed():
    app = visit(rows="50")
    before = app.markdown[0].value
    next(button for button in app.button if button.label == "Draw again").click().run()
    assert app.slider(key="seed").value == TYPICAL_SEED + 1
    assert app.markdown[0].value != before


def test_a_hundred_repeats_stand_below_where_they_are_asked_for():
    assert not [c for c in visit(rows="50").caption if "100 datasets" in c.value]
    app = visit(rows="50", repeat="true")
    said = next(c.value for c in app.caption if "100 datasets" in c.value)
    assert "MIST 0." in said and "KSG 0." in said


def test_three_columns_turn_in_space():
    app = visit(law="xor", view="in space")
    assert len(app.get("plotly_chart")) == 1 and len(app.get("vega_lite_chart")) == 2


def test_correlations_and_trust_stand_beside_the_estimate():
    app = visit(law="ring", noise="0.1")
    assert any(c.value.startswith("Pearson ") for c in app.caption)
    assert any("training data" in m.value for m in app.markdown[1:])


def test_what_cannot_be_chosen_says_why():
    app = visit(law="ring")
    disabled = [slider for slider in app.slider if slider.disabled]
    assert [slider.label for slider in disabled] == ["Columns"] and "1 of X" in disabled[0].help
    assert any("spiral: " in m.value for m in app.markdown)


@pytest.mark.parametrize(
    ("law", "labels"),
    [
        ("normal-dense", {"correlation"}),
        ("normal-lvm", {"shared by all", "shared by a pair", "own noise", "pairs that depend"}),
    ],
)
def test_parameters_have_plain_names_and_their_old_addresses(law, labels):
    app = visit(law=law, dim_x="3", dim_y="3", off_diag="0.3", lambd="0.5")
    assert labels <= {slider.label for slider in app.slider}
    key = "off_diag" if law == "normal-dense" else "lambd"
    assert app.slider(key=key).value == {"off_diag": 0.3, "lambd": 0.5}[key]
