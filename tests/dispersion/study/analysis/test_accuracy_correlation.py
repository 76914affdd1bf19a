"""Whether a better objective comes with a better network."""

from collections.abc import Callable

import numpy as np
import pytest

from dispersion.study.analysis.accuracy_correlation import accuracy_correlation, correlation_lines
from dispersion.study.rows import NetworkRow, SolveRow

SolveRows = Callable[..., SolveRow]
NetworkRows = Callable[..., NetworkRow]


@pytest.fixture
def study(
    solve_row: SolveRows, network_row: NetworkRows
) -> Callable[..., tuple[list[SolveRow], list[NetworkRow]]]:
    """Selections of one layer with these objectives, and networks with these accuracies."""

    def make(
        objectives: list[float], accuracies: list[float]
    ) -> tuple[list[SolveRow], list[NetworkRow]]:
        solves = [
            solve_row(solver="random", seed=seed, objective=objective, random_mean=0.0)
            for seed, objective in enumerate(objectives)
        ]
        networks = [
            network_row(method="random", seed=seed, accuracy_raw=accuracy, accuracy_bn=None)
            for seed, accuracy in enumerate(accuracies)
        ]
        return solves, networks

    return make


@pytest.mark.parametrize(
    ("accuracies", "expected"),
    [
        ([0.1, 0.2, 0.3, 0.4, 0.5], 1.0),
        ([0.5, 0.4, 0.3, 0.2, 0.1], -1.0),
        ([0.1, 0.2, 0.3, 0.5, 0.4], 0.9),  # 1 - 6 * 2 / (5 * 24)
        ([0.2, 0.1, 0.3, 0.5, 0.4], 0.8),
    ],
)
def test_ranks_are_correlated(study, accuracies, expected):
    """Spearman's coefficient by hand, inside its interval."""
    [found] = accuracy_correlation(*study([1.0, 2.0, 4.0, 8.0, 16.0], accuracies))
    assert found.correlation == pytest.approx(expected)
    assert (found.keep, found.recovery, found.count) == (0.5, "raw", 5)
    assert -1 - 1e-12 <= found.low <= expected + 1e-12
    assert expected - 1e-12 <= found.high <= 1 + 1e-12


def test_ties_share_ranks(study):
    """As Pearson's coefficient of mid-ranks says."""
    [found] = accuracy_correlation(*study([1.0, 2.0, 3.0, 4.0], [0.1, 0.3, 0.3, 0.2]))
    expected = np.corrcoef([0, 1, 2, 3], [0, 2.5, 2.5, 1])[0, 1]
    assert found.correlation == pytest.approx(expected)


def test_equal_selections_count_once(study):
    """Two solvers that find the same optimum are one point."""
    [found] = accuracy_correlation(*study([1.0, 2.0, 3.0, 4.0, 4.0], [0.1, 0.2, 0.3, 0.4, 0.4]))
    assert found.count == 4


def test_constant_values_have_no_correlation(study):
    """Nothing can be said, and that is what is said."""
    solves, networks = study([1.0, 2.0, 3.0, 4.0], [0.5, 0.5, 0.5, 0.5])
    [found] = accuracy_correlation(solves, networks)
    assert (found.correlation, found.low, found.high) == (None, None, None)
    assert "undefined, all values are equal" in correlation_lines(solves, networks)[1]


def test_few_selections_and_criteria_are_no_answer(study, network_row):
    """Three selections are too few, and a criterion without an objective is none."""
    solves, networks = study([1.0, 2.0, 3.0], [0.1, 0.2, 0.3])
    assert correlation_lines(solves, [*networks, network_row(method="l1", accuracy_raw=0.9)]) == []
