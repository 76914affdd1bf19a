"""The main job on published weights and images."""

import os
from pathlib import Path
from typing import Any

import pytest

import pruning
from dispersion import UnavailableError
from dispersion.compare import main


@pytest.mark.slow  # .ci/run runs this command
@pytest.mark.real
def test_the_main_job_on_two_layers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], done: Any, everything: list[str]
) -> None:
    """Trained VGG-16 and CIFAR-10: proofs agree to the last bit, and every file is there."""
    try:
        pruning.load_network("vgg16")
        pruning.load_images("cifar10")
    except UnavailableError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    code = main(
        [
            *("--layers", "features.0,features.4", "--keep", "0.5", "0.25", "--time-limit", "60"),
            *("--recover", "raw", "bn"),  # least squares in every layer of VGG-16 takes minutes
            *("--test-images", "100", "--calibration-images", "100", "--out", str(tmp_path / "out")),
        ]
    )
    out, err = capsys.readouterr()
    left = done(code, out, err, tmp_path / "out")
    assert left.code == 0, left.err
    assert left.files == everything
    solves, networks = left.table("solves"), left.table("networks")
    for _, group in solves.groupby(["instance", "keep"]):
        exact = group[group["solver"].isin(["clique", "cp-sat", "kuby"])]
        assert list(exact["status"]) == ["optimal"] * 3
        assert exact["objective"].nunique() == exact["bound"].nunique() == 1
        optimum = exact["objective"].iloc[0]
        assert (group["objective"] <= optimum).all()
        assert (group[group["solver"] == "greedy"]["objective"] >= optimum / 2).all()
    assert networks["accuracy_raw"].iloc[0] > 0.85
    halved = networks[networks["keep"] == 0.5]
    assert (halved["accuracy_bn"] > halved["accuracy_raw"]).all()
    assert left.record["network"].startswith("vgg16_cifar10_0.9225_45k")
