"""Every model through every engine that is here, against brute force, on instances full of ties."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from dispersion import Instance, NotApplicableError, Status, contradictions
from dispersion.objectives import objectives
from solvers import list_solvers, solve
from solvers.engines.registration import list_engines
from solvers.lookup import find

HERE = [info.name for info in list_engines() if info.version() is not None]
MODELS = [
    (info.objective_name, info.name) for info in list_solvers() if info.parameters.startswith("engine=")
]
QUICK, ALL = 5, 300


def tied(seed: int) -> Instance:
    """4 to 9 points whose distances are one of a few whole numbers."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 10))
    upper = np.triu(rng.integers(0, rng.integers(2, 12), (n, n)), k=1).astype(float)
    return Instance(upper + upper.T, int(rng.integers(2, n)), name=f"tied {seed}")


def asked(seed: int, objective: str) -> Instance:
    """Of an objective that counts points, at least as far apart as one of the pairs."""
    instance = tied(seed)
    if not objectives[objective].counts:
        return instance
    levels = instance.levels
    return instance.with_at_least(float(levels[seed % len(levels)]))


def optimum(instance: Instance, objective: str) -> float:
    """By trying every selection."""
    value, D = objectives[objective].value, instance.distances
    if instance.at_least is None:
        selections = itertools.combinations(range(instance.n), instance.p)
        return max(value(D, np.array(chosen)) for chosen in selections)
    most = 1
    for size in range(2, instance.n + 1):
        for chosen in itertools.combinations(range(instance.n), size):
            if all(D[i, j] >= instance.at_least for i, j in itertools.combinations(chosen, 2)):
                most = size
                break
    return float(most)


def wrong(engine: str, objective: str, model: str, seeds: range) -> list[str]:
    """Every answer that is not what brute force finds."""
    found = []
    for seed in seeds:
        instance, name = asked(seed, objective), f"{model}:engine={engine}"
        try:
            answer = solve(instance, name, objective=objective, seed=seed)
        except NotApplicableError as error:  # `require_range`, or a licence
            found.append(f"{instance.name}: {error}")
            continue
        if answer.status is not Status.OPTIMAL or answer.objective != optimum(instance, objective):
            found.append(f"{instance.name}: {answer!r}")
        found += contradictions(instance, [answer])
    return found


def test_every_pyomo_model_is_fuzzed():
    """All solvers with a model that is solved as it is exported: `unit-vectors` is solved by cuts."""
    assert len(MODELS) == 8
    exported = {(info.objective_name, info.name) for info in list_solvers() if info.model is not None}
    assert exported - set(MODELS) == {("max-sum", "unit-vectors")}
    assert find("kuby:engine=scip").engine == "SCIP"


@pytest.mark.parametrize("engine", HERE)
@pytest.mark.parametrize(("objective", "model"), MODELS)
def test_engines_equal_brute_force(engine, objective, model):
    """On a few."""
    assert wrong(engine, objective, model, range(QUICK)) == []


@pytest.mark.slow
@pytest.mark.parametrize("engine", HERE)
@pytest.mark.parametrize(("objective", "model"), MODELS)
def test_engines_equal_brute_force_on_all(engine, objective, model):
    """On 300."""
    assert wrong(engine, objective, model, range(ALL)) == []
