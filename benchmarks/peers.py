"""The packages a user would otherwise pick, each behind one small function.

A peer is made ready outside the clock (imports, conversion into its own format), and what is timed is
its answer alone.  Nothing here is needed by the project itself; see `INSTALL`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dispersion import Instance, Solution, Status
from dispersion.objectives import MAX_MIN, PACKING
from dispersion.verify import check_selection, recompute

INSTALL = "pip install -c constraints.txt -e '.[peers]'"

Pick = Callable[[], NDArray[np.intp]]


@dataclass(frozen=True, slots=True)
class Peer:
    """A package beside which ours is timed.

    Attributes
    ----------
    name : str
        What the tables call it.
    package : str
        Its name at the package index.
    promise : str
        What it solves, and what it proves.
    ready : callable
        (distances (n, n) or points (n, d), p, seconds) to a function that selects p points; the least
        distance takes the place of p where as many as possible are packed.  A peer that can be told
        points that are in already takes them as a fourth argument.
    """

    name: str
    package: str
    promise: str
    ready: Callable[..., Pick]

    @property
    def version(self) -> str | None:
        """The version installed; `None` if it is absent."""
        try:
            return metadata.version(self.package)
        except metadata.PackageNotFoundError:
            return None

    def or_skip(self) -> Peer:
        """Itself, or a skipped benchmark that says which package is absent."""
        if self.version is None:
            pytest.skip(f"{self.package} is not installed: {INSTALL}")
        return self


def _rdkit(distances: NDArray[Any], p: int, seconds: float, taken: Sequence[int] = ()) -> Pick:
    """Farthest-point insertion on the condensed matrix; told where to start."""
    from rdkit.SimDivFilters import MaxMinPicker

    n = len(distances)
    lower = distances[np.tril_indices(n, k=-1)]
    first = list(taken) or [int(distances.argmax()) // n]
    return lambda: np.array(MaxMinPicker().Pick(lower, n, p, firstPicks=first), dtype=np.intp)


def _qc_selector(distances: NDArray[Any], p: int, seconds: float, taken: Sequence[int] = ()) -> Pick:
    """Farthest-point insertion from the medoid, or from what is taken."""
    from selector.methods.distance import MaxMin

    picker = MaxMin(ref_index=list(taken) or None)
    return lambda: np.array(picker.select(distances, p), dtype=np.intp)


def _rdkit_leader(distances: NDArray[Any], at_least: float, seconds: float) -> Pick:
    """Sphere exclusion in the order of the points; Python is asked for every distance it looks at.

    It excludes what is as near as the threshold, or nearer: so that is the float below `at_least`.
    """
    from rdkit.SimDivFilters.rdSimDivPickers import LeaderPicker

    rows, n = distances.tolist(), len(distances)
    below = float(np.nextafter(at_least, -np.inf))
    return lambda: np.array(LeaderPicker().LazyPick(lambda i, j: rows[i][j], n, below), dtype=np.intp)


def _max_div(distances: NDArray[Any], p: int, seconds: float) -> Pick:
    """Swap heuristic for the smallest separation; uses all of its time."""
    import max_div

    single = np.ascontiguousarray(distances, dtype=np.float32)

    def pick(seconds: float = seconds) -> NDArray[np.intp]:
        problem = max_div.MaxDivProblem.from_distances(
            single, p, diversity_metric=max_div.DiversityMetric.MIN_SEPARATION
        )
        preset = max_div.MaxDivSolverBuilder(problem).with_preset(max_div.seconds(seconds))
        solution = preset.build().solve(verbosity=max_div.Verbosity.SILENT)
        return np.asarray(solution.i_selected, dtype=np.intp)

    pick(0.1)  # compiles
    return pick


def _spopt(distances: NDArray[Any], p: int, seconds: float, taken: Sequence[int] = ()) -> Pick:
    """Kuby's big-M model, handed to CBC by PuLP."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they deprecate each other
        import pulp
        from spopt.locate import PDispersion

    predefined = np.isin(np.arange(len(distances)), taken).astype(int)

    def pick() -> NDArray[np.intp]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = PDispersion.from_cost_matrix(distances, p, predefined)
            model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds))
        return np.array([i for i, x in enumerate(model.fac_vars) if (x.varValue or 0.0) > 0.5])

    return pick


def _fpsample(points: NDArray[Any], p: int, seconds: float) -> Pick:
    """Every distance to every chosen point, by points; starts from point 0."""
    import fpsample

    return lambda: fpsample.fps_sampling(points, p, start_idx=0).astype(np.intp)


def _fpsample_buckets(points: NDArray[Any], p: int, seconds: float) -> Pick:
    """The same with a k-d tree whose buckets are skipped; made for point clouds in space."""
    import fpsample

    return lambda: fpsample.bucket_fps_kdline_sampling(points, p, h=7, start_idx=0).astype(np.intp)


RDKIT = Peer("rdkit", "rdkit", "farthest-point insertion on a matrix; proves nothing", _rdkit)
QC_SELECTOR = Peer(
    "qc-selector",
    "qc-selector",
    "farthest-point insertion from the medoid; proves nothing",
    _qc_selector,
)
RDKIT_LEADER = Peer(
    "rdkit leader", "rdkit", "sphere exclusion, asking for distances; proves nothing", _rdkit_leader
)
MAX_DIV = Peer("max-div", "max-div", "max-min heuristic for a given time; proves nothing", _max_div)
SPOPT = Peer("spopt + CBC", "spopt", "max-min by mixed-integer programming; exact", _spopt)
FPSAMPLE = Peer("fpsample", "fpsample", "farthest-point insertion on points", _fpsample)
FPSAMPLE_BUCKETS = Peer("fpsample buckets", "fpsample", "the same, with a k-d tree", _fpsample_buckets)

PEERS = (RDKIT, RDKIT_LEADER, QC_SELECTOR, MAX_DIV, SPOPT, FPSAMPLE, FPSAMPLE_BUCKETS)


def presence() -> str:
    """One line: which packages are there, in which version, and which are absent."""
    packages = {peer.package: peer.version for peer in PEERS}
    there = [f"{package} {version}" for package, version in packages.items() if version]
    absent = [package for package, version in packages.items() if version is None]
    hint = f"; absent: {', '.join(absent)} ({INSTALL})" if absent else ""
    return f"peers: {', '.join(there) or 'none'}{hint}"


def checked(instance: Instance, name: str, selected: NDArray[np.intp], seconds: float) -> Solution:
    """A peer's selection, checked and valued by us, as one of our solutions; its bound is unknown."""
    points = check_selection(instance, selected)
    objective = MAX_MIN if instance.at_least is None else PACKING
    return Solution(
        solver=name,
        objective_name=objective.name,
        instance_digest=instance.digest,
        seed=0,
        selected=points,
        objective=recompute(instance, points, objective.name),
        bound=None,
        status=Status.FEASIBLE,
        build_seconds=0.0,
        solve_seconds=seconds,
        trace=(),
        message="",
    )
