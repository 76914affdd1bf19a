"""``python -m pruning.train`` on a folder of small images."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from rich.console import Console
from safetensors import safe_open

import pruning
import pruning.train as command
from dispersion.errors import InputError
from pruning import accuracy, load_images, load_network
from pruning.train import progress
from pruning.training import TrainingProgress, loop

NET = """
from torch import nn

def build(classes=2):
    convolution, line = nn.Conv2d(3, 4, 3), nn.Linear(4, classes)
    net = nn.Sequential(convolution, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), line)
    net.input_shape = (3, 8, 8)
    return net

def three():
    return build(3)
"""
MODEL = "nets_for_training:build"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lend a folder with red and blue images and a module of the user's, on the import path."""
    generator = np.random.default_rng(0)
    for split, count in (("train", 9), ("test", 4)):
        for channel, name in ((0, "red"), (2, "blue")):
            folder = tmp_path / "images" / split / name
            folder.mkdir(parents=True)
            for k in range(count):
                pixels = generator.integers(0, 100, (8, 8, 3), dtype=np.uint8)
                pixels[:, :, channel] += 150
                Image.fromarray(pixels).save(folder / f"{k}.png")
    (tmp_path / "nets_for_training.py").write_text(NET)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def arguments(*more: str, model: str = MODEL, out: str = "out.safetensors") -> list[str]:
    return ["--model", model, "--data", "images", "--out", out, "--batch", "6", *more]


def digest(file: str) -> str:
    return load_network(MODEL, Path(file)).digest


def test_it_writes_weights_that_load(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The weights are those of the test accuracy printed; no checkpoint is left."""
    assert command.main(arguments("--epochs", "20", "--no-augmentation")) == 0
    network = load_network(MODEL, work / "out.safetensors")
    images = load_images("images")
    told = capsys.readouterr()
    assert accuracy(network, images.test, images.test_labels) == 1
    assert told.out == "test accuracy 1.0000 on 8 images; weights in out.safetensors\n"
    lines = told.err.splitlines()
    assert lines[0] == "nets_for_training:build on images, cpu: 18 images to learn from"
    assert len(lines) == 21
    assert lines[1].startswith("epoch 1/20: loss ")
    assert lines[-1].endswith("0 s left")
    assert sorted(path.name for path in work.iterdir() if path.is_file()) == [
        "nets_for_training.py",
        "out.safetensors",
    ]
    with safe_open(work / "out.safetensors", "pt") as file:
        made = json.loads(file.metadata()["training"])
    assert made["test_accuracy"] == "1.000000"
    assert made["data_sha256"] == images.digest
    assert "epochs=20" in made["schedule"]


def test_a_long_epoch_says_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a minute; the end of an epoch has its own line."""
    clock = SimpleNamespace(now=0.0, monotonic=lambda: clock.now)
    monkeypatch.setattr(progress, "time", clock)
    options = command.parse(["--model", "resnet20", "--out", "none.safetensors", "--epochs", "2"])
    told = progress.Progress(options, "900 images", Console(stderr=True, width=120))
    for clock.now, images in ((30.0, 100), (61.0, 300), (90.0, 600), (122.0, 900)):
        told.within(TrainingProgress(1, 2, images, 900, 0.25, 400.0))
    assert capsys.readouterr().err.splitlines()[1:] == [
        "epoch 1/2: 300 of 900 images, loss 0.2500; 7 min left"
    ]


def test_the_seed_decides(work: Path) -> None:
    """The same command writes the same weights, another seed others."""
    for out, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        assert command.main(arguments("--epochs", "1", "--seed", seed, out=f"{out}.safetensors")) == 0
    digests = [digest(f"{out}.safetensors") for out in "abc"]
    assert digests[0] == digests[1] != digests[2]


def test_it_begins_with_the_given_weights(work: Path) -> None:
    """With a rate of next to nothing, weights that are given come out again."""
    assert command.main(arguments("--epochs", "1")) == 0
    more = ("--epochs", "1", "--lr", "1e-20", "--weights", "out.safetensors")
    assert command.main(arguments(*more, out="again.safetensors")) == 0
    assert digest("out.safetensors") == digest("again.safetensors")


def test_interrupted_and_resumed(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C exits with 130 and says how to go on; the same command ends with the same weights."""
    assert command.main(arguments("--epochs", "3", out="whole.safetensors")) == 0
    run_epoch = loop._run_epoch

    def interrupt_in(number: int) -> None:
        def run(*given: object) -> object:
            if given[4] == number:
                raise KeyboardInterrupt
            return run_epoch(*given)

        monkeypatch.setattr(loop, "_run_epoch", run)

    interrupt_in(1)
    assert command.main(arguments("--epochs", "3")) == 130
    assert "no epoch was finished" in capsys.readouterr().err
    interrupt_in(3)
    assert command.main(arguments("--epochs", "3")) == 130
    told = capsys.readouterr().err
    assert (
        "out.safetensors.checkpoint keeps the finished epochs; run the same command to resume" in told
    )
    assert not (work / "out.safetensors").exists()
    interrupt_in(0)
    assert command.main(arguments("--epochs", "3")) == 0
    assert "resuming from out.safetensors.checkpoint\nepoch 3/3" in capsys.readouterr().err
    assert Path("whole.safetensors").read_bytes() == Path("out.safetensors").read_bytes()


def test_a_real_interrupt(work: Path) -> None:
    """A SIGINT to the process ends it with 130 within an epoch, the finished ones kept."""
    child = subprocess.Popen(
        [sys.executable, "-m", "pruning.train", *arguments("--epochs", "1000000")],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(pruning.__file__).parents[1])},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in the background
    )
    assert child.stderr is not None
    while not child.stderr.readline().startswith("epoch 2/"):
        assert child.poll() is None
    child.send_signal(signal.SIGINT)
    _, told = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "interrupted; out.safetensors.checkpoint keeps" in told
    assert torch.load("out.safetensors.checkpoint", weights_only=True)["epoch"] >= 2


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--epochs", "none"], "argument --epochs: invalid int value: 'none'; see --help."),
        (["--epochs", "0"], "epochs must be at least 1, not 0"),
        (["--batch", "1"], "a batch must hold at least 3 images, not 1"),
        (["--lr", "nan"], "the learning rate must be > 0, not nan"),
        (["--schedule", "linear"], "invalid choice: 'linear'"),
        (["--device", "warp"], "the device 'warp' cannot be used here"),
        (["--data", "nowhere"], "unknown data set or folder 'nowhere'"),
        (["--train-images", "19"], "--train-images must be in 2..18 for images, not 19"),
        (["--train-images", "1"], "must be in 2..18"),
        (["--weights", "none.pt"], "there is no checkpoint file 'none.pt'"),
        (["--out", "weights.pt"], "--out must end in .safetensors, not 'weights.pt'"),
        (["--out", "there.safetensors"], "'there.safetensors' is there already"),
        (["--out", "nets_for_training.py/a.safetensors"], "cannot be written to"),
        (["--model", "resnet20"], "resnet20 takes images of shape (n, 32, 32, 3)"),
        (["--model", "resnet21"], "unknown network 'resnet21'; did you mean resnet"),
        (["--model", "nets_for_training:three"], "has 3 classes where 2 are needed"),
        (["--lr", "1e30"], "training diverged in epoch 1"),
    ],
)
def test_bad_input_is_one_sentence(
    work: Path, capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    """Whatever is wrong is said in one line on standard error, with exit code 2."""
    (work / "there.safetensors").touch()
    assert command.main([*arguments("--epochs", "2"), *more]) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert told.out == ""
    assert told.err.splitlines()[-1].startswith("error: ")


def test_weights_for_other_classes(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Weights of as many classes as the data has none of are refused by both numbers."""
    network = load_network("nets_for_training:three")
    torch.save(network.module.state_dict(), "three.pt")
    more = arguments("--weights", "three.pt", model="nets_for_training:three")
    assert command.main(more) == 2
    assert "three.pt has 3 classes, but images has 2" in capsys.readouterr().err


def test_too_little_memory(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device that is too small says what to lower."""

    def fail(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate ...")

    monkeypatch.setattr(command, "train", fail)
    assert command.main(arguments()) == 2
    assert capsys.readouterr().err.endswith("error: cpu has too little memory; lower --batch, now 6\n")


def test_missing_options(capsys: pytest.CaptureFixture[str]) -> None:
    """What is required is named."""
    assert command.main([]) == 2
    assert "required: --model, --out; see --help." in capsys.readouterr().err


def test_fewer_images_are_drawn_from_all_classes(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A part of a folder, whose images are sorted by class, holds several classes."""
    assert command.main(arguments("--epochs", "1", "--train-images", "8")) == 0
    assert "8 images to learn from" in capsys.readouterr().err
    options = command.parse(arguments("--train-images", "8", out="other.safetensors"))
    labels = command._split(options, load_images("images")).training[1]
    assert set(labels) == {0, 1}


def test_named_data_hold_images_out() -> None:
    """Of a named data set the last training images, which nothing learns from, validate."""
    from pruning import Images

    pixels = np.arange(12, dtype=np.uint8).repeat(3).reshape(12, 1, 1, 3)
    labels = np.arange(12, dtype=np.int64)
    images = Images("cifar10", pixels, labels, pixels, labels, tuple("abcdefghijkl"), "0", 9)
    options = command.parse(["--model", "resnet20", "--out", "a.safetensors", "--train-images", "5"])
    split = command._split(options, images)
    assert split.validation is not None
    assert split.validation[1].tolist() == [9, 10, 11]
    assert len(split.training[1]) == 5
    assert max(split.training[1]) < 9
    assert split.training[0][:, 0, 0, 0].tolist() == split.training[1].tolist()
    assert split.about == "5 images to learn from, 3 to validate on"


def test_parsing_is_by_sentence() -> None:
    """The parser raises where argparse would leave the program."""
    with pytest.raises(InputError, match="unrecognized arguments: --fast"):
        command.parse(["--model", "a", "--out", "b.safetensors", "--fast"])
