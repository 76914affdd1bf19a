"""Criteria of filter pruning beside the solvers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pruning
from dispersion.compare import main
from dispersion.compare.criteria import named
from dispersion.errors import InputError, UnknownNameError
from dispersion.study.arguments import SOLVERS_TOO, parser
from pruning.criteria import criteria, keep

FIRST, LAST = "layer1.0.conv1", "layer3.8.conv1"  # 16 and 64 filters


def test_criteria_choose_beside_the_solvers(
    weights: Path,
    tmp_path: Path,
    write_images: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each is a row of the table of networks, and its filters are kept with the solvers'."""
    out, images = tmp_path / "out", write_images(tmp_path / "images")
    arguments = [
        *("--model", "resnet56", "--weights", str(weights), "--data", str(images)),
        *("--layers", f"{FIRST},{LAST}", "--keep", "0.5", "0.25", "--solvers", "greedy"),
        *("--methods", "whc", "l1", "--calibration-images", "6", "--out", str(out)),
    ]
    assert main(arguments) == 0
    assert " whc " in capsys.readouterr().out
    kept: dict[str, Any] = json.loads((out / "selections.json").read_text())
    names = [
        f"{name}, keep {share}, seed 0" for share in (0.5, 0.25) for name in ("greedy", "whc", "l1")
    ]
    assert sorted(kept) == sorted(names)
    layers = pruning.filter_layers(pruning.load_network("resnet56", weights))
    [first] = [layer for layer in layers if layer.name == FIRST]
    assert kept["whc, keep 0.25, seed 0"][FIRST] == keep(first, 4, "whc").tolist()
    rows = json.loads((out / "run.json").read_text())["options"]["subject"]
    assert rows["methods"] == ["whc", "l1"]


@pytest.mark.usefixtures("_inline")
def test_budgets_spaces_and_recoveries_together(
    run: Callable[..., Any], tmp_path: Path, write_images: Callable[..., Path]
) -> None:
    """A budget in place of a ratio, filters by what they contribute, fine-tuning alone, and times."""
    images = write_images(tmp_path / "images")
    done = run(
        *("--layers", f"{FIRST},{LAST}", "--data", images, "--calibration-images", "6"),
        *("--budget", "macs=0.97", "--allocation", "global", "--space", "contributions"),
        *("--recover", "ft", "--epochs", "1", "--latency", "--solvers", "greedy", "--methods", "l2"),
    )
    assert done.code == 0, done.err
    assert "keep is the share of macs that remains, within 1 %" in done.err
    networks = done.table("networks").set_index("method")
    for method in ("greedy", "l2"):
        row = networks.loc[method]
        assert row["keep"] == 0.97
        assert row["macs"] == pytest.approx(0.97 * networks.loc["unpruned", "macs"], rel=0.01)
        assert 0 <= row["accuracy_ft"] <= 1
        assert row["speedup"] > 0
        assert row[["accuracy_bn", "accuracy_ls"]].isna().all()
    assert done.record["filters kept"]["0.97"].keys() == {FIRST, LAST}
    assert sorted(done.table("accuracies")["recovery"].unique()) == ["ft", "raw"]


def test_all_means_every_criterion_that_is_no_solver() -> None:
    """Random and dispersion are in every comparison by way of the solvers."""
    assert named(["all"]) == [name for name in criteria if name not in SOLVERS_TOO]
    assert named(["l2", "fpgm"]) == ["l2", "fpgm"]
    assert set(SOLVERS_TOO) < set(criteria)


def test_names_are_checked_before_anything_is_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence and exit code 2."""
    with pytest.raises(UnknownNameError, match="method 'l3'"):
        named(["l3"])
    with pytest.raises(InputError, match="random is a matter of solvers here"):
        named(["random"])
    assert main(["--methods", "wch"]) == 2
    error = capsys.readouterr().err
    assert "unknown method 'wch'" in error
    assert "Traceback" not in error


def test_help_names_every_criterion_and_what_is_a_reconstruction() -> None:
    """Whoever looks for methods sees how certain each is."""
    text = "".join(parser().format_help().split())  # wrapped at spaces and hyphens
    for name in criteria:
        if name not in SOLVERS_TOO:
            assert f"{name}: {criteria[name].summary}".replace(" ", "") in text
            assert criteria[name].reconstruction.replace(" ", "") in text
    assert text.count("[reconstruction:") == 5  # dpp, fpici, snpfi; the allocations diversity, snpfi
