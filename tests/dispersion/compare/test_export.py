"""``--export``: models of what is compared, written before it is solved."""

from __future__ import annotations

from pathlib import Path

import highspy
import numpy as np
import pytest

from dispersion import Instance
from dispersion.compare import main
from dispersion.compare.export import stem
from dispersion.study.reading import read_study
from solvers import solve

CLOUD = Instance.from_points(np.random.default_rng(6).normal(size=(14, 3)), 5)
USUAL = ["--p", "5", "4", "--jobs", "1", "--time-limit", "20", "--format", "csv"]


@pytest.fixture
def matrix(tmp_path: Path) -> Path:
    """A matrix file with a name that is no file name everywhere."""
    path = tmp_path / "my cloud (v2).csv"
    np.savetxt(path, CLOUD.distances, delimiter=",", fmt="%.17g")
    return path


def test_models_of_every_instance_p_and_exporting_solver(matrix: Path, tmp_path: Path) -> None:
    """Two files each; HiGHS finds the optimum in them that the solvers found."""
    models = tmp_path / "a" / "models"
    out = ["--out", str(tmp_path / "out"), "--export", str(models)]
    names = ["--solvers", "clique", "kuby", "compact", "random"]
    assert main(["--instance", str(matrix), *USUAL, *out, *names]) == 0
    expected = [f"my-cloud-v2-.csv-p{p}-{s}" for p in (4, 5) for s in ("compact", "kuby")]
    assert sorted(path.name for path in models.iterdir()) == sorted(
        name + suffix for name in expected for suffix in (".lp", ".mps")
    )
    for path in models.iterdir():
        engine = highspy.Highs()
        engine.setOptionValue("output_flag", False)
        assert engine.readModel(str(path)) == highspy.HighsStatus.kOk
        engine.run()
        p = 4 if "-p4-" in path.name else 5
        best = np.searchsorted(CLOUD.levels, solve(CLOUD.with_p(p), "clique").objective)
        assert engine.getInfo().objective_function_value == pytest.approx(best), path.name


def test_a_folder_that_is_a_file_is_refused(
    matrix: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence, exit code 2, nothing solved."""
    out = ["--out", str(tmp_path / "out"), "--export", str(matrix), "--solvers", "kuby"]
    assert main(["--instance", str(matrix), *USUAL, *out]) == 2
    told = capsys.readouterr().err
    assert "error: cannot write models to" in told
    assert "choose another folder with --export." in told
    assert "Traceback" not in told
    assert not (tmp_path / "out" / "solves.csv").exists()


def test_two_models_do_not_share_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names that become equal are refused."""
    files = [tmp_path / "a b.csv", tmp_path / "a+b.csv"]
    for path in files:
        np.savetxt(path, CLOUD.distances, delimiter=",", fmt="%.17g")
    out = ["--out", str(tmp_path / "out"), "--export", str(tmp_path / "m"), "--solvers", "kuby"]
    assert main(["--instance", *map(str, files), *USUAL, *out]) == 2
    assert "'a b.csv' and 'a+b.csv' would have the same file name" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "plain"),
    [("features.0", "features.0"), ("a/../b", "a-..-b"), ("../x", "x"), ("som, n = 15", "som-n-15")],
)
def test_file_names_are_plain(name: str, plain: str) -> None:
    """No separators, no leading dots, nothing to quote."""
    assert stem(Instance(CLOUD.distances, 5, name=name), "kuby") == f"{plain}-p5-kuby"


def test_no_model_of_an_instance_that_is_not_taken(
    matrix: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said, the other models are written, and the solve is skipped: no failure at all."""
    models, out = tmp_path / "models", tmp_path / "out"
    names = ["--objective", "max-sum", "--solvers", "unit-vectors", "glover", "greedy"]
    where = ["--export", str(models), "--out", str(out)]
    assert main(["--instance", str(matrix), *USUAL, *where, *names]) == 0
    told = capsys.readouterr()
    assert "no my-cloud-v2-.csv-p5-unit-vectors.lp: the distances of my cloud (v2).csv are" in told.err
    assert "4 model files in" in told.err
    assert len(list(models.iterdir())) == 4
    assert "unit-vectors skipped 2 of 2 solves, such as my cloud (v2).csv, p = 5: the dist" in told.err
    assert "FAIL" not in told.err
    study = read_study(out)
    skipped = study.frame("solves")[study.frame("solves")["solver"] == "unit-vectors"]
    assert skipped["status"].eq("skipped").all()
    assert study.run["outcome"] == "complete"
    assert "unit-vectors skipped 2 of 2 solves" in (out / "report.html").read_text()
