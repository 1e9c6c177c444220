"""What every page shares: units, escaping and downloads."""

import re

import pytest

from mist_core.checkpoint import sha256
from mist_core.inference.posterior import Posterior
from ui import shell as ui

ANSWER = Posterior(1.0, (0.05, 0.5, 0.95), (0.5, 1.0, 1.5), in_family=0.9)


def test_bits_exist_only_at_display():
    assert ui.in_unit(ANSWER, "nats") == ANSWER
    assert ui.in_unit(ANSWER, "bits").mean == pytest.approx(1.442695)


@pytest.mark.parametrize(
    "text", ["**bold**", "[a](http://b)", "<b>x</b>", "$x^2$", ":red[x]", "`c`"]
)
def test_text_of_unknown_origin_loses_its_power_over_markdown(text):
    escaped = ui.plain(text)
    assert escaped != text
    assert escaped.replace("\\", "").replace("\u2060", "") == text


@pytest.mark.parametrize(
    "text",
    ["http://a.b", "HTTPS://a.b/c", "see www.a.b", "x@a.b", ":material/home:", ":streamlit:"],
)
def test_no_link_and_no_icon_comes_of_text_even_where_letters_are_escaped(text):
    # What Streamlit's page looks for in the text that Markdown leaves.
    lively = r"https?://|www(?=\.)|[-.\w+]+@[-\w]+|:material|:streamlit"
    left = ui.plain(text).replace("\\", "")
    assert not re.search(lively, left, re.IGNORECASE)
    assert left.replace("\u2060", "") == text


def test_arrows_stay_the_letters_they_are_and_options_of_commands_can_be_copied():
    assert "->" not in ui.plain("a -> b").replace("\\", "")
    command = "python -m mist_core evaluate mtest --weights a-->b"
    assert ui.plain(command).replace("\\", "") == command


def test_letters_that_turn_lines_around_or_cannot_be_shown_are_left_out():
    assert ui.plain("a\u202eb\0c\ud800d\x1be") == "abcde"


def test_an_upload_is_known_by_all_of_its_bytes():
    big = b"0" * 10_000_000
    assert sha256(big + b"1") != sha256(big + b"2")
