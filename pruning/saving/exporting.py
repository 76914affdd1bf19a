"""Write networks as files that other programs run: ONNX, and programs of torch.export.

A file is read again and run before it gets its name, so every file computes what its network does.
"""

from __future__ import annotations

import importlib
import io
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor

from dispersion.errors import ContradictionError, InputError, MissingExtraError
from pruning.saving.atomic import written_whole
from pruning.zoo.network import Network

TOLERANCE = 1e-4
"""Largest error of a logit after export, as a share of the largest logit; operations are reordered."""

_BATCHES = (1, 4)  # one image is what converters take for a constant

_Run = Callable[[Tensor], Tensor]


def export_onnx(network: Network, path: Path | str) -> None:
    """Write a network as an ONNX model, and compare the outputs of onnxruntime with those of torch.

    The model's input ``images`` is float32 of shape (batch, channels, height, width), any batch: what
    the module takes, pixels scaled to ``x / 255`` and then normalised if ``network.normalization`` is
    not `None`.  Its output ``logits`` has shape (batch, classes).

    Parameters
    ----------
    network : Network
        Left as it is.
    path : Path or str
        The file to write, ending in ``.onnx``.  An existing file is replaced once the new one is whole.

    Raises
    ------
    InputError
        Another suffix, a file that cannot be written, an operation ONNX does not have, or logits that
        are not finite.
    MissingExtraError
        onnx, onnxscript or onnxruntime is not installed.
    ContradictionError
        The file computes something else: a logit is off by more than `TOLERANCE` times the largest.
    """
    path = _suffixed(path, ".onnx")
    runtime = [_imported(package) for package in ("onnx", "onnxscript", "onnxruntime")][-1]
    content = _serialized(network, "ONNX", _onnx)

    def reopen(made: Path) -> _Run:
        session = runtime.InferenceSession(made, providers=["CPUExecutionProvider"])
        return lambda images: torch.from_numpy(session.run(None, {"images": images.numpy()})[0])

    _write(network, path, content, reopen)


def export_program(network: Network, path: Path | str) -> None:
    """Write a network as a program of torch.export, and compare its outputs with the network's.

    Its input is the same as in `export_onnx`.  ``torch.export.load(path).module()`` gives a module that
    needs nothing of this package.

    Parameters
    ----------
    network : Network
        Left as it is.
    path : Path or str
        The file to write, ending in ``.pt2``.  An existing file is replaced once the new one is whole.

    Raises
    ------
    InputError
        Another suffix, a file that cannot be written, an operation that torch.export cannot follow, or
        logits that are not finite.
    ContradictionError
        As in `export_onnx`.
    """
    path = _suffixed(path, ".pt2")
    content = _serialized(network, "torch.export", _program)
    _write(network, path, content, lambda made: torch.export.load(made).module())


def _suffixed(path: Path | str, suffix: str) -> Path:
    path = Path(path)
    if path.suffix != suffix:
        raise InputError(f"{str(path)!r} must end in {suffix}")
    return path


def _imported(package: str) -> ModuleType:
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise MissingExtraError(
            f"{package} cannot be imported ({error}); install the extra 'onnx':"
            " pip install -e '.[onnx]'"
        ) from error


def _serialized(
    network: Network, form: str, convert: Callable[[torch.export.ExportedProgram], bytes]
) -> bytes:
    """Convert a copy of the network on the processor, so that no accelerator is needed later."""
    module = network.copy().module.cpu()
    images = torch.zeros(2, *network.input_shape)
    batch = ({0: torch.export.Dim("batch")},)
    try:
        return convert(torch.export.export(module, (images,), dynamic_shapes=batch))
    except Exception as error:  # whatever an operation that cannot be converted raises
        raise InputError(f"{network.name} cannot be exported to {form} ({_reason(error)})") from error


def _onnx(program: torch.export.ExportedProgram) -> bytes:
    with _small_talk_silenced():
        model = torch.onnx.export(
            program, input_names=["images"], output_names=["logits"], dynamo=True, verbose=False
        )
    assert model is not None  # it is None from the exporter that is not asked for
    content: bytes = model.model_proto.SerializeToString()
    return content


@contextmanager
def _small_talk_silenced() -> Iterator[None]:
    """Silence messages of torch's ONNX exporter that do not concern the network."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)  # it warns of torchvision's operations where that is missing
    try:
        with warnings.catch_warnings():
            # it copies objects of torch that torch has deprecated
            warnings.filterwarnings("ignore", r"`isinstance\(treespec, LeafSpec\)`", FutureWarning)
            yield
    finally:
        logger.setLevel(level)


def _program(program: torch.export.ExportedProgram) -> bytes:
    buffer = io.BytesIO()
    torch.export.save(program, buffer)
    return buffer.getvalue()


def _write(network: Network, path: Path, content: bytes, reopen: Callable[[Path], _Run]) -> None:
    """Write a file, reopen it, and give it its name if it computes what the network does."""
    generator = torch.Generator().manual_seed(0)
    batches = [torch.rand(n, *network.input_shape, generator=generator) for n in _BATCHES]
    module = network.copy().module.cpu()  # a GPU rounds more coarsely
    with torch.inference_mode():
        expected = [module(images) for images in batches]
    if not all(logits.isfinite().all() for logits in expected):
        raise InputError(f"{network.name} computes logits that are not finite, so it is not exported")
    with written_whole(path) as made:
        made.write_bytes(content)
        try:
            run = reopen(made)
            with torch.inference_mode():
                reopened = [run(images) for images in batches]
        except Exception as error:  # whatever the reader raises
            raise ContradictionError(
                f"{path.name} does not run once it is written ({_reason(error)}); please report"
                f" {network.name}"
            ) from error
        for logits, other in zip(expected, reopened, strict=True):
            _compare(network.name, path.name, logits, other)


def _compare(network: str, file: str, expected: Tensor, computed: Tensor) -> None:
    if computed.shape != expected.shape:
        raise ContradictionError(
            f"{file} gives logits of shape {tuple(computed.shape)} where {network} gives"
            f" {tuple(expected.shape)}; please report this network"
        )
    off, largest = (expected - computed).abs().max(), expected.abs().max()
    if not off <= TOLERANCE * largest:  # so put, NaN is off
        raise ContradictionError(
            f"{file} gives other logits than {network} (off by {off:.1e}, the largest being"
            f" {largest:.1e}); please report this network"
        )


def _reason(error: Exception) -> str:
    return str(error).strip().split("\n")[0] or type(error).__name__
