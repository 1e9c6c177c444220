"""Every parameter of every page is hostile input: only what a page could have written counts.

The parameters are those that the pages themselves bind, found by running them.
"""

import itertools
from pathlib import Path

import pytest
from streamlit.runtime.state.query_params import QueryParams
from streamlit.testing.v1 import AppTest

from mist_core.calibration import judge
from tests.thoroughness import some

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py"))
# Read by the pages themselves.
UNBOUND = {"explore.py": {"dataset"}, "train.py": {"run"}, "learn.py": {"tiny-run"}}
PICTURE = "![p](http://127.0.0.1:1/p.png) [l](http://l.example) www.w.example m@m.example"
VALUES = {
    "words": "nonsense",
    "nothing": "",
    "a picture": PICTURE,
    "markup": "<script>alert(1)</script>",
    "a large number": "9" * 400,
    "infinity": "1e999",
    "no number": "NaN",
    "a negative number": "-1",
    "between two steps": "2.5000001",
    "a number": "3",
    "control letters": "a\x00\x1b\u202e\ud7ff",
    "two alike": ["2", "2"],
    "turned around": ["5", "2"],
    "many": ["1"] * 300,
    "a long text": "x" * 50_000,
    "another alphabet": "٣",
    "a path": "../../../../etc/passwd",
    "a query": "' OR 1=1 --",
    "json": '{"kind": "mixed"}',
    "a shell": "$(touch /tmp/x); `x`",
}
MARKDOWN = (
    "markdown",
    "caption",
    "warning",
    "error",
    "info",
    "success",
    "title",
    "subheader",
    "toast",
)
MARKUP, LINKS = ("![p](", "[l](", "<script>"), ("http://l.", "www.w.", "m@m.")
# In the suite; one parameter at a time is slow.
QUICK = ("words", "nothing", "a picture", "between two steps", "turned around", "a large number")


@pytest.fixture(scope="module", autouse=True)
def quick(tmp_path_factory):
    """A data folder of its own, and studies that end after their first table."""
    follow = judge.follow
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIST_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setattr(judge, "follow", lambda *args: itertools.islice(follow(*args), 1))
        yield


def visit(page, **parameters):
    app = AppTest.from_file(str(ROOT / "pages" / page), default_timeout=300)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


@pytest.fixture(scope="module")
def parameters(quick):
    """The names of all parameters, by page."""
    found = {page: set(UNBOUND.get(page, ())) for page in PAGES}
    bind = QueryParams.bind_widget

    def noting(self, param_key, *arguments, **options):
        found[page].add(param_key)
        return bind(self, param_key, *arguments, **options)

    QueryParams.bind_widget = noting
    try:
        for page in PAGES:
            visit(page)
    finally:
        QueryParams.bind_widget = bind
    return found


def widgets(app):
    """All elements that hold a choice."""
    kinds = ("selectbox", "multiselect", "slider", "select_slider", "button_group", "radio")
    return [widget for kind in kinds for widget in app.get(kind)]


def is_possible(widget):
    """Whether each value could have been chosen with the mouse.

    A range may be turned around: Streamlit takes it from the URL so, and pages sort it.
    """
    chosen = list(widget.value) if isinstance(widget.value, list | tuple) else [widget.value]
    if widget.type == "slider":
        low, high, step = widget.min, widget.max, widget.step
        return all(
            low <= v <= high and abs(round((v - low) / step) - (v - low) / step) < 1e-6
            for v in chosen
        )
    if widget.type in ("multiselect", "button_group"):
        return len(set(map(str, chosen))) == len(chosen)
    return True


def assert_safe(app):
    """No trace, no hostile Markdown, nothing chosen that could not be."""
    assert [e.message for e in app.exception] == []
    assert len(app.title) == 1
    for kind in MARKDOWN:
        for element in app.get(kind):
            # What an escape turns into letters, and what would be a link in spite of it.
            assert not [mark for mark in MARKUP if mark in element.value]
            assert not [link for link in LINKS if link in element.value.replace("\\", "")]
    for widget in widgets(app):
        assert is_possible(widget), (widget.key, widget.value)


@pytest.mark.parametrize("value", QUICK)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_stands_with_all_its_parameters_made_up(parameters, page, value):
    made_up = dict.fromkeys(parameters[page], VALUES[value])
    if "run" in made_up:
        visit(page, **{name: v for name, v in made_up.items() if name != "run"})
    assert_safe(visit(page, **made_up))


def test_the_parameters_are_found(parameters):
    assert {"law", "rows", "seed", "compare", "dataset"} <= parameters["explore.py"]
    assert {"benchmark", "estimator", "target"} <= parameters["benchmark.py"]
    assert {"laws", "datasets"} <= parameters["calibration.py"]


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_stands_with_any_one_parameter_made_up(parameters, page):
    for place, name in enumerate(sorted(parameters[page])):
        for value in some(VALUES.values(), place, 5):
            assert_safe(visit(page, **{name: value}))
