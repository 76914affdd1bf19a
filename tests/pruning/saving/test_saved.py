"""Saved networks, read again as they were or not at all."""

import hashlib
import json
import os
import shutil
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from dispersion.errors import InputError, UnknownNameError
from pruning import Network, filter_layers, load, prune, save, uniform
from pruning.zoo.network import IMAGENET
from pruning.zoo.networks import networks

SMALL = ("small_vgg", "small_resnet", "small_mobilenet")


class Blank:
    """Builds a network of the tests untrained, with other weights at every call."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def blank(self, variant: str | None, classes: int | None) -> Network:
        """Return a copy with random weights."""
        assert (variant, classes) == (None, self.network.classes)
        blank = self.network.copy()
        for parameter in blank.module.parameters():
            nn.init.uniform_(parameter, -0.1, 0.1)
        return replace(blank, dataset=None, provenance="untrained", normalization=None)


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Let the names of the small networks be known."""
    assert "vgg16" in networks
    for name in SMALL:
        network = request.getfixturevalue(name)
        monkeypatch.setitem(networks._entries, network.name, Blank(network))


def kept_of(network: Network, keep: float = 0.4) -> dict[str, Any]:
    """Indices of many layers, spread over each, some in descending order."""
    kept: dict[str, Any] = {}
    for layer in filter_layers(network)[::2]:
        n = len(layer.points)
        kept[layer.name] = sorted({i * n // uniform(n, keep) for i in range(uniform(n, keep))})[::-1]
    return kept


def logits(network: Network) -> torch.Tensor:
    images = torch.rand(3, *network.input_shape, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        return network.module(images)


def cut(network: Network) -> Network:
    """A pruned network whose weights are no longer the original's rows."""
    pruned = prune(network, kept_of(network))
    with torch.no_grad():
        for parameter in pruned.module.parameters():
            parameter.mul_(1.25)
    return pruned


@pytest.mark.parametrize("name", SMALL)
def test_what_is_loaded_is_what_was_saved(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Logits are the same to the last bit, and all that is known of the network with them."""
    network = cut(request.getfixturevalue(name))
    network = replace(network, dataset="photos", provenance="tuned", normalization=IMAGENET)
    save(network, tmp_path / "half-0.5")
    assert sorted(os.listdir(tmp_path)) == ["half-0.5.json", "half-0.5.safetensors"]
    loaded = load(tmp_path / "half-0.5")
    assert torch.equal(logits(loaded), logits(network))
    assert loaded.digest == network.digest
    assert replace(loaded, module=network.module) == network
    assert not loaded.module.training
    assert all(parameter.requires_grad for parameter in loaded.module.parameters())


@pytest.mark.parametrize("suffix", ["", ".json", ".safetensors"])
def test_any_of_its_names_will_do(suffix: str, small_resnet: Network, tmp_path: Path) -> None:
    """Both files or their common stem; a dot in it is no suffix."""
    network = cut(small_resnet)
    save(network, tmp_path / "half-0.5")
    assert load(tmp_path / f"half-0.5{suffix}").digest == network.digest


def test_the_record_says_what_was_kept(small_vgg: Network, tmp_path: Path) -> None:
    """The JSON lists, for every layer that was cut, how many filters it had and which are left."""
    save(prune(small_vgg, {"features.0": [6, 3]}), tmp_path / "a")
    record = json.loads((tmp_path / "a.json").read_text())
    assert record["layers"] == {"features.0": {"filters": 16, "kept": [3, 6]}}
    assert record["versions"]["torch"] == torch.__version__
    assert (record["network"], record["classes"]) == ("small-vgg", 10)


def test_whole_networks_are_saved(small_resnet: Network, tmp_path: Path) -> None:
    """A network that lost nothing comes back as it is; one changed in another way is refused."""
    save(small_resnet, tmp_path / "a")
    assert torch.equal(logits(load(tmp_path / "a")), logits(small_resnet))
    network = small_resnet.copy()
    network.module.layer1[0].conv2.bias = nn.Parameter(torch.arange(16.0))
    with pytest.raises(
        InputError, match=r"holds 'layer1.0.conv2.bias', which the network does not have"
    ):
        save(network, tmp_path / "b")


def test_names_come_back_as_they_are(
    small_resnet: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module called "module" is no leftover of data-parallel training."""
    wrapped = nn.Sequential(OrderedDict(module=small_resnet.copy().module)).eval()
    network = replace(small_resnet, name="wrapped", module=wrapped)
    monkeypatch.setitem(networks._entries, "wrapped", Blank(network))
    save(network, tmp_path / "a")
    assert torch.equal(logits(load(tmp_path / "a")), logits(network))


@pytest.mark.slow  # the others show it on small networks
@pytest.mark.real
def test_the_trained_vgg_comes_back(vgg16: Network, tmp_path: Path) -> None:
    """The published network, pruned everywhere, gives the same logits after a round trip."""
    kept = kept_of(vgg16)
    pruned = prune(vgg16, kept)
    save(pruned, tmp_path / "vgg16")
    loaded = load(tmp_path / "vgg16")
    assert torch.equal(logits(loaded), logits(pruned))
    assert (loaded.dataset, loaded.provenance) == (vgg16.dataset, vgg16.provenance)


@pytest.fixture(scope="module")
def saved_once(small_resnet: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small ResNet that lost filters in two layers."""
    folder = tmp_path_factory.mktemp("saved")
    kept = {"layer1.0.conv1": [1, 2, 3], "layer2.1.conv1": range(5)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(networks._entries, small_resnet.name, Blank(small_resnet))
        save(prune(small_resnet, kept), folder / "net")
    return folder


@pytest.fixture
def saved(saved_once: Path, tmp_path: Path) -> Path:
    """A copy of these files, to be changed."""
    shutil.copytree(saved_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "net"


def edit(path: Path, change: Callable[[dict[str, Any]], object], *, sign: bool) -> None:
    """Change the record, and its digest with it if `sign`."""
    record = json.loads(path.with_suffix(".json").read_text())
    change(record)
    if sign:
        record.pop("sha256")
        text = json.dumps(record, sort_keys=True)
        record["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    path.with_suffix(".json").write_text(json.dumps(record))


@pytest.mark.parametrize(
    ("change", "sign", "message"),
    [
        (lambda r: r.update(provenance="mine"), False, "was edited"),
        (lambda r: r["layers"]["layer1.0.conv1"].update(kept=[1, 2, 4]), False, "was edited"),
        (lambda r: r.pop("sha256"), False, "was edited"),
        (lambda r: r.update(version=2), False, "format version 2; this release reads 1"),
        (lambda r: r.update(format="zip"), False, "does not describe a pruned network"),
        (lambda r: r["layers"]["layer1.0.conv1"].update(kept=[1, 2, 16]), True, "0 to 15, not 16"),
        (lambda r: r["layers"]["layer1.0.conv1"].update(kept=[1, 2]), True, r"shape \(3, 16, 3, 3\)"),
        (lambda r: r["layers"].update(x={"filters": 2, "kept": [0]}), True, "unknown layer 'x'"),
        (lambda r: r.pop("dataset"), True, "'dataset'"),
        (lambda r: r["layers"].update({"layer1.0.conv1": [1, 2, 3]}), True, "lacks or misplaces"),
        (lambda r: r.update(network="nonesuch"), True, "network='nonesuch'"),
        (lambda r: r.update(weights_sha256="0" * 64), True, "holds other weights"),
    ],
)  # fmt: skip
def test_changed_records_are_refused(
    saved: Path, change: Callable[[dict[str, Any]], object], sign: bool, message: str
) -> None:
    """Whatever was changed in the JSON is told, even where its digest was mended."""
    edit(saved, change, sign=sign)
    with pytest.raises(InputError, match=message):
        load(saved)


def test_damaged_files_are_refused(saved: Path) -> None:
    """Cut short or emptied or gone, either file is named."""
    for suffix in (".json", ".safetensors"):
        path = saved.with_suffix(suffix)
        whole = path.read_bytes()
        for size in (len(whole) - 1, len(whole) // 2, 9, 0):
            path.write_bytes(whole[:size].rstrip(b"\n}"))
            with pytest.raises(InputError, match=rf"net\{suffix}'"):
                load(saved)
        path.unlink()
        with pytest.raises(InputError, match=rf"net\{suffix}'"):
            load(saved)
        path.write_bytes(whole)
    assert load(saved).name == "small-resnet"


def test_weights_of_another_save_are_refused(saved: Path) -> None:
    """One value changed, or a part renamed, is enough for the two files not to belong together."""
    weights = saved.with_suffix(".safetensors")
    state = load_file(weights)
    state["conv1.weight"][0, 0, 0, 0] += 1e-6
    save_file(state, weights)
    with pytest.raises(InputError, match=r"net\.safetensors' holds other weights than net\.json"):
        load(saved)


def test_a_save_cut_off_between_the_files_is_seen(
    saved: Path, small_resnet: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New weights under an old record are refused; nothing but the two files is left behind."""
    pruned = cut(small_resnet)
    replace_file = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if self.suffix == ".json":
            raise OSError(28, "No space left on device")
        return replace_file(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError, match=r"net\.json' \(No space left on device\)"):
        save(pruned, saved)
    assert sorted(os.listdir(saved.parent)) == ["net.json", "net.safetensors"]
    with pytest.raises(InputError, match="holds other weights"):
        load(saved)


def test_saving_replaces_both(saved: Path, small_resnet: Network) -> None:
    """A later save under the same name is the one that is loaded."""
    pruned = cut(small_resnet)
    save(pruned, saved)
    assert torch.equal(logits(load(saved)), logits(pruned))


def test_full_disks_are_told(
    small_resnet: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the weights cannot be written there is neither file."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match=r"cannot write .*No space left"):
        save(small_resnet, tmp_path / "a")
    assert os.listdir(tmp_path) == []


def test_folders_that_are_not_there_are_told(small_resnet: Network, tmp_path: Path) -> None:
    """The file that could not be written is named."""
    with pytest.raises(InputError, match=r"cannot write '.*missing/a"):
        save(small_resnet, tmp_path / "missing" / "a")


def test_what_was_kept_is_what_is_written(small_resnet: Network, tmp_path: Path) -> None:
    """Of two cuts one after the other, the filters of the network that was loaded; copies know, too."""
    once = prune(small_resnet, {"layer1.0.conv1": [1, 3, 5, 7], "conv1": range(8)})
    pruned = prune(once, {"layer1.0.conv1": [0, 2]}).copy()
    assert pruned.kept == {"layer1.0.conv1": (1, 5), "conv1": tuple(range(8))}
    save(pruned, tmp_path / "a")
    assert load(tmp_path / "a").kept == pruned.kept
    assert json.loads((tmp_path / "a.json").read_text())["layers"]["layer1.0.conv1"]["kept"] == [1, 5]
    assert pruned.kept_from(once) == {"layer1.0.conv1": [0, 2]}
    with pytest.raises(InputError, match="was not cut from"):
        pruned.kept_from(prune(small_resnet, {"layer1.0.conv1": [1, 2]}))
    with pytest.raises(InputError, match="was not cut from"):
        small_resnet.kept_from(once)


def test_networks_that_would_not_come_back_are_not_saved(small_resnet: Network, tmp_path: Path) -> None:
    """Networks cut by other means, unknown names and other types of weights are refused on saving."""
    pruned = prune(small_resnet, {"layer1.0.conv1": [1, 2, 3]})
    with pytest.raises(
        InputError, match=r"changed by something other than prune: .*layer1\.0\.conv1\.weight"
    ):
        save(replace(pruned, kept={"layer1.0.conv1": (1, 2)}), tmp_path / "a")
    with pytest.raises(UnknownNameError, match="unknown network 'mine'"):
        save(replace(pruned, name="mine"), tmp_path / "a")
    pruned.module.half()
    with pytest.raises(InputError, match=r"module\.float\(\)"):
        save(pruned, tmp_path / "a")
    assert os.listdir(tmp_path) == []


def test_code_of_the_users_runs_only_when_named(
    saved: Path, small_resnet: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file cannot have a function called that the caller has not named."""
    edit(saved, lambda record: record.update(network="mine:build"), sign=True)
    with pytest.raises(InputError, match="network='mine:build'"):
        load(saved)
    with pytest.raises(InputError, match="describes the network 'mine:build', not 'small-resnet'"):
        load(saved, network="small-resnet")
    monkeypatch.setattr(
        "pruning.saving.saved.blank_network", lambda *_: Blank(small_resnet).blank(None, 10)
    )
    assert load(saved, network="mine:build").classes == 10
