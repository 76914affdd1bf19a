"""The values that spopt's own tests expect of its p-dispersion model, found and proven here.

Source: spopt 0.7.0 (BSD 3-Clause), ``spopt/tests/test_locate/test_p_dispersion.py``, of which only data
and expected values are here.
"""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import Instance, Status
from solvers import solve

EXACT = ("clique", "kuby", "cp-sat-bisection")

# Their five points on a lattice: simulated with seed 6, snapped to its streets.
FACILITIES = (
    (9.0, 3.2525899751322425),
    (0.9196294713340665, 6.0),
    (5.310100566805343, 4.0),
    (5.187578684792394, 6.0),
    (6.511692997314174, 10.0),
)

# Their ``SF_store_site_16_longlat.csv``, sorted by name: 16 stores in San Francisco, degrees.
STORES = (
    (-122.510018182, 37.7723636370001),
    (-122.433781818, 37.6553636360001),
    (-122.438981818, 37.719236364),
    (-122.440218181, 37.7453818180001),
    (-122.421636364, 37.7429636370001),
    (-122.430981818, 37.7829636370001),
    (-122.426872727, 37.7692909090001),
    (-122.432345455, 37.8052181820001),
    (-122.412818182, 37.8057454550001),
    (-122.398909091, 37.797072728),
    (-122.488872727, 37.7537636360001),
    (-122.464927273, 37.7747272730001),
    (-122.473945454, 37.7431636360001),
    (-122.449290909, 37.7315454550001),
    (-122.491745454, 37.6493090910001),
    (-122.483181818, 37.701109091),
)


@pytest.mark.parametrize("solver", EXACT)
def test_two_facilities_are_predefined(solver):
    """``test_p_dispersion_preselected_facility_array_from_geodataframe``: 4.213464.

    The two that are given are no farther apart than that, so other selections than theirs (1, 3, 4)
    reach it too.
    """
    instance = Instance.from_points(FACILITIES, 3, required=[3, 4])
    solution = solve(instance, solver)
    assert solution.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(4.213464, abs=5e-7)
    assert instance.distances[np.ix_([1, 3, 4], [1, 3, 4])][np.triu_indices(3, 1)].min() == (
        solution.objective
    )


@pytest.mark.parametrize("solver", EXACT)
def test_four_stores(solver):
    """``test_optimality_p_dispersion_from_geodataframe``: stores 0, 2, 8 and 14."""
    solution = solve(Instance.from_points(STORES, 4), solver)
    assert solution.status is Status.OPTIMAL
    assert solution.selected.tolist() == [0, 2, 8, 14]
