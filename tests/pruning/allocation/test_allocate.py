"""Whatever the allocation, the budget is met; what cannot be met or understood is refused."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispersion.errors import ContradictionError, InputError, UnknownNameError
from pruning import Budget, Calibration, Network, allocate, allocations, cost, prune
from pruning.allocation import Allocation
from pruning.allocation import allocations as registry
from pruning.allocation.curves import kept_share
from pruning.budgets.budget import RESOURCES
from pruning.criteria import scores

RANKED = ["diversity", "global", "uniform"]


def assert_met(subject: Any, budget: Budget, name: str, layers: Any = None, **arguments: Any) -> None:
    layers = subject.layers if layers is None else layers
    counts = allocate(layers, subject.model, budget, name, **arguments)
    assert list(counts) == [layer.name for layer in layers]
    assert all(min(2, len(layer.points)) <= counts[layer.name] <= len(layer.points) for layer in layers)
    assert abs(subject.share(budget, counts) / budget.share - 1) <= 0.01


def test_every_allocation_is_registered() -> None:
    """The command line offers these; what is ours to guess says so."""
    assert list(allocations) == sorted(["curves", "pfp", "snpfi", *RANKED])
    for name in ("diversity", "snpfi"):
        assert "reconstruction" in allocations[name].described
    assert allocations["uniform"].described == allocations["uniform"].summary


@pytest.mark.parametrize("name", RANKED)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0.05, 1.0), resource=st.sampled_from(RESOURCES))
def test_any_budget_is_met(resnet: Any, name: str, share: float, resource: str) -> None:
    """Within 1 %, with at least two filters a layer, for any share of either resource."""
    assert_met(resnet, Budget(resource, share), name)


@pytest.mark.parametrize("name", ["curves", *RANKED])
@pytest.mark.parametrize(
    ("network", "budget"), [("vgg", "macs=0.6"), ("resnet", "params=0.25"), ("mobilenet", "macs=0.4")]
)
def test_budgets_are_met_on_every_kind_of_network(
    network: str, name: str, budget: str, request: pytest.FixtureRequest
) -> None:
    """Chains, residual additions and depthwise convolutions."""
    assert_met(request.getfixturevalue(network), Budget.parse(budget), name)


@pytest.mark.real
@pytest.mark.parametrize("name", ["curves", *RANKED])
@pytest.mark.parametrize("network", ["real_vgg16", "real_resnet56"])
def test_budgets_are_met_on_trained_networks(
    network: str, name: str, request: pytest.FixtureRequest
) -> None:
    """On networks with trained weights, for inner layers alone as well."""
    subject = request.getfixturevalue(network)
    inner = [layer for layer in subject.layers if not layer.coupled]
    assert_met(subject, Budget("params", 0.5), name)
    assert_met(subject, Budget("macs", 0.25), name, inner)


@pytest.mark.parametrize("name", ["global", "curves"])
@pytest.mark.parametrize("criterion", ["hrank", "pfp"])
def test_scores_may_come_from_images(name: str, criterion: str, resnet: Any, seen: Calibration) -> None:
    """The allocation is that by the criterion's own scores, and meets the budget."""
    budget, layers = Budget("params", 0.5), resnet.layers
    assert_met(resnet, budget, name, criterion=criterion, calibration=seen)
    found = allocate(layers, resnet.model, budget, name, criterion=criterion, calibration=seen)
    given = {layer.name: scores(layer, criterion, calibration=seen) for layer in layers}
    if name == "curves":
        given = {one: -1.0 / kept_share(given[one]) for one in given}
    kind = {"global": "scores", "curves": "curves"}[name]
    assert found == allocate(layers, resnet.model, budget, name, **{kind: given})
    assert found != allocate(layers, resnet.model, budget, name)


def test_a_budget_of_everything_keeps_everything(resnet: Any) -> None:
    """No filter is dropped that need not be."""
    whole = {layer.name: len(layer.points) for layer in resnet.layers}
    assert allocate(resnet.layers, resnet.model, Budget("macs", 1.0)) == whole


def test_the_cut_network_has_the_size(small_resnet: Network, resnet: Any) -> None:
    """Cutting by the counts gives what was asked for."""
    counts = allocate(resnet.layers, resnet.model, Budget("params", 0.5), "global", criterion="l2")
    pruned = prune(small_resnet, {name: range(count) for name, count in counts.items()})
    assert cost(pruned) == resnet.model.cost(counts)
    assert abs(cost(pruned).parameters / cost(small_resnet).parameters - 0.5) <= 0.005


def test_budgets_below_the_least_name_what_can_be_met(resnet: Any) -> None:
    """The share that is named can be met, and all layers are recommended where that helps."""
    some = resnet.layers[1:2]
    with pytest.raises(InputError, match="keep at least 2 filters each") as refused:
        allocate(some, resnet.model, Budget("macs", 0.3))
    assert str(refused.value).endswith("or more, or let all layers be pruned.")
    named = float(str(refused.value).partition("ask for macs=")[2].partition(" ")[0])
    assert allocate(some, resnet.model, Budget("macs", named)) == {some[0].name: 2}
    with pytest.raises(InputError, match=r"macs=\d\.\d+ or more\.$"):
        allocate(resnet.layers, resnet.model, Budget("macs", 0.001))


def test_budgets_between_whole_filters_name_the_nearest(resnet: Any) -> None:
    """One layer whose filters are coarse cannot meet every share; the one that is named, it can."""
    coupled = [layer for layer in resnet.layers if layer.coupled][2:]
    shares = [0.4 + k / 500 for k in range(250)]
    missed = 0
    for share in shares:
        try:
            allocate(coupled, resnet.model, Budget("params", share))
        except InputError as error:
            missed += 1
            nearest = float(str(error).rpartition("params=")[2].rstrip("."))
            allocate(coupled, resnet.model, Budget("params", nearest))
    assert 0 < missed < len(shares)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("unifrom", {}, "unknown allocation 'unifrom'; did you mean uniform"),
        ("uniform", {"metric": "euclidean"}, "unknown argument of uniform 'metric'"),
        ("diversity", {"metrics": "euclidean"}, "did you mean metric"),
        ("diversity", {"metric": "taxi"}, "unknown metric 'taxi'"),
        ("global", {"normalise": "sum"}, "unknown normalise of global 'sum'"),
        ("global", {"criterion": "dpp"}, "dpp selects sets .* use one of .*l1"),
        ("curves", {"criterion": "dispersion"}, "dispersion selects sets"),
        ("global", {"criterion": "hrank"}, "hrank needs calibration images: give calibration="),
        ("curves", {"criterion": "pfp"}, "pfp needs calibration images: give calibration="),
        ("pfp", {}, "pfp needs calibration images: give calibration="),
        ("curves", {"utility": "exp"}, "unknown utility of curves 'exp'"),
        ("curves", {"grid": 1}, "a grid of 2 counts or more, not 1"),
        ("curves", {"time_limit": 0.0}, "above 0 seconds, not 0.0"),
        ("curves", {"weights": {"conv9": 1.0}}, "unknown layer 'conv9'"),
        ("curves", {"weights": {"conv1": -1.0}}, "'conv1' must be 0 or more, not -1.0"),
        ("curves", {"curves": {}}, "the curves lack layer 'conv1'"),
        ("global", {"scores": {"conv1": [1.0]}}, "scores of layer 'conv1' must be 16 finite numbers"),
        ("global", {"scores": {"conv9": [1.0]}}, "unknown layer 'conv9'"),
    ],
)
def test_bad_arguments_are_refused(
    name: str, arguments: dict[str, Any], message: str, resnet: Any
) -> None:
    """One sentence says which, and what is known."""
    with pytest.raises(InputError, match=message):
        allocate(resnet.layers, resnet.model, Budget("macs", 0.5), name, **arguments)


def test_layers_must_be_the_models(resnet: Any, vgg: Any) -> None:
    """No layers, layers twice, and layers of other networks are refused."""
    budget = Budget("macs", 0.5)
    with pytest.raises(InputError, match="at least one layer"):
        allocate([], resnet.model, budget)
    with pytest.raises(InputError, match="once each, not conv1, conv1"):
        allocate(resnet.layers[:1] * 2, resnet.model, budget)
    with pytest.raises(UnknownNameError, match=r"unknown layer 'features\.0'"):
        allocate(vgg.layers, resnet.model, budget)
    with pytest.raises(InputError, match="'conv1' has 64 filters, but 16 in small-resnet"):
        allocate([replace(vgg.layers[-1], name="conv1")], resnet.model, budget)


def test_a_wrong_allocation_is_a_contradiction(resnet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an allocation answers is checked before anybody uses it."""
    wrong = Allocation("wrong", "keeps nothing", lambda problem: problem.least * 0)
    monkeypatch.setitem(registry._entries, "wrong", wrong)
    with pytest.raises(ContradictionError, match="wrong allocated"):
        allocate(resnet.layers, resnet.model, Budget("macs", 0.5), "wrong")
