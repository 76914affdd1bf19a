"""What the command says to bad input: one sentence, and nothing is left behind."""

import errno
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

import pruning
from dispersion.compare import default_folder
from dispersion.compare.cli.command_line import parse
from dispersion.compare.stages import EXIT_INPUT
from dispersion.study.execution import solving
from pruning.zoo.networks.resnet import CifarResNet

Run = Callable[..., Any]  # of conftest.py
FIRST = "layer1.0.conv1"  # 16 filters


class Evil:
    """Creates a file when unpickled by anything careless."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (str(self.path), "w"))


@pytest.fixture
def material(tmp_path: Path, weights: Path, write_images: Callable[..., Path]) -> Path:
    """A folder of things that cannot be used."""
    (tmp_path / "garbage.safetensors").write_bytes(b"\x00" * 100)
    (tmp_path / "empty.pth").write_bytes(b"")
    (tmp_path / "evil.pth").write_bytes(pickle.dumps(Evil(tmp_path / "evil-was-run")))
    torch.save({"state_dict": Evil(tmp_path / "evil-was-run")}, tmp_path / "wrapped.pth")
    torch.save({"conv1.weight": torch.ones(2)}, tmp_path / "other.pth")
    state = CifarResNet(depth=8).state_dict()
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
    (["--model", "vgg61"], "unknown network 'vgg61'; did you mean vgg19 or vgg16 or vgg13?"),
    (["--model", ""], "unknown network ''; known: mobilenet_v2,"),
    (["--model", "resnet8:deep"], "the network 'resnet8' has no variants; leave out ':deep'"),
    (["--model", "../../elsewhere"], "unknown network '../../elsewhere'; known:"),
    (["--layers", "layer1.0.conv9"], "unknown layer 'layer1.0.conv9'; did you mean layer1.0.conv1"),
    (["--layers", ","], "the layers ',' name no layer; give 'inner', 'all' or names"),
    (["--recover", "bm"], "unknown recovery 'bm'; did you mean bn"),
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
    (["--weights", "nan.safetensors"], f"nan.safetensors: '{FIRST}.weight' holds nan or inf"),
    (["--data", "cifar11"], "unknown data set or folder 'cifar11'; did you mean cifar10?"),
    (["--data", "bare"], "bare/train holds no class folders"),
    (["--data", "x" * 300], f"File name too long: '{'x' * 300}'"),
    (["--data", "no/folder"], "no/folder/train holds no class folders"),
    (
        ["--data", "few", "--calibration-images", "6", "--train-images", "11"],
        "--train-images 11 are more than the 10 of few to train on; ask for fewer.",
    ),
    (["--data", "few"], "--calibration-images 1000 are more than the 10 training images of few;"),
    (["--data", "large", "--calibration-images", "6"], "resnet8 takes images of shape (n, 32, 32, 3)"),
    (
        ["--data", "many", "--calibration-images", "6"],
        "many has 11 classes, but resnet8 tells 10 apart;",
    ),
    (
        ["--data", "few", "--calibration-images", "6", "--test-images", "11"],
        "--test-images 11 are more",
    ),
    (["--budget", "macs"], "a budget reads like macs=0.5 or params=0.4, not 'macs'."),
    (["--budget", "flops=0.5"], "unknown budget 'flops'"),
    (["--budget", "macs=0.5", "params=0.5"], "give only macs, or only params."),
    (
        ["--budget", "macs=0.001", "--data", "few", "--calibration-images", "6"],
        "macs=0.001 cannot be met on resnet8",
    ),
    (["--budget", "macs=0.9", "--allocation", "even"], "unknown allocation 'even'"),
    (["--space", "weight"], "unknown space 'weight'; did you mean weights"),
    (
        ["--out", "earlier"],
        "earlier holds the results of an earlier run, and no journal to go on from",
    ),
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
    run: Run,
    material: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is refused before anything is solved, with the offending value, and nothing is left behind."""
    monkeypatch.setattr(solving, "executor_of", lambda *_: pytest.fail("it was not refused in time"))
    before = sorted(material.rglob("*"))
    done = run(*arguments)
    assert done.code == EXIT_INPUT
    assert done.err.startswith("error: ")
    assert told in done.err
    assert done.err.count("\n") == 1
    assert done.out == ""
    assert sorted(material.rglob("*")) == before


def test_a_folder_that_refuses_files(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only folder is refused before anything is loaded."""

    def refuse(path: Path, *_: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr(Path, "write_text", refuse)
    done = run()
    assert done.code == EXIT_INPUT
    assert done.err.startswith("error: cannot write to the folder ")
    assert "Read-only file system; choose another with --out." in done.err


def test_what_the_system_refuses_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
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
    run: Run, weights: Path, tmp_path: Path
) -> None:
    """The default folder is named by model and time, and lies in results."""
    usual = ["--model", "resnet8", "--weights", weights, "--layers", FIRST, "--solvers", "greedy"]
    assert run(*usual, plain=True).code == 0
    [folder] = (tmp_path / "results").iterdir()
    assert folder.name.startswith("resnet8-2")
    named = default_folder(parse(["--model", "torchvision:resnet50"]))
    assert named.name.startswith("torchvision-resnet50-2")
    assert default_folder(parse(["--model", "/../x"])).parent == Path("results")
