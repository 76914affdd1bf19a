"""Tests of `benchmarks.peers`: a peer that is absent is named, never silently missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.peers import INSTALL, PEERS, QC_SELECTOR, RDKIT, RDKIT_LEADER, SPOPT, checked, presence
from dispersion import Instance
from dispersion.verify import contradictions
from solvers import solve

ABSENT = replace(RDKIT, package="no-such-package")


def test_an_absent_peer_is_skipped_by_name():
    """The reason says what to install."""
    assert ABSENT.version is None
    with pytest.raises(pytest.skip.Exception, match=r"no-such-package is not installed: pip install"):
        ABSENT.or_skip()


def test_the_header_names_who_is_absent(monkeypatch):
    """Beside those that are there."""
    there = replace(RDKIT, package="numpy")
    monkeypatch.setattr("benchmarks.peers.PEERS", (there, ABSENT))
    expected = f"peers: numpy {np.__version__}; absent: no-such-package ({INSTALL})"
    assert presence() == expected


def test_a_peers_answer_is_checked_like_ours():
    """It is valued by us and held against our bounds."""
    instance = Instance.from_points(np.random.default_rng(0).random((20, 2)), 5)
    optimum = solve(instance, "clique")
    answer = checked(instance, "peer", optimum.selected[::-1], 0.1)
    assert answer.objective == optimum.objective
    assert contradictions(instance, [optimum, answer]) == []


@pytest.mark.parametrize("peer", [p for p in PEERS if p.name not in ("spopt + CBC", "max-div")])
def test_a_peer_that_is_there_selects_p_points(peer):
    """The quick ones, on points of a line: the ends and the middle, which are 128 apart."""
    x = np.arange(257.0)
    by_points = peer.package == "fpsample"
    given = x[:, None].astype(np.float32) if by_points else np.abs(x[:, None] - x)
    assert sorted(peer.or_skip().ready(given, 128.0 if peer is RDKIT_LEADER else 3, 0.0)()) == [
        0,
        128,
        256,
    ]


@pytest.mark.parametrize("peer", [SPOPT, RDKIT, QC_SELECTOR], ids=lambda peer: peer.name)
def test_a_peer_keeps_the_points_that_are_given(peer):
    """Its own start would be another: the two on the left and the end."""
    x = np.array([0.0, 1.0, 4.0, 5.0, 9.0])
    pick = peer.or_skip().ready(np.abs(x[:, None] - x), 3, 9.0, (0, 1))
    assert sorted(pick()) == [0, 1, 4] or peer is SPOPT  # which may take any third: 0 and 1 are nearest
    assert {0, 1} < set(pick())
