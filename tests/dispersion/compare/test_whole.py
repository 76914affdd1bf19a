"""The whole command, once, on two layers, two keep ratios, all solvers and images of the user's."""

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import pruning
from dispersion import Instance
from dispersion.compare import main
from dispersion.study.rows import COLUMNS, AccuracyRow, NetworkRow, SolveRow
from solvers import Limits

FIRST, LAST = "layer1.0.conv1", "layer3.0.conv1"  # 16 and 64 filters
CHANCE = ("grasp", "random", "tabu")


@pytest.fixture(scope="module")
def whole(
    weights: Path,
    tmp_path_factory: pytest.TempPathFactory,
    write_images: Callable[..., Path],
    done: Callable[..., Any],
) -> Any:
    """What the command printed and left."""
    base = tmp_path_factory.mktemp("whole")
    images = write_images(base / "images")
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(
            [
                *("--model", "resnet8", "--weights", str(weights), "--data", str(images)),
                *("--layers", f"{FIRST},{LAST}", "--keep", "0.5", "0.25", "--jobs", "2"),
                *("--calibration-images", "6", "--seed", "3", "--random-seeds", "2"),
                *("--time-limit", "600", "--recover", "raw", "bn", "ls"),
                *("--out", str(base / "out")),
            ]
        )
    return done(code, out.getvalue(), err.getvalue(), base / "out")


def test_all_is_well(whole: Any, everything: list[str]) -> None:
    """The run succeeds, finds no contradiction, and leaves exactly what is documented."""
    assert whole.code == 0
    assert "no contradictions: every bound holds against every answer\n" in whole.err
    assert whole.err.endswith(f"results in {whole.folder}\n")
    assert "FAIL" not in whole.err
    assert whole.files == everything


def test_it_prints_one_readable_table(whole: Any) -> None:
    """Standard output holds the tables only: plain, uncut, with every layer, solver and method."""
    assert whole.out.startswith("Every instance, every solver")
    assert "\x1b" not in whole.out
    assert "…" not in whole.out
    for text in (FIRST, LAST, "Solvers over all instances", "Pruned networks", "unpruned", "± "):
        assert text in whole.out
    for name in whole.record["options"]["solvers"]:
        assert f" {name} " in whole.out
    assert "no data" not in whole.out


def test_rows_come_in_the_order_they_were_planned(whole: Any) -> None:
    """Layer by layer, ratio by ratio, solver by solver, whichever worker was faster; seeds count up."""
    solves = whole.table("solves")
    names = whole.record["options"]["solvers"]
    seeded = [(name, 3 + k) for name in names for k in range(2 if name in CHANCE else 1)]
    expected = [
        (layer, keep, *solver) for layer in (FIRST, LAST) for keep in (0.5, 0.25) for solver in seeded
    ]
    assert list(solves.columns) == COLUMNS[SolveRow]
    found = solves[["instance", "keep", "solver", "seed"]].itertuples(index=False, name=None)
    assert list(found) == expected
    assert solves.groupby(["instance", "keep"])["p"].unique().map(list).to_dict() == {
        (FIRST, 0.5): [8],
        (FIRST, 0.25): [4],
        (LAST, 0.5): [32],
        (LAST, 0.25): [16],
    }


def test_exact_solvers_agree_to_the_last_bit(whole: Any) -> None:
    """Every solver that proves an optimum proves the same, and nobody exceeds it."""
    solves = whole.table("solves")
    for _, group in solves.groupby(["instance", "keep"]):
        proven = group[group["status"] == "optimal"]
        assert {"clique", "cp-sat", "kuby"} <= set(proven["solver"])
        assert proven["objective"].nunique() == 1
        assert (group["objective"] <= proven["objective"].iloc[0]).all()


def test_csv_and_parquet_hold_the_same(whole: Any) -> None:
    """Both formats of all tables are equal, to the last bit."""
    for name in ("solves", "networks", "accuracies"):
        binary = whole.table(name)
        text = pd.read_csv(whole.folder / f"{name}.csv", dtype=str, keep_default_na=False)
        assert list(text.columns) == list(binary.columns)
        for column in binary:
            kind = float if binary[column].dtype == float else str
            written = [kind(cell) if cell else None for cell in text[column]]
            stored = [
                None if cell in ("", None) or cell != cell else kind(cell) for cell in binary[column]
            ]
            assert written == stored, column


def test_selections_are_worth_what_the_rows_say(whole: Any, weights: Path) -> None:
    """Each answer's objective is that of its filters, on distances computed here."""
    chosen = json.loads((whole.folder / "selections.json").read_text())
    network = pruning.load_network("resnet8", weights)
    layers = {layer.name: layer.points for layer in pruning.filter_layers(network)}
    solves = whole.table("solves")
    for row in solves.itertuples():
        kept = chosen[f"{row.solver}, keep {row.keep}, seed {row.seed}"][row.instance]
        points = layers[row.instance]
        assert points.shape[0] == row.n
        assert len(set(kept)) == len(kept) == row.p
        instance = Instance.from_points(points, row.p)
        distances = instance.distances[np.ix_(kept, kept)][np.triu_indices(row.p, k=1)]
        assert distances.min() == row.objective
        assert instance.digest == row.instance_digest


def test_networks_are_smaller_and_tested(whole: Any) -> None:
    """The unpruned network and one for every method, with size and all accuracies."""
    networks = whole.table("networks")
    assert list(networks.columns) == COLUMNS[NetworkRow]
    assert len(networks) == 1 + 2 * (4 + 3 * 2)  # four solvers with one seed, three with two
    unpruned, pruned = networks.iloc[0], networks.iloc[1:]
    assert (unpruned["method"], unpruned["keep"]) == ("unpruned", 1.0)
    assert np.isnan(unpruned["accuracy_bn"])
    for size in ("parameters", "macs"):
        half, quarter = pruned[pruned["keep"] == 0.5][size], pruned[pruned["keep"] == 0.25][size]
        assert half.nunique() == quarter.nunique() == 1
        assert unpruned[size] > half.iloc[0] > quarter.iloc[0]
    for accuracy in ("accuracy_raw", "accuracy_bn", "accuracy_ls"):
        right = pruned[accuracy] * 10  # images
        assert (right == right.round()).all()
        assert right.between(0, 10).all()


def test_every_accuracy_has_its_interval(whole: Any) -> None:
    """One row a network and recovery, as the table of networks has it, inside its 95 % interval."""
    rows, networks = whole.table("accuracies"), whole.table("networks")
    assert list(rows.columns) == COLUMNS[AccuracyRow]
    assert len(rows) == 1 + 3 * (len(networks) - 1)
    assert (rows["images"] == 10).all()
    for top in ("top1", "top5"):
        assert (rows[f"{top}_low"] <= rows[top]).all()
        assert (rows[top] <= rows[f"{top}_high"]).all()
    for name in ("raw", "bn", "ls"):
        found = rows[rows["recovery"] == name]["top1"].tolist()
        assert found == networks[f"accuracy_{name}"].dropna().tolist()


def test_the_record_says_what_ran_where(whole: Any, weights: Path) -> None:
    """Configuration, environment, digests, times and outcome are kept beside the results."""
    record = whole.record
    assert record["outcome"] == "complete"
    assert record["options"]["subject"]["keep"] == [0.5, 0.25]
    assert record["options"]["subject"]["weights"] == str(weights)
    assert record["options"]["limits"] == asdict(Limits(600.0, seed=3))
    assert str(weights) in record["network"]
    assert record["digests"]["weights_sha256"] == pruning.load_network("resnet8", weights).digest
    assert len(record["digests"]["images_sha256"]) == 64
    assert {"load network", "extract", "distances", "solve", "evaluate"} <= set(record["seconds"])
    assert record["environment"]["packages"]["ortools"]


@pytest.mark.parametrize("name", ["gap-against-time.png", "accuracy-against-macs.png"])
def test_pictures_are_real(whole: Any, name: str) -> None:
    """Both plots are PNG files that can be opened and show something."""
    with Image.open(whole.folder / name) as image:
        image.load()
        assert image.format == "PNG"
        assert len(image.convert("L").getcolors() or []) > 10
