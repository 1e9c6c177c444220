"""Text from a table, a file, a card or an address is plain text wherever a page shows it.

All strings that reach the browser are looked through, but for those of elements that show letters
as they are.
"""

import json
import re
import time
from pathlib import Path

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from mist_core.jobs.job import FAILED, FINISHED
from mist_core.jobs.plan import Plan, weights_path
from mist_core.jobs.queue import JobQueue
from tests.pages.test_damaged_home import make_home
from tests.weights.test_hostile import changed, network, packed

ROOT = Path(__file__).parents[2]
HOSTILE = (
    "![zq](http://zq.example/p.png) [zq](http://zq.example) http://zq.example www.zq.example "
    "zq@zq.example **zq** :red[zq] <b>zq</b> $zq$ :material/zq: \u202ezq"
)
MARKS = ("![zq]", "[zq](", "http://zq", "www.zq", "zq@zq", "**zq", ":red[zq", "<b>zq", "$zq")
MARKS += (":material/zq", "\u202e")
# Elements that show letters as they are, and fields that nobody sees.
LETTERS = {"text", "code", "arrow_data_frame", "vega_lite_chart", "json", "image", "exception"}
UNSEEN = {"id", "user_key", "form_id", "element_id", "query_param_key", "url", "media_file_id"}
# Of these the options are shown as they are; of radios and pills they are Markdown.
PLAIN_OPTIONS = {"selectbox", "multiselect", "text_input", "file_uploader", "download_button"}
ID = "a" * 32


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def texts(message):
    """All strings in a protobuf message that somebody may see."""
    for field, value in message.ListFields():
        if field.name in UNSEEN:
            continue
        repeated = [value] if isinstance(value, str | bytes | int | float | Message) else value
        for item in repeated:
            if isinstance(item, Message):
                yield from texts(item)
            elif isinstance(item, str):
                yield item


def shown(block):
    """(type, string) of all that Markdown is made of."""
    for child in block.children.values():
        if isinstance(child, Block):
            if child.proto is not None:
                yield from ((child.type, text) for text in texts(child.proto))
            yield from shown(child)
        elif child.type not in LETTERS:
            options = set(getattr(child, "options", ())) if child.type in PLAIN_OPTIONS else set()
            chosen = getattr(child, "value", None)
            plain = options | {chosen} if isinstance(chosen, str) else options
            yield from ((child.type, text) for text in texts(child.proto) if text not in plain)


def assert_plain(app):
    assert [e.message for e in app.exception] == []
    for kind, text in shown(app._tree):
        outside_of_code = re.sub(r"`[^`]*`", "", text)
        found = [mark for mark in MARKS if mark in outside_of_code]
        assert not found, (kind, text[:300])


def visit(page, **parameters):
    app = AppTest.from_file(str(ROOT / "pages" / page), default_timeout=200)
    app.query_params.update(parameters)
    return app.run()


def upload(app, text, name="table.csv"):
    app.file_uploader[0].set_value((name, text.encode(), "text/csv"))
    return app.run()


def table():
    """Names of columns, classes and a title, all hostile."""
    rows = [f'{k % 7 / 3},"{HOSTILE} {k % 3}",{k % 5 / 4}' for k in range(120)]
    return "\n".join([f'"{HOSTILE} a","{HOSTILE} b","{HOSTILE} c"', *rows])


def test_the_walk_finds_hostile_text_where_there_is_some():
    def script():
        import streamlit as st

        st.expander("**zq**").caption("x")

    with pytest.raises(AssertionError, match="zq"):
        assert_plain(AppTest.from_function(script).run())


def test_a_table_on_its_page():
    app = upload(visit("inspect_csv.py"), table())
    assert_plain(app)
    assert not app.error


def test_a_table_that_cannot_be_read():
    assert_plain(upload(visit("inspect_csv.py"), f'"{HOSTILE}",b\n1,2\n{HOSTILE},1,2,3\n'))


def test_a_table_to_be_imitated():
    app = upload(visit("train.py", **{"train-data": "data like a table's"}), table())
    assert_plain(app)
    for box, place in ((app.multiselect[0], 0), (app.multiselect[1], -1)):
        box.set_value([box.options[place]])
    assert_plain(app.run())
    assert len(app.get("vega_lite_chart")) > 1


def test_predictions_under_a_hostile_name():
    app = visit("benchmark.py")
    app = upload(app, "task,n_samples,seed,estimate\nx,1,1,1\n", f"{HOSTILE}.csv")
    assert_plain(app)


@pytest.mark.parametrize("place", [("meta",), ("run", "meta"), ("versions", "python"), ("laws",)])
def test_a_card(home, place):
    make_home(home)
    content = packed(changed(place, json.dumps(HOSTILE[:190])), network().state_dict())
    (home / "weights" / "mine.safetensors").write_bytes(content)
    for page in ("weights.py", "train.py", "explore.py"):
        assert_plain(visit(page, weights="mine"))


def test_a_run_with_hostile_words_everywhere(home):
    make_home(home)
    queue = JobQueue()
    plan = Plan("paper", 1.0, 1, start=HOSTILE)
    with queue.store.transaction() as now:
        now.add("b" * 32, plan, time.time(), FAILED)
        now.mark("b" * 32, FAILED, HOSTILE)
        now.mark_kept("b" * 32, HOSTILE)
        now.add("c" * 32, plan, time.time(), FINISHED)
    for id in ("b" * 32, "c" * 32):
        queue.run_folder(id).mkdir()
    weights = weights_path(queue.run_folder(ID)).read_bytes()
    for name in ("weights.safetensors", "start.safetensors"):
        (queue.run_folder("c" * 32) / name).write_bytes(weights)
    (queue.run_folder("b" * 32) / "log.txt").write_text(f"JobError: {HOSTILE}")
    for parameters in ({}, {"run": "b" * 32}, {"run": "c" * 32}):
        assert_plain(visit("train.py", **parameters))


def test_files_of_the_data_folder_with_hostile_names(home):
    make_home(home)
    name = HOSTILE.replace("/", "⁄")[:120]
    (home / "weights" / f"{name}.safetensors").write_text("x")
    (home / "sides" / f"{name}.safetensors").write_text("x")
    (home / "default-weights.txt").write_text(HOSTILE[:90])
    for page in ("weights.py", "train.py"):
        app = visit(page)
        assert len(app.warning) == 3
        assert_plain(app)


@pytest.mark.parametrize("page", ["explore.py", "train.py", "weights.py", "inspect_csv.py"])
def test_an_address(page):
    names = ("dataset", "run", "weights", "table", "law", "compare")
    assert_plain(visit(page, **dict.fromkeys(names, HOSTILE)))
