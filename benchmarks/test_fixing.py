"""What do points that are in already save the prover?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.questions import GROWS, group
from dispersion import Solution, generate

SITES = generate("geo", 250, 25, seed=1)
GROUP = group(GROWS, "points required, plane, n = 250, p = 25")


@pytest.mark.parametrize("required", [0, 1, 6, 12])
def test_required(timed_solve: Callable[..., Solution], required: int) -> None:
    """The more of them, the less is left to solve."""
    taken = np.random.default_rng(0).permutation(SITES.n)[:required]
    timed_solve(GROUP, SITES.with_fixed(taken), "clique", 60.0)
