"""Every max-sum solver on what breaks careless ones: ties, copies, scales, extremes of n and p."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import InputError, Instance, Status, contradictions
from solvers import Guarantee, list_solvers, solve
from solvers.run import Limits, Run, TimeUp
from solvers.sums.linear_algebra import EIGENVALUES, check_dense_time

INFOS = {info.name: info for info in list_solvers("max-sum")}
FAST = [
    info.name for info in INFOS.values() if info.guarantee is not Guarantee.EXACT or info.name == "qcr"
]
REFUSING = {"tangent", "coordinate-partitioning", "unit-vectors", "glover", "kuo-glover-dhir"}


def symmetric(n: int, draw) -> np.ndarray:
    """A matrix of n (n - 1) / 2 drawn distances."""
    upper = np.zeros((n, n))
    upper[np.triu_indices(n, k=1)] = draw(n * (n - 1) // 2)
    return upper + upper.T


def matrices() -> dict[str, np.ndarray]:
    """Distances of seven to ten points, by what is wrong with them."""
    rng = np.random.default_rng(1)
    cloud = np.array(Instance.from_points(rng.normal(size=(8, 3)), 2).distances)
    star = np.zeros((8, 8))
    star[0, 1:] = star[1:, 0] = 1.0
    far = cloud.copy()
    far[0, 1:] = far[1:, 0] = 1e9
    places = np.repeat(np.arange(3), 3)
    return {
        "all at one place": np.zeros((7, 7)),
        "all equally far": 1.0 - np.eye(8),
        "all equally far, no whole number": 0.1 * (1.0 - np.eye(8)),
        "zero or one": symmetric(8, lambda k: rng.integers(0, 2, k).astype(float)),
        "one or two": symmetric(8, lambda k: rng.integers(1, 3, k).astype(float)),
        "three places": (places[:, None] != places).astype(float),
        "copies": np.kron(np.ones((2, 2)), cloud[:5, :5]),
        "a star": star,
        "one pair": np.pad([[0.0, 5.0], [5.0, 0.0]], (0, 5)),
        "one point far away": far,
        "on a line": np.abs(np.arange(8.0)[:, None] - np.arange(8.0)),
        "equal up to the last bits": symmetric(8, lambda k: 1.0 + 1e-15 * rng.integers(0, 9, k)),
        "large whole numbers": symmetric(8, lambda k: rng.integers(0, 10**12, k).astype(float)),
        "of all sizes": symmetric(8, lambda k: 10.0 ** rng.uniform(-9.0, 9.0, k)),
        "tiny": 1e-12 * cloud,
        "huge": 1e12 * cloud,
        "tiny and of no geometry": symmetric(8, lambda k: 1e-12 * rng.random(k)),
        "hardly representable": 1e-200 * cloud,
        "nearly too large": 1e200 * cloud,
        "huge and of no geometry": symmetric(8, lambda k: 1e12 * rng.random(k)),
    }


MATRICES = matrices()


def check(instance: Instance, name: str, optimum: float) -> None:
    """One answer against the optimum: value, bound, status; refusals are for those that may."""
    try:
        solution = solve(instance, name, objective="max-sum")
    except InputError:
        assert name in REFUSING
        return
    assert contradictions(instance, [solution]) == []
    assert solution.objective <= optimum * (1 + 1e-12)
    share = 1e-9 if solution.bound == solution.objective else 1e-12  # so near, a bracket is closed
    assert solution.bound is None or solution.bound >= optimum * (1 - share)
    if INFOS[name].guarantee is Guarantee.EXACT:
        assert solution.status is Status.OPTIMAL, solution
        assert solution.objective == pytest.approx(optimum, rel=1e-9)


@pytest.mark.parametrize("kind", MATRICES)
@pytest.mark.parametrize("name", FAST)
def test_every_p_of_every_kind(name, kind, brute_force):
    """From two points to all of them."""
    matrix = MATRICES[kind]
    for p in range(2, len(matrix) + 1):
        instance = Instance(matrix, p)
        check(instance, name, brute_force(instance, "max-sum"))


@pytest.mark.parametrize("kind", MATRICES)
@pytest.mark.parametrize("name", sorted(set(INFOS) - set(FAST)))
def test_engines_on_every_kind(name, kind, brute_force):
    """The slower ones, for a p of some difficulty."""
    instance = Instance(MATRICES[kind], 4)
    check(instance, name, brute_force(instance, "max-sum"))


def extremes() -> dict[str, np.ndarray]:
    """Distances near the ends of what a float holds, and far apart from each other."""
    rng = np.random.default_rng(2)
    cloud = np.array(Instance.from_points(rng.normal(size=(7, 3)), 2).distances)
    one = symmetric(7, rng.random)
    one[0, 3] = one[3, 0] = 1e7
    tiny = symmetric(7, rng.random)
    tiny[1, 2] = tiny[2, 1] = 1e-12
    places = np.array(
        [[0.0, 0.0], [0.0, 0.0], [1.0, 2.0], [1.0, 2.0], [3.0, 1.0], [0.0, 1.0], [2.0, 2.0]]
    )
    bases = {
        "cloud": cloud,
        "copies": np.array(Instance.from_points(places, 2).distances),
        "equal": 1.0 - np.eye(7),
        "one huge": one,
        "one tiny": tiny,
        "of all sizes": symmetric(7, lambda k: 10.0 ** rng.uniform(-150.0, 0.0, k)),
    }
    whole = {"up to 2**53": symmetric(7, lambda k: rng.integers(2**52, 2**53, k).astype(float))}
    return whole | {
        f"{name}, {largest:g}": base / base.max() * largest
        for name, base in bases.items()
        for largest in (1e-300, 1e-280, 1e-100, 1e100, 1e280, 1e298, 1e306)
    }


EXTREMES = extremes()


@pytest.mark.parametrize("name", INFOS)
def test_any_unit_is_solved_or_refused_in_a_sentence(name, brute_force):
    """No bound is infinite, no gap is no number, and nothing foreign is raised."""
    for kind, matrix in EXTREMES.items():
        for p in (2, 4, 7):
            instance = Instance(matrix, p, kind)
            try:
                solution = solve(instance, name, objective="max-sum", time_limit=600.0)
            except InputError:
                assert name in REFUSING or matrix.max() < 1e-290, kind
                continue
            optimum = brute_force(instance, "max-sum")
            assert contradictions(instance, [solution]) == [], kind
            assert solution.objective <= optimum * (1 + 1e-12), kind
            if solution.bound is not None:
                assert optimum * (1 - 1e-9) <= solution.bound < np.inf, kind
                assert 0.0 <= solution.gap <= 1.0, kind
            if INFOS[name].guarantee is Guarantee.EXACT:
                assert solution.status in (Status.OPTIMAL, Status.FEASIBLE), (kind, solution)
                assert solution.objective == pytest.approx(optimum, rel=1e-6), kind


@pytest.mark.parametrize("name", INFOS)
def test_the_smallest_instances(name, brute_force):
    """Two points, and three of which two or all are chosen, at any distances."""
    for n, p, seed in [(2, 2, 0), (3, 2, 0), (3, 2, 1), (3, 3, 0)]:
        instance = Instance(symmetric(n, np.random.default_rng(seed).random), p)
        check(instance, name, brute_force(instance, "max-sum"))


@pytest.mark.parametrize("name", [*sorted(set(FAST) - {"tabu", "obma"}), "cp-sat", "glover", "tangent"])
def test_ties_everywhere_take_no_time(name):
    """All swaps are equal: nothing is searched once the row sums say that it cannot gain."""
    instance = Instance(0.3 * (1.0 - np.eye(200)), 100)
    solution = solve(instance, name, objective="max-sum", time_limit=10.0)
    assert solution.objective == pytest.approx(0.3 * 100 * 99 / 2)
    if INFOS[name].guarantee is Guarantee.EXACT:
        assert solution.status is Status.OPTIMAL
        assert solution.message == "closed by the row sums"


@pytest.mark.parametrize("name", INFOS)
def test_no_time_leaves_a_selection_or_none_and_no_false_bound(name, cloud):
    """A thousandth of a second: whatever is reported holds."""
    instance = cloud(0, n=150, p=40)
    best = solve(instance, "tabu", objective="max-sum").objective
    try:
        solution = solve(instance, name, objective="max-sum", time_limit=1e-3)
    except InputError:
        assert name in REFUSING
        return
    assert contradictions(instance, [solution]) == []
    assert solution.bound is None or solution.bound >= best * (1 - 1e-12)


def test_what_an_engine_would_garble_is_refused(cloud):
    """Distances of all sizes, and those that cosines cannot show: with the sizes, and what to use."""
    for name in ("glover", "kuo-glover-dhir"):
        with pytest.raises(InputError, match=r"reach from .* to .*; use 'qcr' or 'glover-woolsey'"):
            solve(Instance(MATRICES["of all sizes"], 4), name, objective="max-sum")
    with pytest.raises(InputError, match=r"no distance of .* exceeds .*; use 'qcr' or 'tangent'"):
        solve(Instance(MATRICES["tiny"], 4), "unit-vectors", objective="max-sum")


def test_linear_algebra_is_not_begun_without_time(cloud):
    """What a factorisation is expected to take must be left."""
    run = Run(cloud(0), Limits(seconds=1.0), "max-sum")
    check_dense_time(run, 100, EIGENVALUES)
    with pytest.raises(TimeUp):
        check_dense_time(run, 2000, EIGENVALUES)
    check_dense_time(Run(cloud(0), Limits(seconds=60.0), "max-sum"), 2000, EIGENVALUES)


@pytest.mark.parametrize("seed", [23, 153, 247, 285])
def test_values_that_differ_in_the_last_digits_only(seed):
    """CP-SAT finds what is better by a rounding after its bound has come within 1e-9."""
    rng = np.random.default_rng(seed)
    distances = symmetric(12, lambda k: rng.integers(1, 4, k) + 1e-12 * rng.random(k))
    solution = solve(Instance(distances, p=5), "cp-sat", objective="max-sum")
    assert solution.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(solution.bound, rel=1e-9)


@pytest.mark.parametrize("scale", [1e-310, 1e-295, 1e306, 1e307])
@pytest.mark.parametrize("name", INFOS)
def test_sums_that_floats_cannot_hold_are_refused(name, scale):
    """Rather than to call infinity an optimum; the smallest distance needs no sums."""
    instance = Instance(
        scale * symmetric(20, lambda k: np.random.default_rng(0).uniform(1.0, 5.0, k)), 3
    )
    with pytest.raises(InputError, match=r"sums of distances up to .* give them in another unit"):
        solve(instance, name, objective="max-sum")
    assert solve(instance, "clique").status is Status.OPTIMAL
