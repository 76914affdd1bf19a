"""Groups and quotas in every form that people have them in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from dispersion import Instance, Status
from dispersion.errors import InputError
from solvers import solve

LINE = [[0.0], [1.0], [3.0], [7.0]]


def points_of(groups: Any, quota: Any) -> dict[str, tuple[int, ...]]:
    """The points of each group that has a quota."""
    return {
        one.group: one.points for one in Instance.from_points(LINE, 2, groups=groups, quota=quota).quota
    }


@pytest.mark.parametrize(
    "groups",
    [
        pd.Series([1, None, 1, 2], dtype="Int64"),
        pd.Series(["1", pd.NA, "1", "2"], dtype="string"),
        pd.Categorical(["1", None, "1", "2"]),
        [["1", np.nan], [pd.NA, None], np.array(["1"]), "2"],
        {1: np.array([0, 2]), "2": pd.Series([3], index=["x"])},
    ],
)
def test_what_is_missing_is_no_group(groups: Any) -> None:
    assert points_of(groups, {1: 1, "2": (None, np.int64(1))}) == {"1": (0, 2), "2": (3,)}


@pytest.mark.parametrize("groups", [np.array([1, 1, 2, 2]), torch.tensor([1, 1, 2, 2])])
def test_arrays_hold_one_label_a_point_or_several(groups: Any) -> None:
    assert points_of(groups, {1: 1}) == {"1": (0, 1)}
    assert points_of(groups.reshape(4, 1), {2: 1}) == {"2": (2, 3)}


def test_no_limit_stays_none_for_another_p() -> None:
    one_group = Instance.from_points(LINE, 2, groups="aaaa", quota={"a": (1, None)})
    answer = solve(one_group.with_p(3))
    assert (answer.objective, answer.status) == (3.0, Status.OPTIMAL)


@pytest.mark.parametrize(
    ("groups", "quota", "message"),
    [
        ({1: [0, 1], "1": [2]}, {"1": 1}, "groups has two labels that read '1'; rename one of them"),
        ([1, 1, 2, 2], {1: 1, "1": 2}, "quota has two labels that read '1'"),
        (None, (("a", 1),), "quota must say how many points of each group are chosen, .* got "),
        ({"a": [[0], [1, 2]]}, {"a": 1}, r"group a must be a list of points, .*, got \[\[0\], \[1, 2"),
        ("aabb", {"a": (3, None)}, "the quota of group 'a' is at least 3, and p is 2; lower it"),
    ],
)
def test_groups_and_quotas_that_are_none(groups: Any, quota: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        points_of(groups, quota)
