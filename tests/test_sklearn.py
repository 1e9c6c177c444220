"""Score and selector take scikit-learn's part: its own checks, pipelines, frames, classes."""

import functools

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from mist_core import MISTEstimator, ParameterError, estimate
from mist_core.sklearn import MISTSelector, mist_score

MODES = [
    MISTSelector(),
    MISTSelector(k=1),
    MISTSelector(threshold=0.0),
    MISTSelector(threshold=0.02, coverage=0.5),
    MISTSelector(discrete_target=True),
]


@pytest.mark.filterwarnings("ignore:No features were selected")
@parametrize_with_checks(MODES)
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def data():
    """Five features, the second and the fourth of which tell about the target."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((300, 5))
    return X, X[:, 1] ** 2 + 0.5 * X[:, 3] + 0.3 * rng.standard_normal(300)


@pytest.fixture(scope="module")
def frame():
    """A colour that decides the target's sign, and a number that says nothing."""
    rng = np.random.default_rng(1)
    colour = rng.choice(["red", "green", "blue"], 300)
    X = pd.DataFrame({"noise": rng.standard_normal(300), "colour": colour})
    return X, np.where(colour == "green", 1.0, -1.0) + 0.3 * rng.standard_normal(300)


def test_a_score_is_the_posterior_mean_of_one_feature(data):
    X, y = data
    expected = [estimate(x, y).mean for x in X.T]
    np.testing.assert_allclose(mist_score(X, y), expected, atol=1e-6)


def test_select_k_best_finds_what_correlation_does_not_see(data):
    assert SelectKBest(mist_score, k=2).fit(*data).get_support(indices=True).tolist() == [1, 3]


def test_a_selector_keeps_as_many_as_asked_or_those_that_surely_tell(data):
    assert MISTSelector(k=2).fit(*data).get_support(indices=True).tolist() == [1, 3]
    assert MISTSelector(threshold=0.02).fit(*data).get_support(indices=True).tolist() == [1, 3]
    assert MISTSelector(threshold=9.0).fit(*data).get_support().sum() == 0


def test_a_column_of_text_is_a_class(frame):
    selector = MISTSelector(k=1).set_output(transform="pandas")
    assert list(selector.fit_transform(*frame).columns) == ["colour"]
    colour = mist_score(*frame)[1]
    assert colour == pytest.approx(estimate(frame[0].colour, frame[1]).mean, abs=1e-6)


def test_partial_says_what_is_a_class_where_all_are_numbers(frame):
    X, y = frame
    codes = X.assign(colour=pd.factorize(X.colour)[0]).to_numpy()
    for discrete in ([1], [False, True]):
        score = functools.partial(mist_score, discrete_features=discrete)
        np.testing.assert_allclose(SelectKBest(score, k=1).fit(codes, y).scores_, mist_score(X, y))


def test_the_target_is_a_class_by_its_type_or_by_word(frame):
    X, y = frame
    labels = (y > 0).astype(int)
    told = mist_score(X[["noise"]], labels, discrete_target=True)
    np.testing.assert_allclose(mist_score(X[["noise"]], labels.astype(str)), told)
    np.testing.assert_allclose(mist_score(X[["noise"]], pd.Series(labels, dtype="category")), told)


def test_a_pipeline_searches_over_the_number_of_features(data):
    X, y = data
    pipeline = make_pipeline(MISTSelector(discrete_target=True), LogisticRegression())
    search = GridSearchCV(pipeline, {"mistselector__k": [1, 5]}, cv=2).fit(X, y > 0.5)
    assert search.best_params_["mistselector__k"] in (1, 5)


def test_intervals_are_those_of_the_posterior(data):
    X, y = data
    selector = MISTSelector(coverage=0.5).fit(X, y)
    expected = MISTEstimator.load().posterior(X[:, 0], y).interval(0.5)
    assert selector.intervals_[0] == pytest.approx(expected, abs=1e-6)


def test_parameters_out_of_range_are_refused(data):
    with pytest.raises(ParameterError, match="k must be at least 1"):
        MISTSelector(k=0).fit(*data)
    with pytest.raises(ParameterError, match="'auto' or a mask"):
        mist_score(*data, discrete_features="all")
    with pytest.raises(ParameterError, match="coverage"):
        MISTSelector(coverage=1.0).fit(*data)
