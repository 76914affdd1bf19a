"""Tests of `solvers.export`: the files hold the models, and HiGHS reads them."""

from __future__ import annotations

from itertools import combinations

import highspy
import numpy as np
import pytest

from dispersion import InputError, Instance, UnknownNameError
from dispersion.fixing import Fixed
from dispersion.objectives import objectives
from solvers import export_model, list_solvers, solve
from solvers.export import exporting
from solvers.ranks.window import window

CLOUD = Instance.from_points(np.random.default_rng(6).normal(size=(24, 6)), 7)
TIES = Instance.from_points(np.argwhere(np.ones((4, 4))), 6)
EQUAL = Instance(1.0 - np.eye(8), 3)
COPIES = Instance.from_points(np.tile(np.random.default_rng(1).random((4, 2)), (3, 1)), 5)


def optimum_of(path) -> float:
    """The optimum of a file, by HiGHS."""
    engine = highspy.Highs()
    engine.setOptionValue("output_flag", False)
    assert engine.readModel(str(path)) == highspy.HighsStatus.kOk
    engine.run()
    assert engine.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return engine.getInfo().objective_function_value


@pytest.mark.parametrize("suffix", [".lp", ".mps"])
@pytest.mark.parametrize(
    "instance", [CLOUD, TIES, EQUAL, COPIES], ids=["cloud", "ties", "equal", "copies"]
)
@pytest.mark.parametrize("name", ["compact", "kuby", "kuby-one-m"])
def test_a_rank_model_has_the_optimum_rank(name, instance, suffix, tmp_path):
    """What is written has the optimum that the solvers find, in either format."""
    path = tmp_path / f"model{suffix}"
    export_model(instance, name, path)
    rank = np.searchsorted(instance.levels, solve(instance, "clique").objective)
    assert optimum_of(path) == pytest.approx(rank)


@pytest.mark.parametrize("suffix", [".lp", ".mps"])
@pytest.mark.parametrize(
    "instance", [CLOUD, TIES, EQUAL, COPIES], ids=["cloud", "ties", "equal", "copies"]
)
def test_the_packing_model_asks_for_more_than_greedy(instance, suffix, tmp_path):
    """Its optimum is at least p if and only if greedy is not optimal."""
    path = tmp_path / f"model{suffix}"
    export_model(instance, "node-packing", str(path))
    better = solve(instance, "clique").objective > instance.levels[window(instance).low]
    assert (round(optimum_of(path)) >= instance.p) == better


def test_names_in_the_file_are_those_of_the_docstring(tmp_path):
    """Points are x(0) .. x(n-1)."""
    export_model(CLOUD, "kuby", tmp_path / "kuby.lp")
    engine = highspy.Highs()
    engine.setOptionValue("output_flag", False)
    engine.readModel(str(tmp_path / "kuby.lp"))
    names = {engine.getColName(k)[1] for k in range(engine.getNumCol())}
    assert {f"x({i})" for i in range(24)} < names


@pytest.mark.parametrize("suffix", [".lp", ".mps"])
def test_points_in_and_out_and_quotas_are_in_the_model(suffix, tmp_path):
    """Variables are the points that are left, comments say which, and quotas are rows."""
    path = tmp_path / f"model{suffix}"
    groups, quota = "abc" * 8, {"a": (0, 2), "b": (3, None)}
    whole = Instance(CLOUD.distances, 7, required=[3, 20], excluded=[0, 23], groups=groups, quota=quota)
    best = solve(whole).objective
    free = solve(whole.with_quota()).objective
    export_model(whole, "kuby", path)
    plain = Fixed.of(whole, "max-min").plain
    assert best < free
    assert optimum_of(path) == pytest.approx(np.searchsorted(plain.levels, best))
    comments = path.read_text().splitlines()[:4]
    assert comments[0][2:] == "required, and no variables: points 3 20; distances have absorbed theirs"
    assert [line[2:] for line in comments[1:]] == [f"x({k}) is point {k + 1}" for k in (0, 1)] + [
        "x(2) is point 4"
    ]
    export_model(whole, "glover", path, "max-sum")
    assert optimum_of(path) == pytest.approx(solve(whole, "cp-sat", objective="max-sum").objective)


def test_a_model_without_selections_is_refused(tmp_path):
    """Quotas that clash, and required points that leave nothing to choose."""
    clashing = CLOUD.with_quota("ab" * 12, {"a": 4, "b": 4})
    with pytest.raises(InputError, match="no selection of 7 points has a at least 4 and b at least 4"):
        export_model(clashing, "kuby", tmp_path / "model.lp")
    with pytest.raises(InputError, match="at most one point is left to be chosen"):
        export_model(CLOUD.with_fixed(range(6)), "kuby", tmp_path / "model.lp")


def test_what_cannot_be_exported_is_refused(tmp_path):
    """In one sentence, with what was given and what can be done."""
    with pytest.raises(InputError, match=r"written as \.lp or \.mps, got '.*model\.xls'"):
        export_model(CLOUD, "kuby", tmp_path / "model.xls")
    with pytest.raises(
        InputError, match=r"'clique' has no Pyomo model .*: compact, kuby, kuby-one-m, node"
    ):
        export_model(CLOUD, "clique", tmp_path / "model.lp")
    with pytest.raises(InputError, match=r"max-sum solver 'greedy' has no Pyomo .* have one: glover, "):
        export_model(CLOUD, "greedy", tmp_path / "model.lp", objective="max-sum")
    with pytest.raises(InputError, match=r"there is no folder '.*absent' to write model.lp to"):
        export_model(CLOUD, "kuby", tmp_path / "absent" / "model.lp")
    with pytest.raises(UnknownNameError, match="did you mean kuby"):
        export_model(CLOUD, "kubi", tmp_path / "model.lp")
    assert list(tmp_path.iterdir()) == []


def test_the_defaults_of_the_command_stay_few():
    """Formulations that are there to be compared must be named."""
    taken = {info.name for info in list_solvers("max-min") if info.by_default}
    assert taken >= {"clique", "cp-sat", "greedy", "kuby", "random", "tabu"}
    named = {"compact", "cp-sat-bisection", "highs-packing", "kuby-one-m", "node-packing"}
    assert not taken & named
    assert set(exporting()) >= {"compact", "kuby", "kuby-one-m", "node-packing"}


SUMS = [info.name for info in list_solvers("max-sum") if info.name in exporting("max-sum")]


def selected_in(path, p):
    """The points that HiGHS chooses in a file."""
    engine = highspy.Highs()
    engine.setOptionValue("output_flag", False)
    assert engine.readModel(str(path)) == highspy.HighsStatus.kOk
    engine.run()
    values = engine.getSolution().col_value
    names = [engine.getColName(k)[1] for k in range(engine.getNumCol())]
    chosen = [
        int(name[2:-1]) for name, x in zip(names, values, strict=True) if name[0] == "x" and x > 0.5
    ]
    assert len(chosen) == p
    return np.array(sorted(chosen)), engine.getInfo().objective_function_value


@pytest.mark.parametrize("suffix", [".lp", ".mps"])
@pytest.mark.parametrize("unit", [1e-250, 1e-12, 1e-7, 1.0, 1e9, 1e250])
@pytest.mark.parametrize("name", sorted(set(SUMS) - {"unit-vectors"}))
def test_the_unit_of_distances_does_not_decide_what_is_optimal(name, unit, suffix, tmp_path):
    """Tolerances of engines are absolute; the factor in the file is the one returned, and a comment."""
    X = np.random.default_rng(5).normal(size=(9, 3))
    instance = Instance(Instance.from_points(X, 4).distances * unit, 4)
    path = tmp_path / f"model{suffix}"
    factor = export_model(instance, name, path, objective="max-sum")
    chosen, value = selected_in(path, 4)
    best = max(
        objectives["max-sum"].value(instance.distances, np.array(some))
        for some in combinations(range(9), 4)
    )
    assert objectives["max-sum"].value(instance.distances, chosen) == pytest.approx(
        best, rel=1e-9, abs=0
    )
    assert value / factor == pytest.approx(best, rel=1e-6, abs=0)
    first = path.read_text().partition("\n")[0]
    assert ("distances are multiplied by 2^" in first) == (factor != 1.0) == (unit != 1.0)
    assert factor == 1.0 or f"= {factor!r}; divide the objective by it" in first


def test_ranks_and_cosines_are_written_as_they_are(tmp_path):
    """Their models know no unit."""
    tiny = Instance(CLOUD.distances * 1e-9, 7)
    assert export_model(tiny, "kuby", tmp_path / "kuby.lp") == 1.0
    cosines = Instance.from_points(np.random.default_rng(6).normal(size=(9, 3)), 4, "cosine")
    assert export_model(cosines, "unit-vectors", tmp_path / "unit.lp", objective="max-sum") == 1.0


def test_whole_numbers_stay_what_they_are(tmp_path):
    """Of a usual size; and equal points have no distance to scale."""
    assert export_model(TIES, "glover", tmp_path / "ties.lp", objective="max-sum") == 1.0
    same = Instance(np.zeros((4, 4)), 2)
    assert export_model(same, "glover", tmp_path / "same.lp", objective="max-sum") == 1.0
