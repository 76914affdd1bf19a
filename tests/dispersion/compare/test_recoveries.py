"""Recoveries are what is registered: a new one is one function, and nothing else changes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dispersion.compare.cli.listing import listed
from dispersion.study.reading import read_study
from dispersion.study.rows import RECOVERIES
from pruning import Network
from pruning.repair.recoveries import in_order, recoveries, recovery


@pytest.fixture
def _a_recovery() -> Iterator[None]:
    """A fifth recovery, which does nothing, after least squares."""

    @recovery("rest", label="a rest", order=25)
    def rest(network: Network) -> Network:
        """Leave the network as it is."""
        return network.copy()

    yield
    del recoveries._entries["rest"]


@pytest.mark.usefixtures("_inline", "_a_recovery")
def test_a_new_recovery_is_tested_like_the_others(
    run: Callable[..., Any], tmp_path: Path, write_images: Callable[..., Path]
) -> None:
    """It has a row in ``accuracies.csv``, is listed, and is in the verdict of the report."""
    images = write_images(tmp_path / "images")
    done = run(
        *("--layers", "layer1.0.conv1", "--data", images, "--calibration-images", "6"),
        *("--keep", "0.5", "--recover", "rest", "bn", "raw", "--solvers", "greedy"),
    )
    assert done.code == 0, done.err
    tested = done.table("accuracies").query("method == 'greedy'").set_index("recovery")
    assert list(tested.index) == ["raw", "bn", "rest"]
    assert tested.loc["rest", "top1"] == tested.loc["raw", "top1"]
    study = read_study(done.folder)
    assert [row.recovery for row in study.accuracies if row.method == "greedy"] == [*tested.index]
    assert "Most accurate after rest: at keep 0.5 greedy" in (done.folder / "report.html").read_text()
    assert "rest  a rest" in listed("recoveries")


def test_columns_of_accuracies_are_called_as_the_recoveries_are() -> None:
    """The tables' headings need no torch, so they are written twice and compared here."""
    assert {one.name: one.label for one in in_order(recoveries)} == RECOVERIES
