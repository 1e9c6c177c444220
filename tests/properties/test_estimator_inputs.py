"""Whatever is handed to the estimator, it is two finite matrices or one sentence."""

import datetime
import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from mist_core import (
    InputError,
    MISTError,
    MISTEstimator,
    ParameterError,
    WeightsError,
    associations,
)
from mist_core.inference.inputs import MIN_SAMPLES, read_pair, read_varying
from mist_core.inference.posterior import Posterior
from mist_core.tables.table import table_from_frame

ROWS = st.integers(0, 12)
FLOATS = st.floats(width=64, allow_nan=True, allow_infinity=True, allow_subnormal=True)
NUMBERS = st.one_of(
    FLOATS,
    st.integers(),
    st.sampled_from([10**400, -(10**400), 2**64, 2**70]),
    st.booleans(),
    st.decimals(allow_nan=False),  # pandas prints a trace for each signalling NaN
    st.fractions(),
    st.complex_numbers(),
)
DATES = st.one_of(st.datetimes(), st.dates(), st.timedeltas(), st.times())
OBJECTS = st.one_of(
    NUMBERS,
    DATES,
    st.text(st.characters()),  # surrogates, too
    st.binary(max_size=4),
    st.none(),
    st.just(pd.NA),
    st.just(pd.NaT),
    st.builds(object),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.integers(), st.integers(), max_size=2),
    st.just(torch.tensor(1.0)),
    st.just(np.float128(1) * np.float128(10) ** 400),
)
COLUMNS = st.one_of(
    st.lists(OBJECTS, max_size=8),
    *(st.lists(kind, min_size=4, max_size=8) for kind in (FLOATS, NUMBERS, DATES, st.text())),
)
DTYPES = st.one_of(
    npst.scalar_dtypes(),
    npst.datetime64_dtypes(),
    npst.timedelta64_dtypes(),
    npst.array_dtypes(max_size=2),
    st.just(np.dtype(np.longdouble)),
    st.just(np.dtype(object)),
)
ARRAYS = DTYPES.flatmap(
    lambda dtype: npst.arrays(
        dtype,
        npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=6),
        elements=OBJECTS if dtype.kind == "O" else None,
    )
)
TORCH_DTYPES = sorted({v for v in vars(torch).values() if isinstance(v, torch.dtype)}, key=str)


class Liar:
    """Says that it is an array of six numbers, and is none."""

    def __len__(self):
        return 6

    def __getitem__(self, place):
        raise KeyError(place)

    def __array__(self, *arguments, **options):
        raise RuntimeError("no array today")


@st.composite
def tensors(draw):
    """Tensors of every type, layout and state that torch has."""
    shape = draw(st.lists(st.integers(0, 6), max_size=3))
    dtype = draw(st.sampled_from(TORCH_DTYPES))
    value = draw(st.sampled_from([0, 1, 3]))
    change = draw(
        st.sampled_from(
            [
                lambda t: t,
                lambda t: t.to_sparse(),
                lambda t: t.to_sparse_csr(),
                lambda t: t.to_mkldnn(),
                lambda t: t.to("meta"),
                lambda t: torch.quantize_per_tensor(t, 0.1, 0, torch.quint8),
                lambda t: torch.nested.nested_tensor([t, t]),
                lambda t: t.requires_grad_(),
                lambda t: t.T,
                lambda t: torch.nn.Parameter(t),
            ]
        )
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tensor = torch.zeros(shape)
        try:
            tensor = torch.empty(shape, dtype=dtype)
            return change(tensor.fill_(value))
        except Exception:  # torch has no such tensor
            return tensor


@st.composite
def pandas_objects(draw):
    """Series, frames and indices of every dtype that the values can be brought into."""
    values = draw(COLUMNS)
    dtype = draw(
        st.sampled_from(
            [None, object, "category", "string", "Int64", "Float64", "boolean", "float32"],
        )
        | st.sampled_from(
            ["Sparse[float]", "datetime64[ns]", "timedelta64[ns]", "datetime64[ns, UTC]"]
        )
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            series = pd.Series(values, dtype=dtype)
        except Exception:  # the values do not fit this dtype
            series = pd.Series(values, dtype=object)
        hold = draw(
            st.sampled_from(
                [
                    lambda s: s,
                    lambda s: s.array,
                    lambda s: pd.Index(s),
                    lambda s: pd.DataFrame({"a": s, "b": s}),
                    lambda s: pd.concat([s, s], axis=1),  # two columns of one name
                    lambda s: pd.MultiIndex.from_arrays([range(len(s))] * 2),
                    lambda s: pd.IntervalIndex.from_breaks(range(len(s) + 1)),
                    lambda s: pd.period_range("2020", periods=len(s), freq="M"),
                    lambda s: pd.DataFrame(s).T,
                ]
            )
        )
        return hold(series)


ANYTHING = st.one_of(
    COLUMNS,
    st.lists(COLUMNS, max_size=6),
    ARRAYS,
    tensors(),
    pandas_objects(),
    OBJECTS,
    st.builds(Liar),
    st.just(np.ma.masked_array([1.0, 2, 3, 4], [0, 1, 0, 0])),
    st.just({1, 2, 3, 4}),
    st.builds(lambda: (number for number in range(9))),
)
TYPES = st.one_of(
    st.none(),
    st.sampled_from(["class", "ordinal", "continuous", "colour"]),
    st.dictionaries(st.sampled_from(["x", "y", 0, "a"]), st.sampled_from(["class", 3]), max_size=2),
    OBJECTS,
)


@pytest.fixture(scope="module")
def tiny(tiny_weights):
    return MISTEstimator.load(tiny_weights, "cpu")


@pytest.fixture(scope="module")
def posterior():
    return Posterior(1.0, (0.05, 0.5, 0.95), (0.5, 1.0, 1.5), in_family=0.9)


def rows_of(data):
    try:
        return max(len(data), MIN_SAMPLES)
    except Exception:  # objects that only look as if they had a length
        return MIN_SAMPLES


@given(ANYTHING, TYPES)
def test_anything_is_two_finite_matrices_or_one_sentence(data, types):
    other = np.arange(float(rows_of(data)))
    for read in (read_pair, read_varying):
        for sides in ((data, other), (other, data)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # of numbers beyond float64
                try:
                    found = read(*sides, types)
                except InputError as error:
                    assert "\n" not in str(error).strip() or len(str(error)) < 2000
                    continue
            for side in found:
                assert side.dtype == torch.float64 and side.ndim == 2 and side.shape[1] >= 1
                assert torch.isfinite(side).all()
            assert len(found[0]) == len(found[1]) >= MIN_SAMPLES


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=4, max_size=8))
def test_dates_of_any_century_keep_their_order(values):
    years = [2000 + round(1e4 * np.tanh(value)) for value in values]
    dates = np.array(years, dtype="i8").astype("M8[Y]") - np.timedelta64(1970, "Y")
    found = read_pair(dates, np.arange(len(dates)))[0].ravel()
    assert np.array_equal(found.argsort(stable=True), np.argsort(years, kind="stable"))


@given(st.one_of(OBJECTS, st.lists(OBJECTS, max_size=3), ARRAYS))
def test_whatever_is_no_pair_is_a_sentence(tiny, pairs):
    try:
        answers = tiny.posteriors(pairs)
    except InputError:
        return
    assert len(answers) == len(list(pairs))


@given(st.one_of(OBJECTS, st.text(max_size=400)))
def test_whatever_names_no_weights_is_a_sentence(name):
    try:
        MISTEstimator.load(name)
    except WeightsError:
        return
    assert name in ("general", "paper", "classic")


@given(st.one_of(OBJECTS, st.text(max_size=9)))
def test_whatever_is_no_device_is_a_sentence(tiny_weights, device):
    try:
        MISTEstimator.load(tiny_weights, device)
    except ParameterError:
        return
    assert str(device) in ("auto", "cpu", "cpu:0")


@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
@given(OBJECTS)
def test_whatever_is_no_level_is_a_sentence(posterior, level):
    for ask in (posterior.quantile, posterior.interval):
        try:
            answer = ask(level)
        except MISTError:
            continue
        assert np.all(np.isfinite(answer))


@example([pd.Series([datetime.timedelta(days=104_250)], dtype=object)])  # beyond 2^53 units
@given(st.lists(pandas_objects() | COLUMNS.map(lambda v: pd.Series(v, dtype=object)), max_size=3))
def test_any_frame_is_a_table_of_finite_columns_or_one_sentence(columns):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            frame = pd.concat([pd.DataFrame(column) for column in columns], axis=1)
        except Exception:  # pandas has no such frame
            return
        try:
            table = table_from_frame(frame)
        except MISTError as error:
            assert len(str(error)) < 2000
            return
    for column in table.columns:
        assert len(column.numbers) == len(frame)
        assert not np.isinf(column.numbers).any()


@given(st.one_of(OBJECTS, st.lists(OBJECTS, max_size=3)))
def test_whatever_names_no_target_is_a_sentence(tiny, target):
    frame = pd.DataFrame({"a": np.arange(9.0) % 4, "b": np.arange(9.0) % 5})
    try:
        found = associations(frame, target, estimator=tiny)
    except MISTError:
        return
    assert len(found) == 1


@given(OBJECTS)
def test_whatever_is_no_time_to_refine_is_a_sentence(tiny, seconds):
    rows = np.arange(9.0)
    try:
        answer = tiny.refine(rows, rows, seconds=seconds)
    except MISTError:
        return
    assert answer.evidence.steps == 0  # rows too few to learn from
