"""Labels are short, differ, and show where long names differ."""

from mist_core.tables.labels import labels


def test_short_names_stay_and_long_ones_lose_their_middle():
    assert labels(["age", "a" * 30 + "b" * 30], 21) == {
        "age": "age",
        "a" * 30 + "b" * 30: "a" * 10 + "…" + "b" * 10,
    }


def test_questions_that_begin_and_end_alike_show_what_differs():
    names = [
        f"How much do you agree with the statement number {i}, on the whole?" for i in range(15)
    ]
    found = labels(names, 22)
    assert found[names[3]] == "…e statement number 3…"
    assert len(set(found.values())) == 15
    assert all(len(label) <= 22 for label in found.values())


def test_names_that_one_letter_tells_apart_differ_whatever_their_length():
    names = ["x" * 60 + letter + "y" * 60 for letter in "abc"] + ["x" * 121]
    found = labels(names, 12)
    assert len(set(found.values())) == 4 and all(len(label) <= 16 for label in found.values())


def test_a_long_difference_is_shown_from_its_beginning():
    names = ["why oh why " + letter * 50 + " of all things" for letter in "pq"]
    assert [*labels(names, 10).values()] == ["…pppppppp…", "…qqqqqqqq…"]
