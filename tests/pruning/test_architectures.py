"""Networks of many kinds are pruned rightly, or refused in one sentence."""

from pathlib import Path

import numpy as np
import pytest
import torch

from dispersion.errors import InputError
from pruning import (
    Network,
    cost,
    export_onnx,
    filter_layers,
    load,
    mask,
    prune,
    save,
    size_model,
    survey,
)
from pruning.zoo.networks import networks
from tests.pruning.architectures import CASES, SHAPE, network

PRUNED = [name for name, case in CASES.items() if case.layers]
REFUSED = [name for name, case in CASES.items() if not case.layers]


def half(whole: Network, seed: int = 0) -> dict[str, list[int]]:
    rng = np.random.default_rng(seed)
    return {
        layer.name: sorted(rng.choice(n, (n + 1) // 2, replace=False).tolist())
        for layer in filter_layers(whole)
        if (n := len(layer.points)) > 1
    }


def logits(one: Network) -> torch.Tensor:
    images = torch.rand(4, *SHAPE, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        return one.module(images)


@pytest.mark.parametrize("name", PRUNED)
def test_pruned_as_masked(name: str) -> None:
    """The layers that can be pruned are found, the others are left out with a reason."""
    whole = network(name)
    found = survey(whole)
    assert {one.convolutions[0] for one in found.couplings} == set(CASES[name].layers)
    assert all(one.reason and "\n" not in one.reason for one in found.left_out)
    kept = half(whole, seed=len(name))
    pruned = prune(whole, kept)
    assert pruned.kept == {layer: tuple(one) for layer, one in kept.items()}
    if CASES[name].masked:
        torch.testing.assert_close(logits(pruned), logits(mask(whole, kept)), rtol=1e-4, atol=1e-5)


class Blank:
    """Builds a network of the table anew."""

    def __init__(self, name: str) -> None:
        self.name = name

    def blank(self, _: str | None, __: int | None) -> Network:
        """The network, whatever is asked for."""
        return network(self.name)


@pytest.mark.parametrize("name", sorted({*PRUNED} - {"shared_weights"}))
def test_saved_and_loaded(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pruned network comes back from its files to the last bit."""
    monkeypatch.setitem(networks._entries, name, Blank(name))
    whole = network(name)
    pruned = prune(whole, half(whole))
    save(pruned, tmp_path / "net")
    loaded = load(tmp_path / "net")
    assert torch.equal(logits(loaded), logits(pruned))
    assert loaded.kept == pruned.kept


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The tensor attribute:UserWarning")  # of layers that torch traces
@pytest.mark.parametrize("name", sorted({*PRUNED} - {"data_parallel"}))  # which torch cannot export
def test_exported(name: str, tmp_path: Path) -> None:
    """What other runtimes get computes the same; the export compares it itself."""
    whole = network(name)
    pruned = prune(whole, half(whole))
    export_onnx(pruned, tmp_path / "net.onnx")  # raises unless onnxruntime computes the same
    assert (tmp_path / "net.onnx").exists()


@pytest.mark.parametrize("name", sorted({*PRUNED} - {"non_local"}))
def test_sizes_are_those_of_the_cut_network(name: str) -> None:
    """A budget is met as counted."""
    whole = network(name)
    kept = half(whole, seed=1)
    expected = size_model(whole).cost({layer: len(one) for layer, one in kept.items()})
    assert expected == cost(prune(whole, kept))


def test_products_of_channels_have_no_size_model() -> None:
    """What attention over channels that can be pruned costs does not follow from their number alone."""
    with pytest.raises(InputError, match="instead of a budget"):
        size_model(network("non_local"))


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_one_sentence(name: str) -> None:
    """A network without a layer to prune, or that cannot be checked, says so, and only that."""
    for refuse in (filter_layers, survey, size_model):
        with pytest.raises(InputError, match=CASES[name].refused) as caught:
            refuse(network(name))
        assert "\n" not in str(caught.value)
