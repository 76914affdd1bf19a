"""Tests of the linear models: their optima, their files, and how HiGHS is given them."""

from __future__ import annotations

import highspy
import numpy as np
import pytest

from dispersion import InputError, Instance, Status
from solvers import export_model, solve
from solvers.export import exporting
from solvers.sums.linear_models import in_reach
from solvers.sums.start import row_bound

NAMES = ["glover", "glover-woolsey", "kuo-glover-dhir"]


@pytest.mark.parametrize("suffix", [".lp", ".mps"])
@pytest.mark.parametrize("name", NAMES)
def test_the_file_has_the_optimum(name, suffix, cloud, uniform, brute_force, tmp_path):
    """What is written has the value that brute force finds, in either format."""
    for instance in (cloud(0), uniform(0, n=9, p=4), Instance(1.0 - np.eye(6), 3)):
        path = tmp_path / f"model{suffix}"
        assert export_model(instance, name, path, objective="max-sum") == 1.0  # its own unit
        engine = highspy.Highs()
        engine.setOptionValue("output_flag", False)
        assert engine.readModel(str(path)) == highspy.HighsStatus.kOk
        engine.run()
        value = engine.getInfo().objective_function_value
        assert abs(value) == pytest.approx(brute_force(instance, "max-sum"), rel=1e-6)


def relaxation(instance: Instance, name: str, path) -> float:
    """The optimum of the model with 0 <= x <= 1."""
    export_model(instance, name, path, objective="max-sum")
    engine = highspy.Highs()
    engine.setOptionValue("output_flag", False)
    engine.readModel(str(path))
    n = engine.getNumCol()
    engine.changeColsIntegrality(n, np.arange(n, dtype=np.int32), np.zeros(n, dtype=np.uint8))
    engine.run()
    return abs(engine.getInfo().objective_function_value)


def test_row_bounds_tighten_the_relaxation(cloud, brute_force, tmp_path):
    """Bounds that know p are better than those that do not, and both enclose the optimum."""
    instance = cloud(1, n=12, p=4)
    loose = relaxation(instance, "glover", tmp_path / "loose.lp")
    tight = relaxation(instance, "kuo-glover-dhir", tmp_path / "tight.lp")
    assert brute_force(instance, "max-sum") <= tight < loose
    assert tight <= row_bound(instance.distances, 4) * (1 + 1e-9)


@pytest.mark.parametrize("factor", [1e-12, 1e12])
@pytest.mark.parametrize("name", [*NAMES, "cp-sat", "qcr", "tangent"])
def test_the_unit_of_length_does_not_matter(name, factor, cloud):
    """HiGHS drops tiny coefficients; it never sees any."""
    instance = cloud(5, n=10, p=4)
    other = Instance(instance.distances * factor, 4)
    one, two = (solve(each, name, objective="max-sum") for each in (instance, other))
    assert one.status is two.status is Status.OPTIMAL
    assert two.objective == pytest.approx(one.objective * factor)
    scaled, scale = in_reach(other, one.objective * factor)
    assert scaled.distances.max() >= 0.5
    assert 4096.0 <= one.objective * factor * scale < 8192.0
    assert (scaled.distances == other.distances * scale).all()


@pytest.mark.parametrize("name", NAMES)
def test_one_huge_distance_hides_no_other(name, brute_force):
    """HiGHS ignores costs below 1e-7: one distance of 1e7 took the bound below the optimum."""
    for seed in range(12):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(5, 10))
        upper = np.triu(rng.random((n, n)), k=1)
        upper[0, 1 + seed % (n - 1)] = 10.0 ** (3 + seed % 6)
        instance = Instance(upper + upper.T, n - 1)
        try:
            solution = solve(instance, name, objective="max-sum")
        except InputError:  # HiGHS ignores coefficients that small beside others in a row
            assert name != "glover-woolsey"
            continue
        optimum = brute_force(instance, "max-sum")
        assert solution.objective == pytest.approx(optimum, rel=1e-12)
        assert optimum * (1 - 1e-12) <= solution.bound <= optimum * (1 + 3e-6)


@pytest.mark.parametrize("name", NAMES)
def test_points_at_the_origin_and_copies_leave_no_noise(name, brute_force):
    """Sums of what is left, taken as differences, held 1.8e-15, which HiGHS does not read."""
    for seed in range(12):
        rng = np.random.default_rng(seed)
        points = rng.normal(size=(8, 3))
        points[: 1 + seed % 3] = 0.0
        points[5:] = points[2:5] if seed % 2 else points[4]
        instance = Instance.from_points(points, 3 + seed % 5, ["cosine", "euclidean"][seed % 2])
        solution = solve(instance, name, objective="max-sum")
        assert solution.status is Status.OPTIMAL
        assert solution.objective == pytest.approx(brute_force(instance, "max-sum"), rel=1e-12)


def test_who_has_a_model():
    """Those that can be exported."""
    assert set(exporting("max-sum")) >= {*NAMES, "unit-vectors"}
