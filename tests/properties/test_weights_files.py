"""Any weights file is refused in a sentence or does no harm, whatever has become of its parts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mist_core.errors import MISTError
from mist_core.networks.limits import require_config
from mist_core.priors.registry import meta_distribution
from mist_core.weights.header import check_header
from tests.weights.test_hostile import CARD, PLACES, VALUES, changed, harmless, network, packed

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(["paper", "general", "sizes", "mist", "classic", "loss", "canonical"]),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(max_size=9) | st.sampled_from([*CARD]), inner, max_size=5)
    ),
    max_leaves=12,
)
# The long ones are tried one by one elsewhere: hypothesis would print them.
TEXTS = st.one_of(
    st.sampled_from([value for value in VALUES if len(value) < 9999]), JSON.map(json.dumps)
)
WHOLE = packed(json.dumps(CARD), network().state_dict())


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(tmp_path / "home"))


@given(st.sampled_from(PLACES), TEXTS)
def test_any_json_in_any_place_of_the_card_is_refused_or_harmless(place, value):
    harmless(packed(changed(place, value), network().state_dict()))


@given(TEXTS)
def test_any_card_is_refused_or_harmless(text):
    harmless(packed(text, network().state_dict()))


@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=20), st.integers(0, 40))
def test_any_change_of_bytes_is_refused_or_harmless(start, content, length):
    harmless(WHOLE[:start] + content + WHOLE[start + length :])


@given(st.binary(max_size=300))
def test_any_bytes_are_no_weights(content):
    with pytest.raises(MISTError):
        check_header(content)


@given(st.dictionaries(st.sampled_from([*CARD["config"], "depth"]), JSON))
def test_any_config_is_refused_in_a_sentence_or_within_the_limits(config):
    try:
        require_config(config)
    except MISTError as error:
        assert len(str(error)) < 2000
    else:
        assert config["architecture"] in ("mist", "classic")


@given(st.one_of(JSON.map(json.dumps), st.text(max_size=60)))
def test_any_text_is_a_meta_distribution_or_a_sentence(text):
    try:
        meta_distribution(text)
    except MISTError as error:
        assert str(error)
