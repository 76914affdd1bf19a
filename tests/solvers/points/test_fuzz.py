"""`solve_points` against the prover on the matrix: the same optimum to the last bit, every time."""

from __future__ import annotations

import pytest

from solvers import recheck_points, solve, solve_points


def agree(case, seed):
    """Both prove, and both prove the same."""
    expected = solve(case.instance, "clique")
    found = solve_points(case.points, case.p, **case.asked, seed=seed, threads=1 + seed % 2)
    assert expected.status.value == found.status.value == "optimal"
    assert found.objective == found.bound == expected.objective
    return found


@pytest.mark.parametrize("first", range(0, 28, 7))
def test_agrees_with_the_prover(drawn, first):
    """Seven problems, one of each kind: small enough to be quick."""
    for seed in range(first, first + 7):
        agree(drawn(seed, 40), seed)


@pytest.mark.slow  # 5,000 problems of up to 160 points take more than five minutes
@pytest.mark.parametrize("hundred", range(50))
def test_agrees_with_the_prover_on_thousands(drawn, hundred):
    """Ties, copies, points on a line, huge and tiny coordinates, 1 to 4 of them; proofs rechecked."""
    for seed in range(1000 + 100 * hundred, 1100 + 100 * hundred):
        case = drawn(seed, 160)
        found = agree(case, seed)
        if seed % 10 == 0:
            assert recheck_points(case.points, case.p, found, **case.asked), seed
