"""Who is run with which seeds, and how often."""

from dispersion import Instance
from dispersion.study.replications import Replications
from dispersion.study.task import tasks_of
from solvers import Limits

SOLVERS = ["clique", "tabu", "kuby", "kuby:engine=scip", "kuby:engine=glpk", "cp-sat"]


def test_each_solver_has_the_seeds_that_it_can_use(instance: Instance) -> None:
    """Chance has its own, engines have theirs unless they take none; the others have the first."""
    replications = Replications(seeds=[3, 4], engine_seeds=[7, 8, 9], repeats=2)
    tasks = tasks_of(instance, SOLVERS, "max-min", Limits(1.0), replications)
    runs: dict[str, list[tuple[int, int]]] = {name: [] for name in SOLVERS}
    for task in tasks:
        runs[task.solver].append((task.limits.seed, task.repeat))

    def twice(*seeds: int) -> list[tuple[int, int]]:
        return [(seed, repeat) for seed in seeds for repeat in (0, 1)]

    assert runs == {
        "clique": twice(3),
        "tabu": twice(3, 4),
        "kuby": twice(7, 8, 9),
        "kuby:engine=scip": twice(7, 8, 9),
        "kuby:engine=glpk": twice(3),
        "cp-sat": twice(7, 8, 9),
    }
    assert len({task.key for task in tasks}) == len(tasks)
    once = tasks_of(instance, SOLVERS, "max-min", Limits(1.0), Replications([3, 4], [7, 8, 9]))
    assert [task.key for task in once] == [task.key for task in tasks if not task.repeat]
