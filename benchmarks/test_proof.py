"""How long does our prover need for all layers of a trained VGG16 at five keep ratios?"""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.questions import PROVES, group
from dispersion import Instance, Status
from pruning import uniform
from solvers import prepare, solve

KEEPS = (0.1, 0.25, 0.5, 0.75, 0.9)


def test_clique_proves_all_65(benchmark: BenchmarkFixture, vgg16_layers: dict[str, Instance]) -> None:
    """13 layers x 5 keep ratios, Euclidean, one thread, from the distance matrix to the proof."""
    instances = [base.with_p(uniform(base.n, keep)) for base in vgg16_layers.values() for keep in KEEPS]
    benchmark.group = group(PROVES, "65 instances of VGG16, clique alone")
    compile_seconds = prepare("clique")
    solutions = benchmark.pedantic(
        lambda: [solve(instance, "clique") for instance in instances], rounds=1
    )
    slowest = max(solutions, key=lambda solution: solution.solve_seconds)
    benchmark.extra_info.update(
        instances=len(solutions),
        proven=sum(solution.status is Status.OPTIMAL for solution in solutions),
        slowest_seconds=slowest.solve_seconds,
        compile_or_load_seconds=compile_seconds,
    )
    assert len(solutions) == 65
    assert all(solution.status is Status.OPTIMAL for solution in solutions)
