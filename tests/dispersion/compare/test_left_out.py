"""Layers that cannot be pruned: said on the terminal, in run.json and in the report."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dispersion.compare import main
from dispersion.errors import InputError
from pruning import evaluation
from tests.pruning.architectures import network

MODEL = ("--model", "tests.pruning.architectures:yolo_c2f", "--layers", "all", "--keep", "0.5")


def test_what_is_left_out_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The other layers are pruned as usual."""
    out = tmp_path / "out"
    assert main([*MODEL, "--solvers", "greedy", "--time-limit", "5", "--out", str(out)]) == 0
    told = capsys.readouterr().err
    assert re.search(r"not pruned: layer cv1 cannot be pruned filter by filter", " ".join(told.split()))
    reasons = json.loads((out / "run.json").read_text())["layers left out"]
    assert set(reasons) == {"cv1", "m"}
    page = (out / "report.html").read_text()
    assert "Layers that are not pruned" in page
    assert all(f"{layer} {reason}".split(":")[0] in page for layer, reason in reasons.items())
    kept = json.loads((out / "selections.json").read_text())
    assert set(kept["greedy, keep 0.5, seed 0"]) == {"stem", "cv2"}


def test_a_cut_that_fails_costs_its_layer_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other layers of the same choice are cut and tested."""
    whole, prune = network("chain"), evaluation.prune

    def failing(of: Any, kept: Any, **how: Any) -> Any:
        if "2" in kept:
            raise InputError("the network computes something else")
        return prune(of, kept, **how)

    monkeypatch.setattr(evaluation, "prune", failing)
    found = evaluation.evaluate(whole, {"0": [1, 2], "2": [0, 3]}, None)
    assert found.faults == ("layer 2 keeps all its filters: the network computes something else",)
    assert found.parameters == evaluation.cost(prune(whole, {"0": [1, 2]})).parameters
    with pytest.raises(InputError, match="something else"):
        evaluation.evaluate(whole, {"2": [0, 3]}, None)
