"""In the manner of scikit-learn: a selector of features, and a split that keeps diverse samples.

scikit-learn is optional: where it is absent, the import of this module raises `MissingExtraError`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.errors import InputError, MissingExtraError, UnknownNameError, shown
from dispersion.instance import Instance
from dispersion.solution import Solution
from solvers.shares import count_of, train_count
from solvers.solving import solve

try:
    from sklearn.base import BaseEstimator
    from sklearn.feature_selection import SelectorMixin
    from sklearn.utils import _safe_indexing, check_random_state, indexable
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise MissingExtraError(
        f"scikit-learn cannot be imported ({error}): pip install -c constraints.txt -e '.[sklearn]'"
    ) from error

__all__ = ["DispersionSelector", "diverse_split"]


class DispersionSelector(SelectorMixin, BaseEstimator):  # type: ignore[misc]
    """Select features that differ as much as possible from one another.

    The columns of X are the points of a p-dispersion instance.  No target is looked at.

    Parameters
    ----------
    p : int or float
        How many features to select, at least 2; or which share of them, rounded down.
    objective : str
        "max-min": the two most similar selected features differ as much as possible; or "max-sum".
    solver : str, optional
        As of `solvers.solve`; if absent, the objective's own, which proves its optimum.
    metric : str
        Of two columns.  "euclidean" depends on their scale: put a ``StandardScaler`` before it, and
        distances say how far apart correlations are; "normalized" looks at directions.
    required, excluded : tuple of str or int
        Features that stay, and that go: by name where X is a table, or counted from 0.
    time_limit : float or None
        Seconds for the solve; `None` for no limit.
    random_state : int, RandomState or None
        Seed of the solver.

    Attributes
    ----------
    support_ : ndarray of bool, shape (n_features,)
        Which features are selected.
    solution_ : Solution
        With value, bound and status.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Their names, where X was a table with names.

    Raises
    ------
    InputError
        In `fit`: as `Instance` and `solvers.solve`; no such feature, or nothing was found in time.

    Examples
    --------
    >>> X = [[0.0, 0.1, 5.0, 9.0], [0.0, 0.0, 5.0, 9.0]]
    >>> selector = DispersionSelector(p=3).fit(X)
    >>> selector.support_.tolist(), selector.solution_.status.value
    ([True, False, True, True], 'optimal')
    >>> selector.get_feature_names_out(["a", "b", "c", "d"]).tolist()
    ['a', 'c', 'd']
    """

    def __init__(
        self,
        p: int | float = 0.5,
        *,
        objective: str = "max-min",
        solver: str | None = None,
        metric: str = "euclidean",
        required: tuple[str | int, ...] = (),
        excluded: tuple[str | int, ...] = (),
        time_limit: float | None = 60.0,
        random_state: Any = 0,
    ) -> None:
        self.p = p
        self.objective = objective
        self.solver = solver
        self.metric = metric
        self.required = required
        self.excluded = excluded
        self.time_limit = time_limit
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: object = None) -> DispersionSelector:
        """Choose the features.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Finite numbers, at least two features.
        y : ignored
        """
        rows = validate_data(self, X, ensure_min_features=2)
        names = list(getattr(self, "feature_names_in_", ()))
        instance = Instance.from_points(
            rows.T,
            max(2, count_of(self.p, rows.shape[1], "p")),
            self.metric,
            "features",
            required=_columns(self.required, names),
            excluded=_columns(self.excluded, names),
        )
        self.solution_, chosen = _solved(
            instance, self.solver, self.objective, self.time_limit, self.random_state
        )
        self.support_ = np.isin(np.arange(instance.n), chosen)
        return self

    def _get_support_mask(self) -> NDArray[np.bool_]:
        check_is_fitted(self)
        return self.support_


def diverse_split(
    *arrays: Any,
    train_size: int | float | None = None,
    test_size: int | float | None = None,
    metric: str = "euclidean",
    required: ArrayLike = (),
    excluded: ArrayLike = (),
    objective: str = "max-min",
    solver: str | None = "greedy",
    time_limit: float | None = 60.0,
    random_state: Any = 0,
) -> list[Any]:
    """Split as ``train_test_split``, into samples far from one another for training, and the rest.

    Parameters
    ----------
    *arrays : sequences of the same length n
        Lists, arrays, tables.  The first one is X, shape (n, d): distances are between its rows.
    train_size, test_size : int or float, optional
        How many samples, or which share, between 0 and 1; one of the two.  If both are absent, a
        quarter is for the test.  Shares are rounded as by ``train_test_split``.
    metric : str
        Of two samples.
    required, excluded : array_like of int
        Samples, counted from 0, that are for training in any case, and that are for the test.
    objective, solver : str
        As of `solvers.solve`.  "greedy" is the method of Kennard and Stone; `None` is the objective's
        own solver, which proves its optimum.
    time_limit, random_state
        As of `DispersionSelector`; greedy draws no random numbers.

    Returns
    -------
    list
        Of every array the part for training, then that for the test, of its own type and in its order.

    Raises
    ------
    InputError
        As `Instance` and `solvers.solve`; a size is out of range, or nothing was found in time.

    Notes
    -----
    Test samples lie between those of training, so errors are lower than on samples from elsewhere.

    Source: Kennard and Stone, "Computer aided design of experiments", Technometrics 11(1), 1969: the
    two samples farthest apart, then the one that is farthest from those chosen, and so on.

    Examples
    --------
    >>> X, y = [[0.0], [0.1], [5.0], [9.0]], ["a", "b", "c", "d"]
    >>> diverse_split(X, y, train_size=3)
    [[[0.0], [5.0], [9.0]], [[0.1]], ['a', 'c', 'd'], ['b']]
    >>> diverse_split(X, y, train_size=3, required=[1])[2]
    ['b', 'c', 'd']
    """
    if not arrays:
        raise InputError("diverse_split needs an array to split; give X, or X and y.")
    given = indexable(*arrays)
    n = np.shape(given[0])[0]
    instance = Instance.from_points(
        given[0], train_count(train_size, test_size, n), metric, required=required, excluded=excluded
    )
    _, chosen = _solved(instance, solver, objective, time_limit, random_state)
    rest = np.setdiff1d(np.arange(n), chosen)
    return [_safe_indexing(array, part) for array in given for part in (chosen, rest)]


def _columns(wanted: Sequence[str | int], names: list[str]) -> Any:
    """Features as numbers; those given by name are looked up; what is no list is left to `Instance`."""
    if not isinstance(wanted, Iterable):
        return wanted
    listed = [wanted] if isinstance(wanted, str) else list(wanted)
    for feature in listed:
        if isinstance(feature, str) and not names:
            raise InputError(f"X has no names of features, got {shown(feature)}; count it from 0.")
        if isinstance(feature, str) and feature not in names:
            raise UnknownNameError("feature", feature, names)
    return [names.index(one) if isinstance(one, str) else one for one in listed]


def _solved(
    instance: Instance, solver: str | None, objective: str, time_limit: float | None, state: Any
) -> tuple[Solution, NDArray[np.intp]]:
    """The solution and its selection; `InputError` if it has none."""
    seed = state if isinstance(state, int) else int(check_random_state(state).randint(2**31 - 1))
    solution = solve(instance, solver, objective=objective, time_limit=time_limit, seed=seed)
    if solution.selected is None:
        raise InputError(
            f"{solution.solver} found no selection: {solution.message or solution.status.value}; raise "
            f"time_limit = {time_limit}, or name another solver."
        )
    return solution, solution.selected
