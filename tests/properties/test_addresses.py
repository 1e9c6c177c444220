"""Any address and any text are shown letter by letter and ask for nothing that is not stored."""

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from mist_core.leaderboard.dataset_link import REPETITION, BenchmarkDataset
from mist_core.markdown import _CONTROL, code, plain
from mist_core.paths import RESULTS

LIVELY = re.compile(r"https?://|www(?=\.)|[-.\w+]+@[-\w]+|:material|:streamlit", re.IGNORECASE)
PIECES = st.sampled_from(["http", "https", ":", "//", "www", ".", "@", "a.b", "material/"])
PIECES |= st.sampled_from(["streamlit:", "![", "](", ")", "*", "_", "`", "<b>", "$", "->", "x"])
PIECES |= st.sampled_from("\\ \n-\u2060\u202e\0")
TEXTS = st.one_of(st.text(st.characters()), st.lists(PIECES).map("".join))
ADDRESSES = st.one_of(
    TEXTS,
    st.builds(
        lambda benchmark, task, numbers: "/".join([benchmark, task, *numbers]),
        st.sampled_from([*REPETITION]),
        st.one_of(st.just("normal-dense-base"), TEXTS),
        st.lists(st.integers(0, 10**8).map(str) | TEXTS, min_size=3, max_size=5),
    ),
)


def shown(markdown):
    """What is left of plain text on a page: an escaped letter is that letter."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)


@given(TEXTS)
def test_any_text_is_shown_letter_by_letter(text):
    left = shown(plain(text))
    assert not LIVELY.search(left)
    assert left.replace("\u2060", "") == _CONTROL.sub("", text).replace("\u2060", "")
    plain(text).encode()


@given(TEXTS)
def test_nothing_escapes_its_escapes(text):
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", plain(text))
    assert not set("\\`*_{}[]()#+-.!|<>~:$&") & set(bare)


@given(TEXTS)
def test_a_code_span_ends_where_it_should(text):
    span = code(text)
    assert span[0] == span[-1] == "`" and not set("`\n|") & set(span[1:-1])
    assert all(unicodedata.category(letter) != "Cc" for letter in span)


@given(ADDRESSES)
def test_an_address_opens_what_is_stored_or_nothing(address):
    found = BenchmarkDataset.stored(address, RESULTS)
    assert found is None or found.address == address
    assert found is None or found.n_samples <= 100_000
