"""The command on instance files and generated instances, without networks and without torch."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dispersion import InputError, generate, read_instance
from dispersion.compare.cli.command_line import parse
from dispersion.compare.cli.options import InstanceOptions
from dispersion.compare.instances import load, load_all
from dispersion.compare.stages import EXIT_FAULT, EXIT_INPUT, EXIT_INTERRUPTED
from dispersion.library import Known
from dispersion.study.execution import solving

ROOT = Path(__file__).parents[3]
GEO = "Geo 20 2.txt"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with one file of each kind, and the published values of one."""
    rng = np.random.default_rng(0)
    points = [f"{k} {x:.6f} {y:.6f}" for k, (x, y) in enumerate(100 * rng.random((20, 2)))]
    (tmp_path / GEO).write_text("\n".join(["20", "2", *points]))
    pairs = [f"{i} {j} {rng.integers(50, 100)}" for i in range(12) for j in range(i + 1, 12)]
    (tmp_path / "MDG.txt").write_text("\n".join(["12 4", *pairs]))
    return tmp_path


@pytest.fixture
def study(run: Callable[..., Any], files: Path) -> Callable[..., Any]:
    """Run the command on instances, from the folder of the files."""
    return lambda *arguments: run(
        *("--instance", *arguments, "--out", files / "out", "--jobs", "1"), plain=True
    )


def test_the_whole_command(study: Callable[..., Any], files: Path) -> None:
    """Tables, files and selections of every instance, p and solver; every proof agrees."""
    done = study(GEO, "MDG.txt", "generate:som:n=15,seed=2", "--p", "5", "4", "--time-limit", "20")
    assert done.code == 0, done.err
    assert "no contradictions: every bound holds against every answer\n" in done.err
    assert done.files == [
        *("gap-against-time.png", "journal.jsonl", "log.txt", "refutations.json", "report.html"),
        *("run.json", "selections.json", "solves.csv", "solves.parquet", "study.toml"),
        *("traces.csv", "traces.parquet"),
    ]
    solves = done.table("solves")
    three = (["grasp"] * 3, ["random"] * 3, ["tabu"] * 3)
    names = ["clique", "cp-sat", *three[0], "greedy", "kuby", *three[1], *three[2]]
    som = "som, n = 15, seed = 2"
    assert list(solves[["instance", "p", "solver"]].itertuples(index=False, name=None)) == [
        (name, p, solver) for name in (GEO, "MDG.txt", som) for p in (5, 4) for solver in names
    ]
    assert solves["keep"].isna().all()
    for _, group in solves.groupby(["instance", "p"]):
        proven = group[group["status"] == "optimal"]
        assert {"clique", "cp-sat", "kuby"} <= set(proven["solver"])
        assert proven["objective"].nunique() == 1
    for title in (
        "Every instance, every solver",
        "What is known of every",
        "Solvers over all instances",
    ):
        assert title in done.out
    assert "Pruned networks" not in done.out
    metrics = {one["name"]: one["metric"] for one in done.record["instances"]}
    assert metrics == {GEO: "euclidean", "MDG.txt": None, som: None}


def test_selections_are_worth_what_the_rows_say(study: Callable[..., Any], files: Path) -> None:
    """Each answer's objective is that of its points, on distances read here."""
    done = study(GEO, "generate:geo:n=30,p=3,seed=5", "--p", "4", "6", "--solvers", "clique", "greedy")
    chosen = json.loads((done.folder / "selections.json").read_text())
    matrices = {
        GEO: read_instance(files / GEO, 2).distances,
        "geo, n = 30, seed = 5": generate("geo", 30, 2, 5).distances,
    }
    rows = list(done.table("solves").itertuples())
    assert len(rows) == 8
    for row in rows:
        points = chosen[f"{row.solver}, p {row.p}, seed {row.seed}"][row.instance]
        assert len(set(points)) == row.p
        pairs = matrices[row.instance][np.ix_(points, points)][np.triu_indices(row.p, k=1)]
        assert pairs.min() == row.objective


def test_torch_is_not_imported(files: Path) -> None:
    """Neither torch nor anything of `pruning`, in the command or in a worker."""
    code = (
        "import sys; from dispersion.compare import main; "
        "code = main(sys.argv[1:]); "
        "print(code, [name for name in sys.modules if name.partition('.')[0] in ('torch', 'pruning')])"
    )
    (files / "sitecustomize.py").write_text(  # in the worker too
        "import sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name in ('torch', 'pruning'):\n"
        "            raise RuntimeError(f'{name} is imported')\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    result = subprocess.run(
        [
            *(sys.executable, "-c", code, "--instance", str(files / "MDG.txt"), "--jobs", "1"),
            *("--solvers", "clique", "greedy", "--out", str(files / "out")),
        ],
        cwd=files,
        env={"PYTHONPATH": f"{files}:{ROOT}", "PATH": "", "HOME": str(files), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.splitlines()[-1] == "0 []", result.stderr
    assert list(pd.read_parquet(files / "out" / "solves.parquet")["status"]) == ["optimal", "feasible"]


@pytest.mark.usefixtures("_inline")
def test_p_comes_from_the_file_unless_told(study: Callable[..., Any]) -> None:
    """A header's p is used where none is given."""
    assert list(study("MDG.txt", "--solvers", "greedy").table("solves")["p"]) == [4]


@pytest.mark.usefixtures("_inline")
@pytest.mark.parametrize(
    ("value", "proven", "code", "told"),
    [
        ("{:.3f}", "yes", 0, "no contradictions: every bound holds against every answer\n"),
        ("{:.3f}", "no", 0, "no contradictions: every bound holds against every answer\n"),
        ("9{:.3f}", "yes", EXIT_FAULT, f"FAIL {GEO}, p = 5: clique proved that nothing exceeds "),
        ("9{:.3f}", "no", EXIT_FAULT, f"FAIL {GEO}, p = 5: clique proved that nothing exceeds "),
        ("1.5", "yes", EXIT_FAULT, f"FAIL {GEO}, p = 5: clique found "),
        ("1.5", "no", 0, f"NEW {GEO}, p = 5: "),
    ],
)
def test_published_values(
    value: str, proven: str, code: int, told: str, study: Callable[..., Any], files: Path
) -> None:
    """They are shown, a contradiction is a FAIL, and a better value than the best published is news."""
    from solvers import solve

    optimum = solve(read_instance(files / GEO, 5)).objective
    known = files / "known.csv"
    known.write_text(f"# c\ninstance,p,best_known,proven\n{GEO},5,{value.format(optimum)},{proven}\n")
    done = study(GEO, "--p", "5", "6", "--solvers", "clique", "--known", known)
    assert done.code == code
    assert told in done.err
    assert f"{known} has values for 1 of 2 instances\n" in done.err
    published = done.table("solves")["published"]
    assert published[0] == float(value.format(optimum))
    assert np.isnan(published[1])
    assert done.record["outcome"] == ("failed" if code else "complete")


BAD = [
    (["none.txt"], "error: there is no file 'none.txt'."),
    (["."], "error: '.' is a folder; give the files in it."),
    (["x" * 300], f"error: '{'x' * 300}' cannot be read: File name too long."),
    ([GEO], f"error: '{GEO}' does not say how many points to choose; give p (--p)."),
    ([GEO, "--p", "21"], f"error: '{GEO}': p must lie between 2 and n = 20, got 21."),
    ([GEO, "--p", "5", "21"], f"error: '{GEO}': p must lie between 2 and n = 20, got 21."),
    ([GEO, "--p", "1"], "error: --p must be at least 2, got 1."),
    ([GEO, "--model", "vgg16"], "error: --instance and --model exclude each other; leave one of them"),
    ([GEO, "--keep", "0.5"], "error: --keep is about networks; leave it out, or leave out --instance."),
    (
        ["short.txt"],
        "error: 'short.txt': it has no distance for 1 of its 3 pairs, the first of them 1 2",
    ),
    (
        ["junk.txt", "--p", "3"],
        "error: 'junk.txt': its format is not recognised; known are edges, geo,",
    ),
    ([GEO, f"./{GEO}", "--p", "3"], f"error: two instances are called '{GEO}' with p = 3; rename one"),
    (["generate:geo:n=9"], "error: 'generate:geo:n=9' does not say p; write it such as generate:geo:"),
    (["generate:goe:n=9,p=3"], "error: unknown family 'goe'; did you mean geo?"),
    (["generate:geo:n=9999999,p=3"], "points, whose distances take "),
    ([GEO, "--p", "3", "--known", "none.csv"], "error: there is no file 'none.csv'."),
    ([GEO, "--p", "3", "--known", GEO], f"error: '{GEO}', line 1: it has no column 'instance'; needed"),
    (
        ["table.csv", "--p", "3"],
        "error: 'table.csv': a square matrix is needed, got 4 rows of 2 numbers; if a row is a point, "
        "say so with --input-format points (a format is named with --input-format, in Python format=: ",
    ),
    (
        ["table.csv", "--p", "3", "--input-format", "matrix"],
        "error: 'table.csv': a square matrix is needed, got 4 rows of 2 numbers.",
    ),
    (
        [GEO, "--p", "3", "--symmetric", "mean", "--metric", "angulr"],
        "unknown metric 'angulr'; did you mean angular?",
    ),
    (
        ["MDG.txt", "--metric", "cosine"],
        "error: 'MDG.txt': it holds distances, so the metric 'cosine' cannot be applied; leave out",
    ),
    (
        ["oneway.csv", "--p", "2"],
        "error: 'oneway.csv': distances are not symmetric: [0, 1] = 1.0 but [1, 0] = 3.0; one pair",
    ),
    (["--p", "3"], "error: argument --instance: expected at least one argument; see --help."),
]


@pytest.mark.parametrize(("arguments", "told"), BAD, ids=[" ".join(bad)[:40] for bad, _ in BAD])
def test_bad_input_is_one_sentence(
    arguments: list[str],
    told: str,
    study: Callable[..., Any],
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is refused before anything is solved, with the offending value, and nothing is left behind."""
    monkeypatch.setattr(solving, "executor_of", lambda *_: pytest.fail("it was not refused in time"))
    (files / "short.txt").write_text("3 2\n0 1 5\n0 2 5\n")
    (files / "junk.txt").write_bytes(b"\x00\x01")
    (files / "table.csv").write_text("0,0\n3,4\n10,0\n0,10\n")
    (files / "oneway.csv").write_text("0,1\n3,0\n")
    before = sorted(files.rglob("*"))
    done = study(*arguments)
    assert (done.code, done.out) == (EXIT_INPUT, "")
    assert done.err.startswith("error: ")
    assert told in done.err
    assert done.err.count("\n") == 1
    assert sorted(files.rglob("*")) == before


@pytest.mark.usefixtures("_inline")
@pytest.mark.parametrize(
    ("content", "arguments", "objective", "noted"),
    [
        ("0,0\n3,4\n10,0\n0,10\n", ["--input-format", "points"], 200**0.5, ""),
        ("x,y\n0,0\n3,4\n10,0\n0,10\n", ["--metric", "angular"], np.pi / 2, ""),
        (
            "0,1\n3,0\n",
            ["--symmetric", "mean"],
            2.0,
            "the mean of the two distances of a pair is taken; they differed by up to 2",
        ),
        (
            f"{1e-17},0.5\n0.5,0\n",
            [],
            0.5,
            "the diagonal, up to 1e-17 by rounding, is taken as 0",
        ),
    ],
)
def test_files_are_read_as_told(
    content: str,
    arguments: list[str],
    objective: float,
    noted: str,
    study: Callable[..., Any],
    files: Path,
) -> None:
    """Format, metric and what to make of two distances; what was changed is said, and in every row."""
    (files / "a.csv").write_text(content)
    done = study("a.csv", "--p", "2", "--solvers", "greedy", "clique", *arguments)
    assert done.code == 0, done.err
    assert list(done.table("solves")["objective"]) == pytest.approx([objective] * 2)
    assert (f"a.csv: {noted}\n" in done.err) == bool(noted)
    assert done.record["instances"][0].get("note", "") == noted
    assert all(noted in str(message) for message in done.table("solves")["message"])
    again = study("a.csv", "--config", done.folder / "study.toml")
    assert again.code == 0, again.err


@pytest.mark.usefixtures("_inline")
def test_names_of_points_are_kept(study: Callable[..., Any], files: Path) -> None:
    """In the record of the run, in the order in which selections count them; and beside selections."""
    (files / "towns.csv").write_text("origin,destination,km\nOslo,Paris,5\nOslo,Rome,6\nParis,Rome,7\n")
    done = study("towns.csv", "--p", "2", "--solvers", "clique")
    labels = done.record["instances"][0]["labels"]
    chosen = json.loads((done.folder / "selections.json").read_text())
    assert chosen.pop("points are counted from") == 0
    assert [labels[k] for k in chosen["clique, p 2, seed 0"]["towns.csv"]] == ["Paris", "Rome"]
    assert chosen["labels"] == {"clique, p 2, seed 0": {"towns.csv": ["Paris", "Rome"]}}
    assert list(done.table("solves").labels) == ['["Paris", "Rome"]']


@pytest.mark.usefixtures("_inline")
@pytest.mark.parametrize("word", ["True", "YES", "1", "optimal"])
def test_a_contradicted_optimum_is_a_failure_whatever_the_word(
    word: str, study: Callable[..., Any], files: Path
) -> None:
    """It is not announced as new."""
    known = files / "known.csv"
    known.write_text(f"instance,p,best_known,proven\nsub/{Path(GEO).stem},5,1.5,{word}\nother,3,7,no\n")
    done = study(GEO, "--p", "5", "--solvers", "clique", "--known", known)
    assert done.code == EXIT_FAULT
    assert f"FAIL {GEO}, p = 5: clique found " in done.err
    assert "NEW" not in done.err
    assert "1 of its rows are about none of them: other with p = 3\n" in done.err


@pytest.mark.usefixtures("_inline")
def test_ctrl_c_keeps_what_is_solved(
    study: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Solved tasks are written and printed, and the exit code says why the rest is missing."""
    inline = solving.executor_of(None, 1)
    every = inline.solve

    def one(tasks: Any) -> Any:
        yield next(iter(every(tasks)))
        raise KeyboardInterrupt

    monkeypatch.setattr(inline, "solve", one)
    monkeypatch.setattr(solving, "executor_of", lambda *_: inline)
    done = study("MDG.txt", "--solvers", "clique", "greedy")
    assert done.code == EXIT_INTERRUPTED
    assert list(done.table("solves")["solver"]) == ["greedy"]  # heuristics come first
    assert done.record["outcome"] == "interrupted"


@pytest.mark.usefixtures("_inline")
def test_results_go_to_a_folder_of_their_own(run: Callable[..., Any], files: Path) -> None:
    """The default folder is named by the first instance and the time."""
    for first, name in ((GEO, "Geo-20-2-2"), ("generate:som:n=9,p=3", "generate-som-n-9-p-3-2")):
        assert (
            run("--instance", first, "MDG.txt", "--p", "3", "--solvers", "greedy", plain=True).code == 0
        )
        assert any(folder.name.startswith(name) for folder in (files / "results").iterdir())


def test_published_values_say_p_where_nobody_else_does(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every published p of a file is asked; a file without any falls back on its header."""
    monkeypatch.chdir(files)
    known = {(GEO, 3): Known(1.0, False, 0.5), (GEO, 7): Known(1.0, False, 0.5)}
    told = InstanceOptions((GEO, "MDG.txt"), (), Path("known.csv"))
    assert [(one.name, one.p) for one in load_all(told, known)] == [(GEO, 3), (GEO, 7), ("MDG.txt", 4)]
    assert [one.p for one in load_all(replace(told, p=(5,)), known)] == [5, 5]


def test_a_file_is_read_once(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All sizes of one file share its matrix."""
    monkeypatch.chdir(files)
    instances = load_all(InstanceOptions((GEO, "MDG.txt"), (3, 4, 5), None), {})
    assert [one.p for one in instances] == [3, 4, 5] * 2
    assert len({id(one.distances) for one in instances}) == 2
    assert len({one.digest for one in instances}) == 6


def test_what_a_file_does_not_say_is_told(tmp_path: Path) -> None:
    """Columns of a table, and what is done about a graph that is not connected."""
    sites, roads = tmp_path / "sites.csv", tmp_path / "roads.txt"
    sites.write_text("site;east;north;rent\nA;0,5;0;7\nB;3,5;4;9\nC;0,5;8;5\nD;9;9;3\n")
    roads.write_text("A B 3\nB C 4\nA C 9\nD E 1\n")
    how = parse(["--instance", str(sites), "--coordinates", "east", "north", "--label", "site"]).subject
    [instance] = load(str(sites), [2], how)
    assert (instance.labels, instance.distances[0, 1]) == (("A", "B", "C", "D"), 5.0)
    told = ["--input-format", "edges", "--nodes", "A", "C", "D", "--unreachable"]
    for value, labels in (("largest", ("A", "C")), ("50", ("A", "C", "D"))):
        [instance] = load(str(roads), [2], parse(["--instance", str(roads), *told, value]).subject)
        assert (instance.labels, instance.distances[0, 1]) == (labels, 7.0)
    with pytest.raises(InputError, match=r"no path joins nodes 'A' and 'D'; .*--unreachable largest"):
        load(str(roads), [2], parse(["--instance", str(roads), *told, "refuse"]).subject)
    with pytest.raises(
        InputError, match=r"nodes \(--nodes\) says nothing of a file of the format points"
    ):
        load(
            str(sites),
            [2],
            parse(["--instance", str(sites), *told[:-1], "--input-format", "points"]).subject,
        )
