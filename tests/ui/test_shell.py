"""What every page shares: units, escaping and downloads."""

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
    assert escaped.replace("\\", "") == text


def test_an_upload_is_known_by_all_of_its_bytes():
    big = b"0" * 10_000_000
    assert sha256(big + b"1") != sha256(big + b"2")
