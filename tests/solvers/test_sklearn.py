"""Tests of `solvers.sklearn`: what a user of scikit-learn expects, and Kennard and Stone's own rule."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dispersion import InputError

pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra 'sklearn')")

from scipy.sparse import csr_matrix
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from solvers.sklearn import DispersionSelector, diverse_split

RNG = np.random.default_rng(0)
TABLE = pd.DataFrame(RNG.normal(size=(6, 5)), columns=[*"abcde"])


@parametrize_with_checks([DispersionSelector()])
def test_scikit_learns_own_checks(estimator, check):
    """All of them."""
    if check.func.__name__ == "check_array_api_input":
        pytest.skip("needs SCIPY_ARRAY_API=1 before scipy is imported")
    check(estimator)


def test_the_columns_farthest_apart_are_selected():
    """A copy of a column adds nothing, so one of the two goes; names and order stay."""
    X = TABLE.assign(copy=TABLE["a"])
    selector = DispersionSelector(p=5).fit(X)
    assert selector.solution_.status.value == "optimal"
    assert selector.get_support().sum() == 5
    assert selector.get_support()[[0, 5]].sum() == 1
    named = list(selector.get_feature_names_out())
    assert named == [one for one in X.columns if one in named]
    assert np.array_equal(selector.transform(X), X[named])


def test_features_that_stay_and_go():
    """By name or by number, in a pipeline, which gives a table back if asked."""
    selector = DispersionSelector(p=3, required=("b", 2), excluded=("e",))
    chosen = make_pipeline(StandardScaler(), selector).set_output(transform="pandas")
    names = list(chosen.fit_transform(TABLE).columns)
    assert {"b", "c"} < set(names)
    assert "e" not in names


def test_a_grid_search_tries_sizes():
    """It is cloned, and its parameters are set by name."""
    pipeline = make_pipeline(DispersionSelector(), LinearRegression())
    search = GridSearchCV(pipeline, {"dispersionselector__p": [2, 4]}, cv=2)
    search.fit(TABLE, TABLE["a"])
    assert search.best_estimator_[0].support_.sum() == search.best_params_["dispersionselector__p"]


def test_a_share_of_the_features():
    """Rounded down, and two at least."""
    assert DispersionSelector(p=0.7).fit(TABLE).support_.sum() == 3
    assert DispersionSelector(p=0.1).fit(TABLE).support_.sum() == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"p": 6}, "p must lie between 2 and n = 5, got 6"),
        ({"p": 1.5}, r"p must be a share between 0 and 1, or a whole number, got 1\.5"),
        ({"p": "half"}, "p must be a whole number or a share, got 'half'"),
        ({"required": ("a", 0)}, "required holds point 0 twice"),
        ({"required": 0}, "required must be a list of points, whole numbers counted from 0, got 0"),
        ({"excluded": None}, "excluded must be a list of points, .*, got None"),
        ({"excluded": ("z",)}, "unknown feature 'z'; known: a, b, c, d, e"),
        ({"metric": "euclid"}, "unknown metric 'euclid'; did you mean euclidean"),
        ({"solver": "grasp", "time_limit": 1e-9}, r"grasp found no selection: .* time_limit = 1e-09,"),
    ],
)
def test_one_sentence_says_what_is_wrong(wrong, said):
    """In `fit`, as scikit-learn wants it."""
    with pytest.raises(InputError, match=said):
        DispersionSelector(**wrong).fit(TABLE)


def test_names_need_a_table():
    """An array has none; of a table, one name may be given alone."""
    with pytest.raises(InputError, match="X has no names of features, got 'a'; count it from 0"):
        DispersionSelector(required=("a",)).fit(TABLE.to_numpy())
    for name in TABLE:
        assert name in DispersionSelector(p=2, required=name).fit(TABLE).get_feature_names_out()


def _kennard_stone(X, p):
    """As they describe it, distance by distance."""
    distances = np.linalg.norm(X[:, None] - X[None], axis=-1)
    chosen = list(np.unravel_index(distances.argmax(), distances.shape))
    while len(chosen) < p:
        nearest = distances[:, chosen].min(axis=1)
        nearest[chosen] = -1.0
        chosen.append(nearest.argmax())
    return sorted(chosen)


def test_the_split_is_kennard_and_stones():
    """On points without ties, the same samples."""
    for p in (2, 5, 11):
        X = RNG.random((12, 2))
        train, test, numbers, _ = diverse_split(X, np.arange(12), train_size=p)
        assert numbers.tolist() == _kennard_stone(X, p)
        assert np.array_equal(train, X[numbers])
        assert np.array_equal(np.sort(np.concatenate([train, test]), axis=0), np.sort(X, axis=0))


@pytest.mark.parametrize("sizes", [{}, {"test_size": 0.3}, {"train_size": 0.6}, {"test_size": 4}])
def test_sizes_are_those_of_train_test_split(sizes):
    """Shares are rounded the same way."""
    for n in (7, 10, 23):
        X = RNG.random((n, 2))
        ours, theirs = diverse_split(X, **sizes), train_test_split(X, **sizes)
        assert [len(part) for part in ours] == [len(part) for part in theirs]


def test_arrays_keep_their_type():
    """Tables stay tables, with their index; lists stay lists."""
    train, test, letters, left = diverse_split(TABLE, list("uvwxyz"), train_size=4)
    assert isinstance(train, pd.DataFrame)
    assert [list("uvwxyz")[k] for k in train.index] == letters
    assert sorted([*train.index, *test.index]) == list(range(6))
    assert sorted(letters + left) == list("uvwxyz")


def test_samples_for_training_and_for_the_test():
    """As told, whatever the rest; with the solver that is asked for."""
    kept = diverse_split(np.arange(6), TABLE, train_size=3, required=[2], excluded=[0, 5])[0]
    assert 2 in kept
    assert not {0, 5} & set(kept)
    line = np.array([[0.0], [4.0], [5.0], [10.0], [1.0]])
    best = diverse_split(line, train_size=3, solver=None)[0]
    assert best.ravel().tolist() == [0.0, 5.0, 10.0]


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"train_size": 2, "test_size": 2}, "train_size = 2 and test_size = 2 exclude each other"),
        ({"train_size": 6}, "6 of 6 samples would be for training"),
        ({"test_size": 5}, "1 of 6 samples would be for training"),
        ({"test_size": 1.0}, r"test_size must be a share between 0 and 1, or a whole number, got 1\.0"),
        ({"train_size": True}, "train_size must be a whole number or a share, got True"),
        ({"required": [6]}, "required holds 6; points are counted from 0 to 5"),
    ],
)
def test_impossible_splits(sizes, said):
    """One sentence each."""
    with pytest.raises(InputError, match=said):
        diverse_split(TABLE, **sizes)


def test_what_cannot_be_split():
    """Distances need the missing entries of a sparse array."""
    with pytest.raises(InputError, match="got a sparse one"):
        diverse_split(csr_matrix(TABLE))
    with pytest.raises(InputError, match="needs an array"):
        diverse_split()
