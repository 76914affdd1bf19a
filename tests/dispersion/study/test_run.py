"""Studies from Python: isolated, resumable, and all that was answered in one object."""

import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from dispersion import (
    InputError,
    Instance,
    Study,
    UnavailableError,
    UnknownNameError,
    generate,
    read_study,
    run_study,
)

INSTANCES = [generate("geo", n=16, p=4, seed=seed) for seed in (1, 2)]


@pytest.fixture(scope="module")
def study() -> Study:
    """Two instances, three solvers, one of which draws by chance."""
    return run_study(INSTANCES, ["clique", "greedy", "random"], seeds=np.int64(2), time_limit=20)


def test_every_instance_every_solver_every_seed(study: Study, brute_force) -> None:
    """Seeds belong to those that draw; optima are those of brute force."""
    assert (study.outcome, study.faults, study.warnings) == ("complete", [], ())
    asked = [(row.solver, row.seed) for row in study.solves]
    assert asked == [("clique", 0), ("greedy", 0), ("random", 0), ("random", 1)] * 2
    proven = [row.objective for row in study.solves if row.solver == "clique"]
    assert proven == [brute_force(one) for one in INSTANCES]
    assert {row.status for row in study.solves if row.solver == "clique"} == {"optimal"}
    for one in INSTANCES:
        kept = study.selections[f"clique, p {one.p}, seed 0"][one.name]
        assert one.distances[np.ix_(kept, kept)][np.triu_indices(one.p, 1)].min() in proven
    assert repr(study).endswith("8 solves of 2 instances by 3 solvers, complete, 0 faults)")


def test_tables_scores_and_plots(study: Study, tmp_path: Path) -> None:
    """A frame a table, a line a solver, pictures on given axes, a page of HTML."""
    assert len(study.frame()) == len(study.frame("solves")) == len(study.solves)
    assert set(study.frame("traces")["solver"]) >= {"clique", "greedy"}
    assert study.frame("networks").empty
    with pytest.raises(UnknownNameError, match="solve"):
        study.frame("solve")
    assert study.scores().loc["clique", "proven"] == study.scores().loc["virtual best", "proven"] == 2
    assert list(study.summary()["solver"]) == ["clique", "greedy", "random"]
    ax = Figure().subplots()
    assert study.performance_profile(of="value", ax=ax) is ax
    assert {line.get_label() for line in ax.lines} >= {"clique", "greedy", "random"}
    assert study.gap_against_time().lines
    assert study.plot("cactus").lines
    with pytest.raises(UnknownNameError, match="cactos"):
        study.plot("cactos")
    page = study.report(tmp_path / "report.html").read_text()
    assert "run_study(instances, [&#39;clique&#39;, &#39;greedy&#39;, &#39;random&#39;], " in page
    assert "seeds=[0, 1], time_limit=20.0, threads=1)" in page
    assert "python -m dispersion" not in page  # no command did that, and there is no folder
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]  # no lock, nothing else
    with pytest.raises(UnavailableError, match="cannot write"):
        study.report(tmp_path / "nowhere" / "report.html")


def test_a_folder_resumes(tmp_path: Path) -> None:
    """The same again solves nothing; more seeds, solvers and instances can be added."""
    folder = tmp_path / "kept"
    first = run_study(INSTANCES[0], "random", time_limit=20, folder=folder)
    again = run_study(INSTANCES[0], "random", time_limit=20, folder=folder)
    assert again.solves == first.solves == read_study(folder).solves
    asked = {"seeds": 2, "time_limit": 20, "folder": folder}
    more = run_study(INSTANCES, ["random", "greedy"], repeats=2, **asked)
    runs = [(row.solver, row.seed, row.repeat) for row in more.solves]
    random = [("random", seed, repeat) for seed in (0, 1) for repeat in (0, 1)]
    assert runs == [*random, ("greedy", 0, 0), ("greedy", 0, 1)] * 2
    assert first.solves[0] in more.solves  # to the last digit of its time
    assert len({row.key for row in more.solves}) == len(more.solves)
    fewer = run_study(INSTANCES, ["random", "greedy"], **asked)  # others join
    assert {row.key: row for row in fewer.solves} == {row.key: row for row in more.solves}
    assert list(fewer.summary()["repeats"]) == ["2", "2"]
    with pytest.raises(InputError, match="solves that this command does not ask for"):
        run_study(INSTANCES[1], "random", time_limit=20, folder=folder)


@pytest.mark.usefixtures("fakes")
def test_a_crash_costs_one_row() -> None:
    """The others answer, and the fault says who failed of what."""
    study = run_study(INSTANCES[0], ["crash", "greedy"], time_limit=20)
    assert [row.status for row in study.solves] == ["error", "feasible"]
    assert study.outcome == "failed"
    [fault] = study.faults
    assert "crash failed: " in fault


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"instances": []}, "there is no instance to solve"),
        ({"instances": [np.eye(3)]}, "a study takes instances"),
        ({"solvers": []}, "no solver is named"),
        ({"solvers": ["cliqe"]}, "cliqe"),
        ({"solvers": ["obma"]}, "obma"),
        ({"solvers": ["greedy", "tabu:patience=0"]}, "patience must lie between 1 and"),
        ({"objective": "max-mim"}, "max-mim"),
        ({"seeds": 0}, "seeds must be at least 1"),
        ({"seeds": []}, "seeds must be at least 1"),
        ({"seeds": 2.5}, "seeds must be a whole number, or name some, got 2.5"),
        ({"engine_seeds": 0}, "engine_seeds must be at least 1, or name some, got 0"),
        ({"engine_seeds": [1, -1]}, "got -1"),
        ({"seeds": [2**31 - 1], "engine_seeds": 2}, "got 2147483648"),
        ({"repeats": 0}, "repeats must be a whole number of 1 or more, got 0"),
        ({"repeats": 1.5}, "repeats must be a whole number of 1 or more, got 1.5"),
        ({"time_limit": -1.0}, "-1"),
        ({"threads": 0}, "0"),
        ({"time_limit": math.inf}, "at most 1,000,000,000 seconds, got inf"),
        ({"seeds": [0, -3]}, "-3"),
        ({"seeds": [0, "a"]}, "'a'"),
        ({"jobs": 0}, "jobs must be a whole number of 1 or more, got 0"),
        ({"jobs": 2.5}, "jobs must be a whole number of 1 or more, got 2.5"),
        ({"memory": -1}, "memory must be a finite number of GiB above 0, got -1"),
        ({"folder": "/proc/nothing"}, "cannot write to the folder"),
    ],
)
def test_wrong_questions_are_one_sentence(changes: dict[str, object], told: str) -> None:
    """Before anything is solved, with the offending value."""
    asked = {"instances": INSTANCES, "solvers": ["greedy"], **changes}
    with pytest.raises(InputError, match=told):
        run_study(**asked)  # type: ignore[arg-type]


def test_instances_of_one_name_are_told_apart() -> None:
    """As the command does: the second gets a number."""
    points = np.random.default_rng(0).random((2, 8, 2))
    study = run_study([Instance.from_points(some, 3) for some in points], "greedy")
    first, second = (row.instance for row in study.solves)
    assert second == f"{first} (2)"


def test_a_gap_ends_each_solve(tmp_path: Path) -> None:
    """Wherever it runs; the row says why it is not proven."""
    instance = generate("geo", n=40, p=8, seed=1)
    [row] = run_study(instance, ["kuby"], gap=0.9, folder=tmp_path / "study").solves
    assert row.status == "feasible"
    assert "stopped at a gap of 0.9" in row.message
