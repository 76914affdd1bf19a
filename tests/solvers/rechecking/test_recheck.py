"""Tests of `solvers.recheck`: true proofs are confirmed, planted lies are caught."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from dispersion import InputError, Instance, Status, UnknownNameError, generate
from dispersion.solution import Refutation
from solvers import Finding, Guarantee, list_solvers, recheck, solve
from solvers.engines.common import CP_SAT, HIGHS
from solvers.engines.registration import engine_of, with_version
from solvers.lookup import find
from solvers.rechecking import check
from solvers.rechecking.check import OUTSIDE

GEO = generate("geo", 40, 8, seed=1)
OPTIMUM = solve(GEO, "clique")
HARD = generate("geo", 250, 25, seed=3)  # CP-SAT takes more than a minute


def level(instance, value, by):
    """The distance of an instance `by` places above a value."""
    return float(instance.levels[np.searchsorted(instance.levels, value) + by])


def claiming(*refutations, solution=OPTIMUM, **changes):
    return replace(solution, refutations=refutations, **changes)


def test_every_kind_of_proof_is_confirmed():
    """What the prover really says on small instances, every step of it, and never by a solver of it."""
    instances = [generate("geo", 60, 30, seed=seed) for seed in (0, 1, 3)]
    instances += [generate("som", 40, 8, seed=2), generate("geo", 30, 4, seed=0)]
    kinds = set()
    for instance in instances:
        solution = solve(instance, "clique")
        assert solution.status is Status.OPTIMAL
        result = recheck(instance, solution, seconds=20, every=True)
        assert result.finding is Finding.CONFIRMED, str(result)
        assert result.value == solution.objective
        assert [one.refutation for one in result.checked] == list(solution.refutations[::-1])
        kinds |= {one.refutation.by for one in result.checked}
    assert {"degrees", "core", "colouring", "search"} <= kinds


@pytest.mark.parametrize(
    ("by", "first"),
    [
        ("search", "plain-search"),
        ("branch and cut", "highs"),
        ("degrees", "plain-search"),  # they do not prove it, nor do eigenvalues
        ("spectrum", "plain-search"),
        ("magic", "cover"),
        (with_version(HIGHS), "cover"),
        (with_version(CP_SAT), "cover"),
    ],
)
def test_a_claim_is_checked_by_what_it_says_or_by_engines(by, first):
    """Where its own argument fails, or is not known, the claim is decided all the same, and by what."""
    claim = Refutation(level(GEO, OPTIMUM.objective, 1), by)
    [one] = recheck(GEO, claiming(claim)).checked
    assert (one.finding, one.by) == (Finding.CONFIRMED, first)
    assert f"(by {by}): confirmed, by {one.by}" in str(one)


@pytest.mark.parametrize("engine", ["plain-search", "cp-sat", "highs"])
@pytest.mark.parametrize(
    "by", ["colouring", "cover", "spectrum", "theta", "search", "branch and cut", "magic"]
)
def test_a_false_refutation_brings_its_witness(engine, by):
    """A worse selection is called optimal: points that are better are shown, with their value."""
    worse = solve(GEO, "random")
    lie = Refutation(level(GEO, worse.objective, 1), by)
    liar = claiming(lie, solution=worse, bound=worse.objective, status=Status.OPTIMAL)
    result = recheck(GEO, liar, engines=[engine])
    assert result.finding is Finding.CONTRADICTED
    assert not result
    [one] = result.checked
    assert one.by == engine
    assert len(set(one.witness.tolist())) == GEO.p
    among = GEO.distances[np.ix_(one.witness, one.witness)][np.triu_indices(GEO.p, k=1)]
    assert one.value == among.min() >= lie.value
    assert result.faults[0].startswith(f"random: nothing reaches {lie.value!r} (by {by}) is false: [")
    assert str(result).startswith("FAIL random: nothing reaches ")


def test_its_own_selection_can_contradict_it():
    """No engine is needed where the answer itself is the witness."""
    lie = Refutation(OPTIMUM.objective, "colouring")
    result = recheck(GEO, claiming(lie), engines=())
    assert result.checked[0].by == "selection"
    assert [fault.partition(" is ")[0] for fault in result.faults] == [
        f"clique: nothing reaches {lie.value!r} (by colouring)"
    ]


def test_only_the_last_is_checked_unless_told():
    """A lie further up is implied by the truth below it, or found if every one is checked."""
    true = OPTIMUM.refutations[-1]
    assert len(recheck(GEO, OPTIMUM).checked) == 1
    odd = claiming(Refutation(level(GEO, true.value, 5), "degrees"), true)
    assert recheck(GEO, odd, engines=(), every=True).checked[1].finding is Finding.UNDECIDED
    assert [one.by for one in recheck(GEO, odd, every=True).checked] == ["plain-search"] * 2


def test_without_engines_searches_stay_undecided():
    """A wrong argument is no proof: the colouring that is claimed does not exist."""
    for by in ("search", "colouring", "degrees", "spectrum"):
        result = recheck(GEO, claiming(replace(OPTIMUM.refutations[-1], by=by)), engines=())
        assert result.finding is Finding.UNDECIDED, by
        assert not result
        assert result.faults == ()


@pytest.mark.parametrize("engines", [["cp-sat"], ["highs"], ["plain-search", "highs"]])
def test_out_of_time_is_undecided(engines):
    """What was not derived again is not confirmed, and the line says why."""
    solution = solve(HARD, "clique")
    result = recheck(HARD, solution, seconds=0.01, engines=engines)
    assert result.finding is Finding.UNDECIDED
    assert not result
    assert "undecided, out of time for" in str(result)
    assert result.faults == ()


# The chain


def test_a_bound_below_what_is_carried_is_a_fault():
    """The refutations must lead all the way down to the bound."""
    lower = level(GEO, OPTIMUM.objective, -1)
    short = claiming(*OPTIMUM.refutations, bound=lower, selected=None, objective=None)
    result = recheck(GEO, replace(short, status=Status.TIME_LIMIT))
    assert result.finding is Finding.CONTRADICTED
    told = f"its bound {lower!r} is below {OPTIMUM.objective!r}, the lowest that its refutations imply"
    assert result.faults == (f"clique: {told}",)
    cut = claiming(*OPTIMUM.refutations[:-1])
    assert recheck(GEO, cut).finding is Finding.CONTRADICTED


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0, 0.0, 1e-9])
def test_refutations_are_of_distances(value):
    """NaN and whatever is no distance of the instance is a fault, and nothing is confirmed by it."""
    result = recheck(GEO, claiming(*OPTIMUM.refutations, Refutation(value, "search")))
    assert result.finding is Finding.CONTRADICTED
    assert result.faults == (f"clique: refutes {value!r}, which is not a distance of the instance",)


def test_refutations_descend():
    """The same twice, or in another order, was not made by a prover."""
    backwards = claiming(*OPTIMUM.refutations[::-1])
    twice = claiming(*OPTIMUM.refutations, OPTIMUM.refutations[-1])
    for odd in (backwards, twice):
        assert "its refutations are not in descending order" in recheck(GEO, odd).faults[0]


def test_the_smallest_distance_cannot_be_refuted():
    """Every selection reaches it, even where nothing is selected."""
    lie = Refutation(float(GEO.levels[0]), "search")
    empty = claiming(lie, selected=None, objective=None, bound=0.0, status=Status.TIME_LIMIT)
    result = recheck(GEO, empty)
    assert result.checked[0].finding is Finding.CONTRADICTED
    assert "is false" in result.faults[0]
    assert "is below" not in result.faults[0]


def test_no_evidence_is_no_confirmation():
    """Solvers without a bound."""
    result = recheck(GEO, solve(GEO, "tabu"))
    assert result.finding is Finding.NO_EVIDENCE
    assert not result
    assert result.checked == ()
    assert str(result) == "tabu: bound None: no evidence, there is no bound"


@pytest.mark.parametrize(
    "name", [info.name for info in list_solvers("max-min") if info.guarantee is Guarantee.EXACT]
)
def test_the_optimum_of_every_solver_is_derived_by_arguments_of_ours(name):
    """Not by the engine whose word it is; where nothing was kept, at the distance above the bound."""
    solution = solve(GEO, name, time_limit=600.0)
    own = find(name).engine
    assert engine_of(solution.bound_by) == own
    for kept in (solution, replace(solution, refutations=())):
        result = recheck(GEO, kept, engines=["plain-search"])
        assert result.finding is Finding.CONFIRMED
        [one] = result.checked
        assert one.refutation.value == level(GEO, OPTIMUM.objective, 1)
        assert one.by in {*check.ARGUMENTS, "plain-search"}


@pytest.mark.parametrize("by", [with_version(HIGHS), with_version(CP_SAT), ""])
@pytest.mark.parametrize("engines", [[], ["plain-search"], ["highs", "cp-sat"]])
def test_a_wrong_optimum_of_an_engine_is_contradicted(by, engines):
    """What HiGHS 1.13 did: a value that is attained is above what it proved."""
    worse = solve(GEO, "random")
    claims = (Refutation(level(GEO, worse.objective, 1), by),) if by else ()
    liar = claiming(*claims, solution=worse, bound=worse.objective, status=Status.OPTIMAL)
    result = recheck(GEO, liar, engines=engines)
    assert result.finding is (Finding.CONTRADICTED if engines else Finding.UNDECIDED)
    if engines:
        [one] = result.checked
        assert OUTSIDE.get(one.by) != engine_of(by) or one.by == "plain-search"
        assert one.value > worse.objective


def test_no_engine_confirms_itself():
    """Without any other means it stays undecided."""
    solution = solve(HARD, "clique")
    for by, engine in ((with_version(HIGHS), "highs"), (with_version(CP_SAT), "cp-sat")):
        claim = claiming(Refutation(level(HARD, solution.objective, 1), by), solution=solution)
        means = check.Means(1.0, (engine,), 1)
        assert set(means.for_claim(by)) == set(check.ARGUMENTS)
        assert recheck(HARD, claim, seconds=0.01, engines=[engine]).finding is Finding.UNDECIDED


SUMS = Instance.from_points(np.random.default_rng(4).normal(size=(14, 3)), 5)


@pytest.mark.parametrize(
    "name", [info.name for info in list_solvers("max-sum") if info.name not in ("qcr", "unit-vectors")]
)
def test_bounds_on_sums_are_held_against_our_branch_and_bound(name):
    """Those of engines and those of approximations; without a bound there is nothing to check."""
    solution = solve(SUMS, name, objective="max-sum", time_limit=600.0)
    result = recheck(SUMS, solution, seconds=600.0)
    if solution.bound is None:
        assert (result.finding, result.remark) == (Finding.NO_EVIDENCE, "there is no bound")
        return
    assert result.finding is Finding.CONFIRMED, str(result)
    assert [one.by for one in result.checked] == ["qcr"]
    low = replace(solution, bound=0.9 * solution.objective, objective=0.8 * solution.objective)
    assert recheck(SUMS, low).finding is Finding.CONTRADICTED  # its own selection says so


def test_a_wrong_optimum_of_a_sum_is_contradicted_with_a_witness():
    worse = solve(SUMS, "random", objective="max-sum")
    claim = Refutation(float(np.nextafter(worse.objective, np.inf)), with_version(HIGHS))
    liar = claiming(claim, solution=worse, bound=worse.objective, status=Status.OPTIMAL)
    result = recheck(SUMS, liar)
    assert result.finding is Finding.CONTRADICTED
    [one] = result.checked
    assert one.value > worse.objective
    assert len(one.witness) == SUMS.p
    assert result.faults[0].startswith(f"random: nothing reaches {claim.value!r} (by HiGHS")


def test_what_our_branch_and_bound_proved_has_no_second_way():
    """That is said, and is neither a confirmation nor a fault."""
    solution = solve(SUMS, objective="max-sum")
    assert solution.bound_by == "reformulation"
    result = recheck(SUMS, solution)
    assert result.finding is Finding.NO_EVIDENCE
    assert "not rechecked: qcr proved it" in str(result)


def test_too_little_time_decides_no_sum():
    solution = solve(SUMS, "glover", objective="max-sum", time_limit=600.0)
    result = recheck(SUMS, solution, seconds=1e-9)
    assert result.finding is Finding.UNDECIDED
    assert "the bound of qcr is only" in str(result)


def test_the_longest_distance_needs_no_evidence():
    """Nothing is longer: a bound that says no more is true."""
    two = GEO.with_p(2)
    assert recheck(two, solve(two, "clique")).finding is Finding.CONFIRMED
    assert recheck(two, solve(two, "kuby")).finding is Finding.CONFIRMED


def test_a_wrong_answer_is_a_fault_whatever_the_proof():
    """A selection that is none, is worth something else, or answers another instance."""
    for changes, told in (
        ({"selected": np.zeros(8, dtype=int)}, "distinct points"),
        ({"objective": OPTIMUM.objective + 1}, "its selection is worth"),
        ({"instance_digest": "ab"}, "answers another instance"),
    ):
        result = recheck(GEO, replace(OPTIMUM, **changes))
        assert result.finding is Finding.CONTRADICTED
        assert told in result.faults[0]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"seconds": 0}, "more than 0 seconds, got 0"),
        ({"threads": 0}, "threads must be at least 1, got 0"),
        ({"engines": ["cpsat"]}, "unknown engine 'cpsat'; did you mean cp-sat"),
    ],
)
def test_bad_limits_are_refused(given, told):
    with pytest.raises(InputError, match=told):
        recheck(GEO, OPTIMUM, **given)
    assert issubclass(UnknownNameError, InputError)


def test_only_instances_are_rechecked():
    with pytest.raises(InputError, match="recheck takes an Instance, got ndarray"):
        recheck(GEO.distances, OPTIMUM)


def test_an_engine_that_fails_or_lies_decides_nothing(monkeypatch):
    """A failure is told; points that do not reach the claim are no witness."""
    from dispersion import EngineError
    from solvers.rechecking.question import Reply

    def fails(*_):
        raise EngineError("out of order")

    worse = solve(GEO, "random").selected
    monkeypatch.setitem(check.ENGINES, "cp-sat", fails)
    monkeypatch.setitem(check.ENGINES, "highs", lambda *_: Reply(witness=worse))
    search = claiming(replace(OPTIMUM.refutations[-1], by="search"))
    result = recheck(GEO, search, engines=["cp-sat", "highs"])
    assert result.finding is Finding.UNDECIDED
    assert "cp-sat: out of order; highs returned points with the value" in str(result)


def by_spectrum(ranks, t):
    """Whether the prover's eigenvalues refute a rank."""
    from solvers.prover.spectrum import refuted_by_spectrum

    return refuted_by_spectrum(ranks, t, 8)


def by_theta(ranks, t):
    """Whether its theta bound does."""
    from solvers.prover.theta import Theta

    answer = Theta(ranks, 8).refute(t, lambda: False)
    return answer is not None and answer.refuted


@pytest.mark.parametrize(("refuted", "by"), [(by_spectrum, "spectrum"), (by_theta, "theta")])
def test_the_eigenvalues_of_the_prover_are_confirmed(refuted, by):
    """At the lowest distance that the prover's own spectral bound refutes, ours does too."""
    points = np.random.default_rng(0).normal(size=(60, 16))
    instance = Instance.from_points(points, 8, "normalized")
    ranks = np.array(instance.ranks)
    low, high = 0, len(instance.levels) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if refuted(ranks, middle) else (middle, high)
    claim = Refutation(float(instance.levels[high]), by)
    solution = solve(instance, "clique")
    bound = float(instance.levels[high - 1])
    stopped = claiming(claim, solution=solution, bound=bound, status=Status.TIME_LIMIT)
    [one] = recheck(instance, stopped, engines=()).checked
    assert (one.finding, one.by) == (Finding.CONFIRMED, by)


@pytest.mark.parametrize(
    ("points", "p"),
    [
        (np.random.default_rng(0).random((150, 2)), 15),  # a cover
        (np.random.default_rng(0).integers(0, 30, (300, 2)).astype(float), 30),  # two nodes
    ],
)
def test_the_branch_and_cut_of_the_prover_is_confirmed(points, p):
    """What it refutes is refuted again: a cover by a fresh linear program, a tree by HiGHS."""
    from solvers.prover.branch_and_cut import BranchAndCut

    instance = Instance.from_points(points, p)
    solution = solve(instance, "clique")
    t = int(np.searchsorted(instance.levels, solution.objective)) + 1
    tree = BranchAndCut(np.array(instance.ranks), t, p)
    tree.work(lambda: False)
    assert tree.answer.refuted
    claim = Refutation(float(instance.levels[t]), tree.answer.value)
    [one] = recheck(instance, claiming(claim, solution=solution)).checked
    assert one.finding is Finding.CONFIRMED
    assert one.by == {"cover": "cover", "branch and cut": "highs"}[claim.by]
