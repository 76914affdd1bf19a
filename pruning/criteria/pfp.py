"""Provable filter pruning: channels by their largest share in what the next layer computes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dispersion.errors import UnknownNameError
from pruning.calibration import Calibration
from pruning.criteria import Criterion, Indices, Scores, criteria
from pruning.filters import FilterLayer
from pruning.parameters import need
from pruning.saliency.sensitivity import IMAGES, ROWS, draws_for, probabilities, sensitivities


def pfp(
    layer: FilterLayer,
    p: int,
    *,
    calibration: Calibration,
    mode: str = "deterministic",
    images: int = IMAGES,
    rows: int = ROWS,
    seed: int = 0,
) -> Indices:
    """Select p filters by the sensitivity of the channels they make.

    PFP (Liebenwein, Baykal, Lang, Feldman and Rus, ICLR 2020, arXiv 1911.07412), after the authors'
    code.  The sensitivity s_j is the largest share that channel j has in a pre-activation of the layer
    that reads it; see `pruning.saliency.sensitivity.sensitivities`.

    Parameters
    ----------
    layer : FilterLayer
        Its filters.
    p : int
        How many to select.
    calibration : Calibration
        The layer's network with images.
    mode : str
        "deterministic": the largest s_j.  "random": draws with probability s_j over their sum until p
        are distinct.  "mixed": those with a probability of 1/N or more are certain, where N draws give
        p distinct ones on average; the rest is drawn.
    images, rows : int
        About how many images, in whole batches, and the most patches of them.
    seed : int
        Seed of the draws.

    Notes
    -----
    Only which channels stay is decided here.  The authors' random variant also scales the weights of
    channel j by count_j / (N p_j); here the next layer can be rebuilt by least squares instead.
    Channels of sensitivity 0 are taken last, in their order.
    """
    if mode not in _MODES:
        raise UnknownNameError("mode of pfp", mode, _MODES)
    sensitivity = sensitivities(layer.name, calibration, images, rows)
    return _MODES[mode](sensitivity, p, np.random.default_rng(seed))


def score(
    layer: FilterLayer,
    *,
    calibration: Calibration,
    mode: str = "deterministic",
    images: int = IMAGES,
    rows: int = ROWS,
    seed: int = 0,
) -> Scores:
    """Score by sensitivity; parameters as in `pfp`, in deterministic mode only."""
    need(mode == "deterministic", f"pfp gives scores in its deterministic mode only, not in {mode!r}.")
    return sensitivities(layer.name, calibration, images, rows)


def _deterministic(s: Scores, p: int, rng: np.random.Generator) -> Indices:
    return np.argsort(-s, kind="stable")[:p]


def _random(s: Scores, p: int, rng: np.random.Generator) -> Indices:
    return np.argsort(_arrivals(s, rng), kind="stable")[:p]


def _mixed(s: Scores, p: int, rng: np.random.Generator) -> Indices:
    probability = probabilities(s)
    certain = np.flatnonzero(probability >= 1.0 / draws_for(probability, p))
    order = certain[np.argsort(-s[certain], kind="stable")]
    arrivals = _arrivals(s, rng)
    arrivals[order] = np.arange(len(order)) - len(order)
    return np.argsort(arrivals, kind="stable")[:p]


def _arrivals(s: Scores, rng: np.random.Generator) -> Scores:
    """Random times at which channels first appear, at rates s_j: they give the order of first draws."""
    times = np.full(len(s), np.inf)
    alive = s > 0.0
    times[alive] = rng.exponential(size=int(alive.sum())) / s[alive]
    return times


_MODES: dict[str, Callable[[Scores, int, np.random.Generator], Indices]] = {
    "deterministic": _deterministic,
    "random": _random,
    "mixed": _mixed,
}

criteria.add(
    "pfp",
    Criterion(
        "pfp",
        "the largest share of a channel in what the next layer computes (Liebenwein et al. 2020)",
        score=score,
        select=pfp,
        chance=lambda arguments: arguments["mode"] != "deterministic",
    ),
)
