"""Whatever holds the columns, the same data become the same two matrices, or a clear sentence."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch

from mist_core.errors import InputError
from mist_core.inference.cells import MAX_CLASSES
from mist_core.inference.inputs import read_pair, read_varying

N = 6
Y = np.arange(float(N))
VALUES = np.array([0.5, -1.0, 3.0, 2.0, 7.0, 2.0])
WORDS = ["b", "a", "b", "c", "c", "a"]
INDICATORS = [[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 1, 0]]


def read(x, types=None):
    return read_pair(x, Y, types)[0]


def refusal(x, y=Y, types=None):
    with pytest.raises(InputError) as caught:
        read_pair(x, y, types)
    return str(caught.value)


@pytest.mark.parametrize(
    "x",
    [
        VALUES,
        VALUES[:, None],
        VALUES[::-1][::-1],
        VALUES.astype(">f8"),
        VALUES.astype(np.float16),
        VALUES.tolist(),
        VALUES[:, None].tolist(),
        torch.tensor(VALUES),
        torch.tensor(VALUES).float()[:, None],
        pd.Series(VALUES, index=list("zyxwvu")),
        pd.Series(VALUES, dtype="Float64"),
        pd.Series(VALUES, dtype=object),
        pd.DataFrame({"value": VALUES}),
    ],
    ids=lambda x: f"{type(x).__name__} {getattr(x, 'dtype', '')}",
)
def test_every_container_of_the_same_numbers_gives_the_same_column(x):
    column = read(x)
    assert column.dtype == torch.float64
    assert column.tolist() == VALUES[:, None].tolist()


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64, "Int64"])
def test_integers_are_numbers(dtype):
    assert read(pd.Series(range(N), dtype=dtype)).tolist() == Y[:, None].tolist()


def test_two_axes_keep_their_columns_in_order():
    x = np.arange(3.0 * N).reshape(N, 3)
    for same in (x, torch.tensor(x), x.tolist(), pd.DataFrame(x), np.asfortranarray(x)):
        assert read(same).tolist() == x.tolist()


def test_large_integers_stay_apart():
    x = 2**52 + np.arange(N)
    assert len(read(x).unique()) == N


def test_the_input_is_left_as_it_was_and_not_shared():
    x = VALUES.copy()
    x.flags.writeable = False
    read(x).zero_()
    assert np.array_equal(x, VALUES)


def test_dates_are_numbers_with_their_time_zone_or_without():
    days = pd.date_range("2026-01-01", periods=N, freq="D")
    for dates in (days, days.tz_localize("Europe/Rome"), days - days[0], days.to_numpy()):
        assert read(dates).ravel().tolist() == (86_400 * Y).tolist()


@pytest.mark.parametrize("unit", ["D", "h", "s", "ms", "us"])
def test_dates_of_all_centuries_are_numbers(unit):
    days = ["0001-01-01", "1969-12-31", "1970-01-01", "1970-01-02", "9999-12-30", "9999-12-31"]
    found = read(np.array(days, f"M8[{unit}]")).ravel().tolist()
    since = np.array(days, "M8[D]") - np.datetime64("0001-01-01")
    assert found == (86_400.0 * since.astype(float)).tolist()


def test_the_first_and_the_last_nanosecond_that_pandas_knows_are_numbers():
    ends = pd.Series([pd.Timestamp.min, pd.Timestamp.max] * 3)
    assert read(ends).ravel().tolist() == pytest.approx([0, 2**64 / 1e9] * 3)


@pytest.mark.parametrize("unit", ["Y", "M"])
def test_years_and_months_keep_their_order(unit):
    for dates in (np.arange(-3, 3).astype(f"M8[{unit}]"), np.arange(6).astype(f"m8[{unit}]")):
        found = read(dates).ravel()
        assert (found.diff() > 0).all() and found[0] == 0


def test_a_missing_date_is_missing_in_every_unit():
    for kind in ("M8[D]", "M8[ns]", "m8[s]", "M8[Y]", "m8"):
        dates = np.arange(6).astype(kind)
        dates[2] = "NaT"
        assert "1 of 6 values are missing" in refusal(dates)


def test_objects_that_are_all_numbers_are_numbers():
    for hold in (Decimal, Fraction, np.float32):
        assert read([hold(value) for value in VALUES]).ravel().tolist() == VALUES.tolist()
    assert read([2**70 * int(value) for value in Y]).ravel().tolist() == (2.0**70 * Y).tolist()


@pytest.mark.parametrize(
    "x",
    [
        WORDS,
        np.array(WORDS),
        np.array(WORDS, dtype=object),
        pd.Series(WORDS),
        pd.Series(WORDS, dtype="string"),
        pd.Series(WORDS, dtype="category"),
        pd.Categorical(WORDS, categories=list("zcba"), ordered=True),
        pd.DataFrame({"word": WORDS}),
    ],
    ids=lambda x: f"{type(x).__name__} {getattr(x, 'dtype', '')}",
)
def test_classes_become_indicators(x):
    assert read(x).tolist() == INDICATORS


def test_renaming_the_classes_changes_nothing():
    for names in ({"a": "z", "b": "y", "c": "x"}, {"a": "c", "b": "a", "c": "b"}):
        assert read([names[word] for word in WORDS]).tolist() == INDICATORS
    assert read(pd.Categorical([{"a": 3, "b": 9, "c": 1}[w] for w in WORDS])).tolist() == INDICATORS


@pytest.mark.parametrize("hold", [np.array, torch.tensor, list, pd.Series, pd.array])
def test_booleans_are_classes(hold):
    truth = [True, False, False, True, False, True]
    assert read(hold(truth)).tolist() == [[t, not t] for t in truth]


def test_numbers_and_classes_share_a_frame():
    frame = pd.DataFrame({"value": VALUES, "word": WORDS})
    assert read(frame).tolist() == [[v, *row] for v, row in zip(VALUES, INDICATORS, strict=True)]


def test_degenerate_columns_are_not_errors():
    x = np.ones((N, 3))
    x[:, 1:] = VALUES[:, None]
    assert read_pair(x, Y)[0].shape == (N, 3) and read_pair(x, Y)[1].shape == (N, 1)
    assert read(["same"] * N).tolist() == [[1.0]] * N


def test_gradients_flow_through_tensors():
    x = torch.tensor(VALUES, requires_grad=True)
    read(x).square().sum().backward()
    assert torch.allclose(x.grad, 2 * x.detach())


class TestForcedTypes:
    FRAME = pd.DataFrame({"stars": [3, 1, 3, 5, 5, 1], "value": VALUES})
    ARRAY = np.column_stack([FRAME["stars"], FRAME["value"]])

    @pytest.mark.parametrize(
        "types",
        [
            {"x": ["class", "continuous"]},
            {"x": {"stars": "class"}},
            {"stars": "class"},
            {"stars": "class", "value": "ordinal"},
        ],
    )
    def test_a_column_of_numbers_can_be_a_class(self, types):
        expected = np.column_stack([INDICATORS, VALUES])
        assert read(self.FRAME, types).tolist() == expected.tolist()

    def test_one_type_holds_for_every_column_or_for_one_side(self):
        assert [m.shape[1] for m in read_pair(self.FRAME, Y, "class")] == [3 + 5, 6]
        assert [m.shape[1] for m in read_pair(self.FRAME, Y, {"x": "class"})] == [3 + 5, 1]

    def test_columns_of_arrays_and_tensors_are_named_by_position(self):
        for x in (self.ARRAY, torch.tensor(self.ARRAY)):
            assert read(x, {"x": {0: "class"}}).shape == (N, 4)

    def test_a_forced_tensor_column_comes_out_beside_the_others(self):
        x = torch.tensor(self.ARRAY)
        assert read(x, {"x": ["class", "continuous"]}).tolist() == (
            np.column_stack([INDICATORS, VALUES]).tolist()
        )

    def test_x_and_y_mean_the_sides_even_where_a_column_has_that_name(self):
        frame = pd.DataFrame({"x": [3, 1, 3, 5, 5, 1], "z": VALUES})
        assert read(frame, {"x": "class"}).shape == (N, 3 + 5)
        assert read(frame, {"x": {"x": "class"}}).shape == (N, 3 + 1)

    def test_an_ordered_categorical_can_be_ordinal(self):
        x = pd.Categorical(WORDS, categories=["c", "b", "a"], ordered=True)
        assert read(x, {"x": "ordinal"}).ravel().tolist() == [1, 2, 1, 0, 0, 2]

    def test_categories_that_are_numbers_can_be_continuous(self):
        assert read(pd.Categorical(VALUES), {"x": "continuous"}).ravel().tolist() == VALUES.tolist()

    def test_booleans_can_be_ordinal(self):
        assert read(torch.tensor(VALUES) > 1, {"x": "ordinal"}).shape == (N, 1)

    @pytest.mark.parametrize("x", [WORDS, pd.Series(WORDS, dtype="string"), pd.Categorical(WORDS)])
    def test_text_has_no_order_to_force(self, x):
        assert "x, column 0 is text and has no order" in refusal(x, types={"x": "ordinal"})

    @pytest.mark.parametrize(
        ("types", "message"),
        [
            ("colour", "types: expected one of continuous, ordinal, class for 'every column'"),
            (["class"], "types: expected one of continuous, ordinal, class for 'every column'"),
            ({"x": 3}, "types: expected one of continuous, ordinal, class for 'x', got 3"),
            ({"x": ["class"]}, "types: x has 2 columns, got 1 types; give one for each."),
            ({"x": {"price": "class"}}, "types: x has no column 'price', only ['stars', 'value']."),
            ({"price": "class"}, "types: 'price' is neither a side ('x', 'y') nor a column"),
        ],
    )
    def test_types_that_fit_no_column_are_refused(self, types, message):
        assert message in refusal(self.FRAME, types=types)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_counted_and_placed(bad):
    x = np.column_stack([VALUES, VALUES, VALUES])
    x[[1, 4], 2] = bad
    message = "x, column 2: 2 of 6 values are missing or infinite; drop those rows from x and y"
    assert message in refusal(x) and message in refusal(torch.tensor(x))
    names = pd.DataFrame(x, columns=["a", "b", "c"])
    assert "y, column 'c': 2 of 6" in refusal(Y, names)
    assert "2 of 6" in refusal(x, types={"x": "class"})


@pytest.mark.parametrize(
    "x",
    [
        pd.Series(["a", None, "b", "a", "b", None]),
        pd.Series(["a", None, "b", "a", "b", None], dtype="string"),
        pd.Series(["a", None, "b", "a", "b", None], dtype="category"),
        pd.Series([True, None, False, True, True, None], dtype="boolean"),
        pd.Series([1, None, 2, 3, 4, None], dtype="Int64"),
        pd.Series(pd.to_datetime(["2020", None, "2021", "2022", "2023", None])),
        [1.0, None, 2.0, 3.0, 4.0, None],
    ],
    ids=lambda x: str(getattr(x, "dtype", "list")),
)
def test_missing_values_are_counted_in_every_dtype(x):
    assert "x, column 0: 2 of 6 values are missing" in refusal(x)


def test_masked_values_are_not_uncovered_in_silence():
    assert "x has masked values" in refusal(np.ma.masked_greater(VALUES, 2))
    assert read(np.ma.masked_greater(VALUES, 99)).ravel().tolist() == VALUES.tolist()


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (Y, Y[:5], "x has 6 rows and y has 5: row i of both must belong to the same sample."),
        (Y[:3], Y[:3], "Expected at least 4 rows, got 3."),
        ([], Y, "x is empty"),
        (Y, np.zeros((6, 0)), "y is empty"),
        (pd.DataFrame(index=range(6)), Y, "x is empty"),
        (torch.zeros(0, 3), Y, "x is empty"),
        (Y[:, None, None], Y, "x: expected shape (n,) or (n, dim), got (6, 1, 1)"),
        (3.0, Y, "x: expected shape (n,) or (n, dim), got ()"),
        (torch.tensor(3.0), Y, "x: expected shape (n,) or (n, dim), got ()"),
        ("text", Y, "x: expected shape (n,) or (n, dim), got ()"),
        (None, Y, "x: expected shape (n,) or (n, dim), got ()"),
        (1j * Y, Y, "x, column 0 is complex"),
        (torch.zeros(6, dtype=torch.complex64), Y, "x, column 0 is complex"),
        ([1, "a", 2, 3, 4, 5], Y, "x, column 0 has dtype object and holds int"),
        ([object()] * 6, Y, "x, column 0 has dtype object and holds object"),
        ([[1, 2], [3]] * 3, Y, "x, column 0 has dtype object and holds list"),
        (pd.period_range("2020", periods=6, freq="M"), Y, "expected numbers, text or dates"),
        (np.zeros(6, dtype=[("a", float)]), Y, "x: expected plain columns, got records"),
        ([10**400 * k for k in range(6)], Y, "x, column 0 holds numbers beyond 1.8e308"),
        (pd.MultiIndex.from_arrays([range(6)] * 2), Y, "x is a MultiIndex: pass its levels"),
        (torch.eye(6).to_sparse(), Y, "x is a sparse_coo tensor: pass x.to_dense()"),
        (torch.eye(6).to_mkldnn(), Y, "x is a _mkldnn tensor: pass x.to_dense()"),
        (torch.zeros(6, device="meta"), Y, "x is a meta tensor, which has a shape and no numbers"),
        (torch.zeros(6, dtype=torch.uint8).view(torch.bits8), Y, "is torch.bits8: expected numb"),
        ({1, 2, 3}, Y, "x is a set: pass pandas.DataFrame(x)"),
        ({"a": Y}, Y, "x is a dict: pass pandas.DataFrame(x)"),
    ],
)
def test_unusable_data_are_refused_in_one_sentence(x, y, message):
    assert message in refusal(x, y)


@pytest.mark.filterwarnings("ignore::UserWarning")  # torch would rather not have them any more
def test_tensors_of_other_kinds_are_refused_in_one_sentence():
    quantized = torch.quantize_per_tensor(torch.zeros(6), 0.1, 0, torch.quint8)
    assert "x is a quantized tensor: pass x.dequantize()" in refusal(quantized)
    assert "x is a sparse_csr tensor: pass" in refusal(torch.eye(6).to_sparse_csr())
    assert "x is a nested tensor" in refusal(torch.nested.nested_tensor([torch.ones(2)] * 6))


@pytest.mark.parametrize("constant", [(0,), (1,), (0, 1)])
def test_beside_a_constant_side_all_derivatives_are_zero_even_undefined_ones(constant):
    sides = [torch.tensor(VALUES), torch.tensor(Y)]
    for place in constant:
        sides[place] = torch.full_like(sides[place], 3.0)
    sides = [side.requires_grad_() for side in sides]
    x, y = read_varying(*sides)
    (x.std() * y.std()).sqrt().backward()  # not a number at 0
    assert [side.grad.tolist() for side in sides] == [[0.0] * N] * 2


def test_a_constant_column_beside_others_has_no_derivative_and_they_have_theirs():
    x = torch.tensor(np.column_stack([np.ones(N), VALUES])).requires_grad_()
    read_varying(x, Y)[0].square().sum().backward()
    assert x.grad.tolist() == [[0.0, 2 * value] for value in VALUES]


def test_too_many_classes_are_refused_with_a_way_out():
    words = [f"word {i}" for i in range(MAX_CLASSES + 1)]
    numbers = np.arange(float(len(words)))
    message = refusal(words, numbers)
    assert f"x, column 0 has {len(words)} classes, at most {MAX_CLASSES} can be used" in message
    assert read_pair(words[:-1], numbers[:-1])[0].shape == (MAX_CLASSES, MAX_CLASSES)


def test_a_million_rows_are_read():
    x, y = np.zeros((1_000_000, 2)), np.zeros(1_000_000, dtype=bool)
    assert [tuple(side.shape) for side in read_pair(x, y)] == [(1_000_000, 2), (1_000_000, 1)]


@pytest.mark.parametrize("types", [None, "class", "ordinal"])
@pytest.mark.parametrize(
    ("column", "says"),
    {
        "complex in a list": ([complex(k, 1) for k in range(9)], "complex"),
        "signalling NaN": ([Decimal("sNaN"), *map(Decimal, range(8))], "1 of 9 values are missing"),
        "beyond float64": (np.arange(9.0) * np.longdouble("1e4000"), "missing or infinite"),
        "lists in Arrow": (
            pd.Series([[1]] * 9, dtype=pd.ArrowDtype(pa.list_(pa.int64()))),
            "expected numbers, text or dates",
        ),
    }.values(),
)
def test_what_only_looks_like_numbers_is_refused(column, says, types):
    with pytest.raises(InputError, match=says):
        read_pair(column, np.arange(9.0), types)
