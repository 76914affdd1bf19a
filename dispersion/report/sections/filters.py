"""Which filters were selected: in the plane, and the first layer's as images."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dispersion.report.blocks import Block, Folded, Picture, Pictures, Text, Tile, Tiles
from dispersion.report.section import section
from dispersion.report.svg import draw, inline_svg
from dispersion.study.folder.layers import LAYERS, Layers
from dispersion.study.plots.embedding import selection_in_plane
from dispersion.study.selections import Method
from dispersion.study.study import Study
from solvers.lookup import baselines

_PIXELS = 48  # of a tile's longer side, so that no viewer blurs it


@section("filters", "Selected filters", order=40)
def filters(study: Study) -> list[Block]:
    """Three layers in the plane, with the selections of up to three methods, and the kernels."""
    if "model" not in study.run.get("options", {}).get("subject", {}):
        return []  # no network, no filters
    if study.layers is None:
        return [Text(f"This study kept no {LAYERS}, so its filters cannot be drawn.")]
    methods = shown_methods(study)
    blocks: list[Block] = []
    if study.layers.embeddings and methods:
        blocks += _planes(study, study.layers, methods)
    if study.layers.kernels is not None:
        blocks.append(_kernels(study, study.layers.kernels, study.layers.first or "", methods))
    return blocks


def shown_methods(study: Study) -> list[Method]:
    """The best solver, a criterion or another solver, and random; at the keep nearest to 0.5."""
    keeps = {row.keep for row in study.solves if row.keep is not None}
    if not keeps:
        return []
    keep = min(keeps, key=lambda value: (abs(value - 0.5), value))
    rows = [row for row in study.solves if row.keep == keep]
    random = baselines(rows[0].objective_name)
    solvers = sorted(
        dict.fromkeys(row.solver for row in rows if row.solver not in random),
        key=lambda name: -sum(row.objective or 0.0 for row in rows if row.solver == name),
    )
    tested = dict.fromkeys(row.method for row in study.networks if row.keep == keep)
    criteria = [name for name in tested if name not in (*solvers, *random, "unpruned")]
    names = dict.fromkeys([*solvers[:1], *[*criteria, *solvers[1:]][:1], *random])
    seed = min(row.seed for row in rows)
    methods = [Method(name, keep, None, seed) for name in names]
    return [method for method in methods if str(method) in study.selections]


def _planes(study: Study, layers: Layers, methods: list[Method]) -> list[Block]:
    """The first layer, and, folded, one from the middle and the last."""
    names = [name for name in layers.embeddings if study.selected(methods[0], name) is not None]
    shown = dict.fromkeys(names[k] for k in (0, len(names) // 2, -1)) if names else {}
    rows = [
        Pictures([one for method in methods for one in _plane(study, layers, method, name)], small=True)
        for name in shown
    ]
    told = (
        "Every point is a filter, laid out so that distances in the plane are as close to the true "
        "ones as two dimensions allow (classical scaling).  If these explain little of the variance, "
        f"points that look close may be far apart.  Selections at keep {methods[0].keep:g}."
    )
    return [Text(told), *rows[:1], *([Folded("Layers further back", rows[1:])] if rows[1:] else [])]


def _plane(study: Study, layers: Layers, method: Method, name: str) -> list[Picture]:
    """The picture of one layer and method; none if its selection is absent or of other filters."""
    selected = study.selected(method, name)
    found = layers.embeddings[name]
    count = len(found.coordinates)
    if not selected or not 0 <= min(selected) <= max(selected) < count:
        return []
    drawn = (found.coordinates, found.share, selected, method.solver)
    ax = draw(selection_in_plane, *drawn, size=(3.6, 3.4))
    alt = (
        f"The {count} filters of {name} in the plane; filled diamonds are the {len(selected)} that "
        f"{method.solver} selected."
    )
    place = list(layers.embeddings).index(name)
    svg = inline_svg(ax, f"plane-{place}-{_plain(method.solver)}", alt)
    return [Picture(svg, f"{name}: selected by {method.solver}")]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower())


def _kernels(study: Study, kernels: NDArray[np.float64], first: str, methods: list[Method]) -> Block:
    """All kernels of the first layer, framed where the first method selected them."""
    chosen = study.selected(methods[0], first) if methods else None
    tiles = []
    for k, kernel in enumerate(kernels):
        selected = None if chosen is None else k in chosen
        state = "" if selected is None else ", selected" if selected else ", dropped"
        tiles.append(Tile(_png(kernel), f"filter {k}{state}", selected))
    who = (
        "the study did not include this layer"
        if chosen is None
        else f"framed: the {len(chosen)} that {methods[0].solver} selected"
    )
    caption = (
        f"The {len(kernels)} filters of the first layer, {first} ({who}).  Grey is 0; every filter is "
        "scaled by its own largest weight."
    )
    return Tiles(caption, tiles)


def _png(kernel: NDArray[np.float64]) -> str:
    """A kernel of shape (1 or 3, height, width) as the data URI of a PNG."""
    largest = float(np.abs(kernel).max())
    scaled = 0.5 + 0.5 * kernel / largest if largest > 0 else np.full_like(kernel, 0.5)
    bytes_ = np.rint(255 * scaled).astype(np.uint8).transpose(1, 2, 0)
    factor = max(1, _PIXELS // max(bytes_.shape[:2]))
    large = bytes_.repeat(factor, axis=0).repeat(factor, axis=1)
    file = io.BytesIO()
    Image.fromarray(large.squeeze(2) if large.shape[2] == 1 else large).save(file, format="png")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
