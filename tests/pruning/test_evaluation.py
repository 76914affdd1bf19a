"""A network is cut, recovered by whatever is registered, and tested after each recovery."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from dispersion.errors import UnknownNameError
from pruning import Calibration, Network, accuracies, prune, reconstruct, reestimate_batchnorm
from pruning.evaluation import EvaluationData, evaluate
from pruning.repair.recoveries import Recovery, in_order, recoveries, recovery
from pruning.training import Schedule, train

KEPT = {"layer1.0.conv1": [0, 1, 2], "layer2.0.conv1": [3, 5, 8, 13]}
QUICK = Schedule.fine_tuning(1, rate=0.001)


@pytest.fixture(scope="module")
def data(small_resnet: Network) -> EvaluationData:
    """Labelled noise."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (12, 32, 32, 3), dtype=np.uint8)
    labels = rng.integers(0, 10, 12)
    calibration = Calibration(small_resnet, images[:6], labels[:6])
    return EvaluationData(images, labels, calibration, images[:8], labels[:8])


@pytest.fixture
def registered() -> Iterator[None]:
    """What a test registers is forgotten after it."""
    before = set(recoveries)
    yield
    for name in set(recoveries) - before:
        del recoveries._entries[name]


def test_every_recovery_is_what_its_function_makes(small_resnet: Network, data: EvaluationData) -> None:
    """Batch norms and least squares start from the cut network, fine-tuning from the latest."""
    found = evaluate(small_resnet, KEPT, data, recoveries=("ft", "ls", "bn", "raw"), schedule=QUICK)
    pruned = prune(small_resnet, KEPT, images=data.calibration.images)
    fitted = reconstruct(data.calibration, pruned)
    expected = {
        "raw": pruned,
        "bn": reestimate_batchnorm(pruned, data.calibration.images[:6]),
        "ls": fitted,
        "ft": train(fitted, data.train, data.train_labels, QUICK),
    }
    tested = {name: accuracies(one, data.images, data.labels) for name, one in expected.items()}
    assert found.accuracies == tested
    assert list(found.accuracies) == ["raw", "bn", "ls", "ft"]
    assert found.faults == ()


@pytest.mark.usefixtures("registered")
def test_a_new_recovery_is_one_function(
    small_resnet: Network, data: EvaluationData, tmp_path: Path
) -> None:
    """It is given what its arguments name, in its place in the order; fine-tuning goes on from it."""
    given: list[object] = []

    @recovery("stubborn", label="stubbornness", order=25, continues=True)
    def stubborn(network: Network, *, calibration: Calibration) -> Network:
        """Always say class 2."""
        given.append(calibration)
        made = network.copy()
        with torch.no_grad():
            made.module.get_parameter("linear.weight").zero_()
            made.module.get_parameter("linear.bias").copy_(torch.arange(10) == 2)
        return made

    asked = ("stubborn", "bn", "ls", "ft")
    assert [one.name for one in in_order(asked)] == ["bn", "ls", "stubborn", "ft"]
    starts: list[Network] = []

    def checkpoint(start: Network) -> Path:
        starts.append(start)
        return tmp_path / "checkpoint"

    found = evaluate(small_resnet, KEPT, data, recoveries=asked, schedule=QUICK, checkpoint=checkpoint)
    assert list(found.accuracies) == [one.name for one in in_order(asked)]
    assert given == [data.calibration]
    assert not starts[0].module.get_parameter("linear.weight").any()
    assert found.accuracies["stubborn"].top1.right == (data.labels == 2).sum() == 4


@pytest.mark.usefixtures("registered")
def test_a_recovery_that_fails_costs_no_other(small_resnet: Network, data: EvaluationData) -> None:
    """Its reason is told; what would go on from it is not tried."""

    @recovery("broken", label="broken", order=15)
    def broken(network: Network) -> Network:
        """Fail."""
        raise ZeroDivisionError("no reason")

    found = evaluate(small_resnet, KEPT, data, recoveries=("broken", "bn", "ls", "ft"), schedule=QUICK)
    assert list(found.accuracies) == ["bn", "ls"]
    assert found.faults == (
        "broken failed: ZeroDivisionError: no reason",
        "ft is not tried, as what it would start from failed",
    )
    alone = evaluate(small_resnet, KEPT, data, recoveries=("broken",))  # as cut is better than nothing
    pruned = prune(small_resnet, KEPT, images=data.calibration.images)
    assert alone.accuracies == {"raw": accuracies(pruned, data.images, data.labels)}
    assert alone.faults == found.faults[:1]


def test_recoveries_by_name(small_resnet: Network, data: EvaluationData) -> None:
    """An unknown one is refused; which of them train is read off their arguments."""
    with pytest.raises(UnknownNameError, match="recovery 'fine'"):
        evaluate(small_resnet, KEPT, data, recoveries=("fine",))
    assert {name for name in recoveries if recoveries[name].trains} == {"ft"}
    assert all(isinstance(recoveries[name], Recovery) for name in recoveries)


def test_the_unpruned_network_needs_no_recovery(small_resnet: Network, data: EvaluationData) -> None:
    """And without images there are no accuracies."""
    assert list(evaluate(small_resnet, {}, data, recoveries=("bn", "ls")).accuracies) == ["raw"]
    assert evaluate(small_resnet, KEPT, None).accuracies == {}
