"""Criteria tried out on made-up filters."""

import pytest

from dispersion.errors import InputError
from pruning.criteria import criteria, keep
from pruning.dry_run import _made_up_layer, dry_run
from pruning.variants import variant


@pytest.mark.parametrize("name", list(criteria))
def test_every_criterion_can_be_tried(name: str) -> None:
    """With its defaults, and it says whether it needs images."""
    assert dry_run(name) == criteria[name].needs_images


@pytest.mark.parametrize(
    ("text", "images"),
    [("fpici:capacity=features", True), ("fpici:capacity=energy", False), ("css:ridge=1e-12", True)],
)
def test_some_need_images_with_some_arguments(text: str, images: bool) -> None:
    assert dry_run(text) is images


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("whc:variant=x", "unknown variant of whc 'x'"),
        ("pfp:mode=x", "unknown mode of pfp 'x'"),
        ("snpfi:estimate=x", "unknown estimate of snpfi 'x'"),
        ("fpici:capacity=x", "unknown capacity of fpici 'x'"),
        ("fpici:bins=1", "2 bins or more, not 1"),
        ("css:ridge=0", "finite ridge above 0, not 0.0"),
        ("hrank:images=0", "1 image or more, not 0"),
        ("pfp:images=1" + 30 * "0", "pfp:images=10+ cannot be run: ValueError: .*islice"),
    ],
)
def test_what_is_out_of_range_is_refused(text: str, message: str) -> None:
    """Every time, in the criterion's own words."""
    for _ in range(2):
        with pytest.raises(InputError, match=message):
            dry_run(text)


@pytest.mark.parametrize("text", ["pfp:mode=random", "pfp:mode=mixed", "dpp:mode=sample", "snpfi"])
def test_what_draws_by_chance_depends_on_the_seed(text: str) -> None:
    """Among a few seeds two answers differ."""
    layer, calibration = _made_up_layer()
    told = variant(text)
    found = {
        tuple(keep(layer, 4, told.criterion, seed=seed, calibration=calibration, **told.arguments))
        for seed in range(12)
    }
    assert told.draws
    assert len(found) > 1
