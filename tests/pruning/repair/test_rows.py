"""Rows with zeros in blocks, against the same rows taken as they are."""

import pytest
import torch
from torch import Tensor

from pruning.calibration.windows import Window
from pruning.repair import rows as of_rows
from pruning.repair.rectified import fit_rectified
from pruning.repair.ridge import Ridge
from pruning.repair.rows import Rows

IMAGES, CHANNELS, OUTPUTS = 60, 3, 4


def padded(size: int, images: int = IMAGES, dtype: torch.dtype = torch.float64) -> Tensor:
    """What a kernel of 3 x 3 sees of padded maps of this size: shape (rows, 9 * channels)."""
    torch.manual_seed(size)
    conv = torch.nn.Conv2d(CHANNELS, OUTPUTS, 3, padding=1)
    window = Window(conv, (1, 1, 1, 1))
    maps = torch.rand(images, CHANNELS, size, size, dtype=dtype) - 1.5  # never 0, and never above
    return window.gathered(maps, torch.arange(size * size))


@pytest.fixture(autouse=True)
def _few_are_worth_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups of few rows, taken in parts."""
    monkeypatch.setattr(of_rows, "_SMALL", 30)
    monkeypatch.setattr(of_rows, "_PART", 50)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize(("size", "groups"), [(1, 1), (2, 4), (3, 9), (4, 9), (12, 1)])
def test_products_are_those_of_all_numbers(size: int, groups: int, centred: bool) -> None:
    """Whether zeros are left out, because they save much, or not."""
    x = padded(size)
    rows = Rows(x, 9, centred=centred)
    assert len(rows._groups) == groups
    seen = x - x.mean(0) * centred
    y = torch.rand(len(x), OUTPUTS, dtype=x.dtype)
    torch.testing.assert_close(rows.gram(x.dtype), seen.T @ seen)
    cross = torch.cat([seen.T @ (y - y.mean(0) * centred), y.sum(0)[None] * centred])
    torch.testing.assert_close(rows.cross(y), cross)
    weights = torch.rand(x.shape[1] + 1, OUTPUTS, dtype=x.dtype)
    found = rows.outputs(weights, torch.empty_like(y))
    torch.testing.assert_close(found, seen @ weights[:-1] + weights[-1])


def test_zeros_are_left_out() -> None:
    """Of maps of 2 x 2 each place sees 4 of 9 places; of one, one."""
    for size, share in ((2, 4 / 9), (1, 1 / 9)):
        x = padded(size)
        kept = sum(group.x.numel() for group in Rows(x, 9)._groups)
        assert kept == pytest.approx(share * x.numel())


def test_a_few_odd_rows_have_no_group_of_their_own() -> None:
    """Zeros that come by chance, as after a ReLU, are kept with the rest."""
    x = padded(2)
    x[:7, 12:15] = 0  # the centre: no other row misses it
    rows = Rows(x, 9)
    assert len(rows._groups) == 5
    torch.testing.assert_close(rows.gram(x.dtype), (x - x.mean(0)).T @ (x - x.mean(0)))


def test_products_are_made_once() -> None:
    """Ridges of the same rows share them, and leave them as they are."""
    rows, y = Rows(padded(2), 9), torch.rand(4 * IMAGES, OUTPUTS, dtype=torch.float64)
    first = rows.gram(torch.float64)
    before = first.clone()
    several = [Ridge(rows, ridge).fit(y).weight for ridge in (0.1, 10.0, 0.1)]
    assert rows.gram(torch.float64) is first
    assert torch.equal(first, before)
    assert torch.equal(several[0], several[2])
    assert not torch.allclose(several[0], several[1])


def test_overwriting_saves_a_copy() -> None:
    """Only if that is allowed are the samples changed."""
    x = torch.rand(40, 6)
    before = x.clone()
    Rows(x)
    assert torch.equal(x, before)
    assert Rows(x, overwrite=True)._groups[0].x.data_ptr() == x.data_ptr()
    torch.testing.assert_close(x, before - before.mean(0))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_fits_are_the_same(dtype: torch.dtype) -> None:
    """Of groups and of all rows together, to the precision of the numbers."""
    x = padded(4, 100, dtype)
    y = torch.randn(len(x), OUTPUTS, dtype=dtype) + x[:, :1]
    whole, apart = (fit_rectified(Ridge(Rows(x, blocks), 0.01), y, 3) for blocks in (1, 9))
    close = {"rtol": 1e-3, "atol": 1e-3} if dtype == torch.float32 else {"rtol": 1e-8, "atol": 1e-8}
    torch.testing.assert_close(apart.weight, whole.weight, **close)
    torch.testing.assert_close(apart.intercept, whole.intercept, **close)
