"""Networks as files for other programs, run by those programs."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from dispersion.errors import ContradictionError, InputError, MissingExtraError
from pruning import Network, export_onnx, export_program, filter_layers, prune
from pruning.saving import exporting

Export = Callable[[Network, Path], None]


@pytest.fixture(params=["onnx", "pt2"])
def export(request: pytest.FixtureRequest) -> tuple[Export, str]:
    """Each way to export, with its suffix."""
    if request.param == "pt2":
        return export_program, ".pt2"
    for package in ("onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(package, reason="the extra 'onnx' is not installed")
    return export_onnx, ".onnx"


class Tiny(nn.Module):
    """A convolution, a depthwise one with a batch norm beside it, and a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.depthwise = nn.Conv2d(3, 6, 1), nn.Conv2d(6, 6, 3, padding=1, groups=6)
        self.norm, self.head = nn.BatchNorm2d(6), nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        """Map images to logits."""
        x = self.first(x).relu()
        return self.head((x + self.norm(self.depthwise(x))).mean((2, 3)))


class Undecided(Tiny):
    """What it does depends on what it sees, which no converter follows."""

    def forward(self, x: Tensor) -> Tensor:
        """Map images to logits."""
        return super().forward(x if x.sum() > 1 else -x)


class Pretender(Tiny):
    """Computes something else while it is exported, by as much as it is told."""

    by = 1e-3

    def forward(self, x: Tensor) -> Tensor:
        """Map images to logits."""
        logits = super().forward(x)
        return logits * (1 + self.by) if torch.compiler.is_exporting() else logits


def tiny(module: nn.Module) -> Network:
    return Network("tiny", module.eval(), (3, 8, 8), 4, None, "made for a test")


def run(path: Path, images: Tensor) -> Tensor:
    """Run an exported network as its user would."""
    if path.suffix == ".pt2":
        return torch.export.load(path).module()(images).detach()
    import onnxruntime

    session = onnxruntime.InferenceSession(path)
    ((given,), (made,)) = session.get_inputs(), session.get_outputs()
    assert (given.name, given.type, given.shape[1:]) == ("images", "tensor(float)", [*images.shape[1:]])
    assert made.name == "logits"
    return torch.from_numpy(session.run(None, {"images": images.numpy()})[0])


def test_pruned_networks_compute_the_same_elsewhere(
    export: tuple[Export, str], small_resnet: Network, tmp_path: Path
) -> None:
    """Networks cut in all layers give their logits, for batches of sizes not seen in exporting."""
    write, suffix = export
    path = tmp_path / f"net{suffix}"
    path.write_text("an earlier export")
    for whole in (tiny(Tiny()), small_resnet):
        pruned = prune(whole, {layer.name: [1, 0, 4] for layer in filter_layers(whole)})
        weights = pruned.digest
        write(pruned, path)
        assert os.listdir(tmp_path) == [path.name]
        assert pruned.digest == weights
        for batch in (1, 3, 8):
            images = torch.rand(batch, *whole.input_shape)
            expected = pruned.module(images).detach()
            torch.testing.assert_close(run(path, images), expected, rtol=1e-4, atol=1e-5)


def test_networks_that_cannot_be_converted_are_told(export: tuple[Export, str], tmp_path: Path) -> None:
    """What stands in the way is told in one sentence, and no file is left."""
    write, suffix = export
    with pytest.raises(InputError, match=r"tiny cannot be exported to .+ \(.+\)") as caught:
        write(tiny(Undecided()), tmp_path / f"a{suffix}")
    assert "\n" not in str(caught.value)
    assert os.listdir(tmp_path) == []


def test_files_that_compute_something_else_are_contradictions(
    export: tuple[Export, str], tmp_path: Path
) -> None:
    """A thousandth off is found and nothing is written; a hundred-thousandth is rounding."""
    write, suffix = export
    pretender = Pretender()
    with pytest.raises(ContradictionError, match=f"a{suffix} gives other logits than tiny"):
        write(tiny(pretender), tmp_path / f"a{suffix}")
    assert os.listdir(tmp_path) == []
    pretender.by = 1e-5
    write(tiny(pretender), tmp_path / f"a{suffix}")


def test_files_that_cannot_be_run_are_contradictions(
    export: tuple[Export, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that the reader refuses are not left under the name that was asked for."""
    write, suffix = export
    monkeypatch.setattr(exporting, "_serialized", lambda *_: b"no such format")
    with pytest.raises(ContradictionError, match=f"a{suffix} does not run"):
        write(tiny(Tiny()), tmp_path / f"a{suffix}")
    assert os.listdir(tmp_path) == []


def test_other_shapes_and_nan_are_contradictions() -> None:
    """Neither a batch of the wrong size nor NaN passes for equal; all zeros are."""
    logits = torch.ones(4, 3)
    for other in (torch.ones(1, 3), torch.full((4, 3), torch.nan)):
        with pytest.raises(ContradictionError):
            exporting._compare("net", "a.onnx", logits, other)
    exporting._compare("net", "a.onnx", 0 * logits, 0 * logits)


def test_logits_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    """Of a network that computes NaN nothing can be compared."""
    network = tiny(Tiny())
    nn.init.constant_(network.module.get_parameter("head.bias"), torch.nan)
    with pytest.raises(InputError, match="tiny computes logits that are not finite"):
        export_program(network, tmp_path / "a.pt2")


def test_bad_paths_are_refused(export: tuple[Export, str], tmp_path: Path) -> None:
    """Another suffix is refused, and so is a folder that is not there."""
    write, suffix = export
    with pytest.raises(InputError, match=rf"net' must end in \{suffix}"):
        write(tiny(Tiny()), tmp_path / "net")
    with pytest.raises(InputError, match=r"cannot write '.*missing/net"):
        write(tiny(Tiny()), tmp_path / "missing" / f"net{suffix}")


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without onnxruntime the extra to install is said, before anything is done."""
    for package in ("onnx", "onnxscript", "onnxruntime"):
        monkeypatch.setitem(sys.modules, package, None)  # importing it raises ImportError
    with pytest.raises(MissingExtraError, match=r"onnx cannot be imported .*\.\[onnx\]"):
        export_onnx(tiny(Tiny()), tmp_path / "a.onnx")
