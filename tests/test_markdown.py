"""Numbers in sentences: what differs looks different, what looks the same did not change."""

import pytest

from mist_core.markdown import apart, changed, counted, plain, spoken


@pytest.mark.parametrize(
    ("truth", "low", "high", "shown"),
    [
        (0.5, 0.4, 0.6, ("0.50", "0.40", "0.60")),
        (0.2866, 0.2891, 0.4, ("0.287", "0.289", "0.400")),
        (0.3996, 0.3, 0.39949, ("0.400", "0.300", "0.399")),
        (0.0, 0.0, 0.2, ("0.00", "0.00", "0.20")),
    ],
)
def test_a_number_outside_of_an_interval_looks_outside(truth, low, high, shown):
    assert apart(truth, low, high) == shown
    at, left, right = map(float, shown)
    assert (left <= at <= right) == (low <= truth <= high)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (0.2431, 0.2432, "stayed at 0.243 nats"),
        (0.2, 0.1, "fell by 50\u00a0%, from 0.200 to 0.100 nats"),
        (1.0, 1.004, "rose by less than 1\u00a0%, from 1.000 to 1.004 nats"),
        (0.0, 0.0, "stayed at 0.000 nats"),
    ],
)
def test_a_change_is_said_only_where_it_shows(before, after, words):
    assert changed(before, after, "nats") == words


def test_one_is_singular():
    assert [counted(n, "minute") for n in (1, 2, 0.5)] == ["1 minute", "2 minutes", "0.5 minutes"]
    assert counted(1_234_567, "row") == "1,234,567 rows"


def test_what_is_read_aloud_has_no_marks():
    assert spoken(f"**{plain('a_b*c')}** tells `most`") == "a_b*c tells most"
