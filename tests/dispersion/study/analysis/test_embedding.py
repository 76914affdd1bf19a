"""Points in the plane, and the file they are kept in."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from dispersion import Instance
from dispersion.errors import InputError
from dispersion.study.analysis.embedding import embed
from dispersion.study.folder.layers import LAYERS, keep_layers, read_layers
from dispersion.study.folder.store import Store


def distances(points: np.ndarray) -> np.ndarray:
    """Euclidean distances, the slow way."""
    return np.array([[np.linalg.norm(a - b) for b in points] for a in points])


def test_points_of_a_plane_keep_all_their_distances() -> None:
    """What has two dimensions is shown in full."""
    points = np.random.default_rng(1).normal(size=(20, 2)) @ np.array([[3.0, 1.0], [0.0, 1.0]])
    found = embed(distances(points))
    assert found.share == pytest.approx(1.0)
    assert distances(found.coordinates) == pytest.approx(distances(points))
    assert found.coordinates.mean(axis=0) == pytest.approx(0.0, abs=1e-9)


def test_the_share_is_that_of_principal_components() -> None:
    """For Euclidean distances, the plane and its share are those of a singular value decomposition."""
    points = np.random.default_rng(2).normal(size=(30, 7)) * np.arange(1, 8)
    found = embed(distances(points))
    centred = points - points.mean(axis=0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    assert found.share == pytest.approx((s[:2] ** 2).sum() / (s**2).sum())
    assert np.abs(found.coordinates) == pytest.approx(np.abs(u[:, :2] * s[:2]))


@pytest.mark.parametrize("n", [2, 3, 9])
def test_equal_points_and_odd_matrices_have_a_picture(n: int) -> None:
    """Points without any distance lie on one spot, all of it shown; no metric is no obstacle."""
    nothing = embed(np.zeros((n, n)))
    assert nothing.share == 1.0
    assert (nothing.coordinates == 0).all()
    upper = np.triu(np.random.default_rng(n).random((n, n)), 1)
    odd = embed(upper + upper.T)
    assert np.isfinite(odd.coordinates).all()
    assert 0 <= odd.share <= 1


def kept(folder: Path, kernels: np.ndarray) -> Path:
    """A folder with ``layers.npz`` of two layers, one of them asked about twice."""
    rng = np.random.default_rng(3)
    one = Instance.from_points(rng.normal(size=(8, 3)), 4, name="a/b <c>")
    other = Instance.from_points(rng.normal(size=(5, 3)), 2, name="layer2")
    keep_layers(Store(folder), [one, one.with_p(2), other], "conv1", kernels)
    return folder


def test_what_is_kept_is_read(tmp_path: Path) -> None:
    """Layers once each, in order, and the kernels to the last bit."""
    kernels = np.random.default_rng(4).normal(size=(8, 3, 3, 3))
    found = read_layers(kept(tmp_path, kernels))
    assert found is not None
    assert list(found.embeddings) == ["a/b <c>", "layer2"]
    assert found.embeddings["layer2"].coordinates.shape == (5, 2)
    assert found.first == "conv1"
    assert found.kernels is not None
    assert (found.kernels == kernels).all()


@pytest.mark.parametrize("shape", [(8, 16, 3, 3), (8, 3, 1, 1)])
def test_kernels_that_are_no_pictures_are_not_kept(tmp_path: Path, shape: tuple[int, ...]) -> None:
    """Sixteen channels have no colours, and a pixel is no picture."""
    found = read_layers(kept(tmp_path, np.ones(shape)))
    assert found is not None
    assert (found.first, found.kernels) == (None, None)


def test_no_file_is_no_layers_and_damage_is_said(tmp_path: Path) -> None:
    """Absent is None; truncated, or something else, is one sentence that names the file."""
    assert read_layers(tmp_path) is None
    path = kept(tmp_path, np.ones((8, 3, 3, 3))) / LAYERS
    whole = path.read_bytes()
    for damaged in (b"", b"no zip", whole[: len(whole) // 2], whole[:200] + b"\0" * 40 + whole[240:]):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match=r"layers\.npz cannot be read"):
            read_layers(tmp_path)
    np.savez(path, something=np.ones(3))
    with pytest.raises(InputError, match="names"):
        read_layers(tmp_path)


def test_layers_that_would_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Zeros pack a thousandfold; and a pipe of that name is not waited for."""
    np.savez_compressed(tmp_path / LAYERS, names=np.zeros(10 * 2**17))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=100 * 2**20))
    with pytest.raises(InputError, match=r"layers\.npz, unpacked, takes .* more than 1/16 of"):
        read_layers(tmp_path)
    (tmp_path / LAYERS).unlink()
    os.mkfifo(tmp_path / LAYERS)
    with pytest.raises(InputError, match="it is no file"):
        read_layers(tmp_path)
