"""Who proves fastest, and who finds best, on the layers of a trained VGG16 at keep ratio 0.5?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.questions import FINDS, PROVES, group
from dispersion import Instance, Solution
from pruning import uniform
from solvers import Guarantee
from solvers.lookup import find, usual

ONE_OF_EACH_SIZE = ("features.0", "features.8", "features.16", "features.48")
LAYERS = tuple(f"features.{k}" for k in (0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48))


@pytest.mark.parametrize("solver", usual("max-min"))
@pytest.mark.parametrize("layer", LAYERS)
def test_layer(
    timed_solve: Callable[..., Solution],
    vgg16_layers: dict[str, Instance],
    full: bool,
    layer: str,
    solver: str,
) -> None:
    """One solver on one layer; objective, bound, gap and status go into ``extra_info``."""
    if not full and layer not in ONE_OF_EACH_SIZE:
        pytest.skip("in the full profile only")
    base = vgg16_layers[layer]
    instance = base.with_p(uniform(base.n, 0.5))
    question = PROVES if find(solver).guarantee is Guarantee.EXACT else FINDS
    rounds = 5 if find(solver).engine is None else 1  # engines use up their time; once is enough
    asked = group(question, f"{layer}, n = {instance.n}, p = {instance.p}")
    timed_solve(asked, instance, solver, 60.0 if full else 2.0, rounds=rounds)
