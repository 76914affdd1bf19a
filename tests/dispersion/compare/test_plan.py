"""What is solved, in which order."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pruning
from dispersion.compare import networks
from dispersion.compare.cli.command_line import parse
from dispersion.compare.cli.options import NetworkOptions


def test_distances_are_computed_once_a_layer() -> None:
    """All tasks on a layer share its matrix; p follows from the ratio, and only chance has seeds."""
    points = np.random.default_rng(0).random((10, 3))
    layers = [pruning.FilterLayer(name, (name,), points + k) for k, name in enumerate("ab")]
    two = ["--random-seeds", "2"]
    options = parse(["--keep", "0.5", "0.04", "--solvers", "random", "greedy", *two])
    assert isinstance(options.subject, NetworkOptions)
    sizes = {
        share: {name: pruning.uniform(10, share) for name in "ab"} for share in options.subject.keep
    }
    tasks = networks.plan(layers, sizes, options.subject, options)
    assert [(t.instance.name, t.instance.p, t.solver, t.limits.seed) for t in tasks] == [
        (name, p, solver, seed)
        for name in "ab"
        for p in (5, 2)  # never less than 2: a distance has two ends
        for solver, seed in (("random", 0), ("random", 1), ("greedy", 0))
    ]
    assert len({id(task.instance.distances) for task in tasks}) == 2
    assert all(task.instance.metric == "euclidean" for task in tasks)


@pytest.mark.usefixtures("_inline")
def test_allocations_see_filters_as_solvers_do(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the space that was asked for, at distances by the metric that was."""
    seen: list[tuple[list[pruning.FilterLayer], dict[str, Any]]] = []
    allocate = pruning.allocate

    def watched(layers: list[pruning.FilterLayer], *given: Any, **how: Any) -> dict[str, int]:
        seen.append((layers, how))
        return allocate(layers, *given, **how)

    monkeypatch.setattr(pruning, "allocate", watched)
    asked = ("--solvers", "greedy", "--space", "normalized", "--metric", "angular")
    assert run(*asked, "--budget", "macs=0.9", "--allocation", "diversity").code == 0
    ((layers, how),) = seen
    assert np.allclose(np.linalg.norm(layers[0].points, axis=1), 1.0)
    assert how["metric"] == "angular"
