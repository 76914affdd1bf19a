"""Generated instances: what the publications describe, the same for the same seed."""

from __future__ import annotations

import re

import numpy as np
import pytest

from dispersion import Instance, generate
from dispersion.errors import InputError, UnknownNameError
from dispersion.library import families, generate_from
from dispersion.library.families import Distances, Points

# the range of the distances of pairs, or of each coordinate; whether they are whole
DRAWN = {"geo": 100, "gkd-a": 10, "gkd-b": 10, "gkd-c": 10, "uniform": 1, "gaussian": np.inf}
GIVEN = {
    "ran": (50, 100, True),
    "ran-200": (1, 200, True),
    "mdg-a": (0, 10, False),
    "mdg-b": (0, 1000, False),
    "mdg-c": (0, 1000, False),
    "som": (0, 9, True),
}


def upper(instance: Instance) -> np.ndarray:
    return instance.distances[np.triu_indices(instance.n, k=1)]


def test_every_family_is_tested_here() -> None:
    """A new family without an entry in this module fails."""
    assert {*DRAWN, *GIVEN} == set(families)
    assert {name for name in families if isinstance(families[name], Points)} == set(DRAWN)


@pytest.mark.parametrize("name", [*DRAWN, *GIVEN])
def test_a_seed_is_an_instance(name: str) -> None:
    """The same seed draws the same to the last bit, another seed another; p does not matter."""
    one, same, other = generate(name, 20, 5, 3), generate(name, 20, 6, 3), generate(name, 20, 5, 4)
    assert (one.distances == same.distances).all()
    assert (one.distances != other.distances).any()
    assert (one.n, one.p, same.p) == (20, 5, 6)
    assert one.name == f"{name}, n = 20, seed = 3"


@pytest.mark.parametrize("name", GIVEN)
def test_given_distances_lie_where_published(name: str) -> None:
    """All of the range is used, evenly, and no metric is claimed."""
    least, most, whole = GIVEN[name]
    instance = generate(name, 150, 5, 1)
    values = upper(instance)
    assert instance.metric is None
    assert (values % 1 == 0).all() == whole
    assert least <= values.min() < least + 0.02 * most
    assert 0.98 * most < values.max() <= most
    assert abs(values.mean() - (least + most) / 2) < 0.02 * most
    if whole:
        assert set(values) == set(range(least, most + 1))


@pytest.mark.parametrize("name", DRAWN)
def test_points_are_euclidean(name: str) -> None:
    """Points lie in their cube, and their number of coordinates is that asked for."""
    family = families[name]
    assert isinstance(family, Points)
    X = family.draw(np.random.default_rng(0), 2000, 3)
    assert X.shape == (2000, 3)
    if np.isfinite(DRAWN[name]):
        assert 0 <= X.min() < 0.01 * DRAWN[name]
        assert 0.99 * DRAWN[name] < X.max() <= DRAWN[name]
        assert abs(X.mean() / DRAWN[name] - 0.5) < 0.02
    else:
        assert abs(X.mean()) < 0.05
        assert abs(X.std() - 1) < 0.05
    assert generate(name, 30, 5, d=3).metric == "euclidean"


def test_the_published_families_draw_2_to_21_coordinates(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seed decides on the number of coordinates; every number from 2 to 21 comes."""
    seen = set()

    def spy(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
        seen.add(d)
        return rng.random((n, d))

    monkeypatch.setitem(families._entries, "geo", Points("geo", "", families["geo"].coordinates, spy))
    for seed in range(300):
        generate("geo", 2, 2, seed)
    assert seen == set(range(2, 22))


def test_geo_coordinates_are_single_precision() -> None:
    """As in the published files."""
    family = families["geo"]
    assert isinstance(family, Points)
    X = family.draw(np.random.default_rng(0), 50, 4)
    assert (X.astype(np.float32) == X).all()


def test_the_number_of_coordinates_can_be_chosen() -> None:
    """Points on a line have distances that add up; a drawn number of coordinates differs."""
    line = generate("uniform", 3, 2, 7, d=1)
    a, b, c = sorted(upper(line))
    assert a + b == pytest.approx(c)
    assert line.name == "uniform, n = 3, seed = 7, d = 1"
    assert isinstance(families["ran"], Distances)
    with pytest.raises(InputError, match=r"the family ran has no coordinates; leave out d = 3\."):
        generate("ran", 5, 2, d=3)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("geo", 1, 2), "n must be at least 2, got 1."),
        (("geo", 5, 2, -1), "seed must be at least 0, got -1."),
        (("geo", 5, 2, 0, 0), "d must be at least 1, got 0."),
        (("geo", 5, 2, 0, 10**12), "d must be at most 10,000, got 1,000,000,000,000."),
        (("geo", 5, 6), "geo, n = 5, seed = 0: p must lie between 2 and n = 5, got 6."),
        (("geo", 5, 1), "p must lie between 2 and n = 5, got 1."),
        (("goe", 5, 2), "unknown family 'goe'; did you mean geo?"),
    ],
)
def test_what_cannot_be_drawn(arguments: tuple[object, ...], told: str) -> None:
    """Numbers out of range and unknown families are named."""
    with pytest.raises(InputError, match=re.escape(told)):
        generate(*arguments)  # type: ignore[arg-type]


def test_descriptions_are_what_they_say() -> None:
    """The command line's form is the function's call; p can be overruled, the seed is 0 by default."""
    assert generate_from("generate:geo:n=50,p=5,seed=1").digest == generate("geo", 50, 5, 1).digest
    assert generate_from("generate:som:p=5,n=50").digest == generate("som", 50, 5, 0).digest
    assert generate_from("generate:geo: n = 50, p = 5", 7).digest == generate("geo", 50, 7).digest
    assert generate_from("generate:geo:n=9,d=3", 4).digest == generate("geo", 9, 4, d=3).digest


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("generate:", "unknown family ''; known: gaussian, geo, gkd-a"),
        (
            "generate:geo",
            "'generate:geo' does not say n; write it such as generate:geo:n=500,p=50,seed=1.",
        ),
        ("generate:geo:", "'generate:geo:' does not say n"),
        ("generate:geo:n=5", "'generate:geo:n=5' does not say p"),
        ("generate:geo:n=5,p=2,n=6", "'generate:geo:n=5,p=2,n=6' says n twice."),
        (
            "generate:geo:n=5,p=half",
            "p in 'generate:geo:n=5,p=half' must be a whole number, got 'half'.",
        ),
        ("generate:geo:n=5.5,p=2", "must be a whole number, got '5.5'."),
        ("generate:geo:n=5,p", "p in 'generate:geo:n=5,p' must be a whole number, got ''."),
        ("generate:geo:n=5,p=2,", "unknown parameter in 'generate:geo:n=5,p=2,' ''"),
        (
            "generate:geo:n=5,p=2,sead=1",
            "unknown parameter in 'generate:geo:n=5,p=2,sead=1' 'sead'; did",
        ),
        ("generate:ran:n=5,p=2,d=3", "the family ran has no coordinates; leave out d = 3."),
        ("generate:geos:n=5,p=2", "unknown family 'geos'; did you mean geo?"),
    ],
)
def test_descriptions_that_cannot_be_read(text: str, told: str) -> None:
    """One sentence repeats what was written and says what is wrong with it."""
    with pytest.raises((InputError, UnknownNameError), match=re.escape(told)):
        generate_from(text)
