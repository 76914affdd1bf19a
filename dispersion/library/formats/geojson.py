"""Places as GeoJSON."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from dispersion.arrays.columns import EARTH, PLANE
from dispersion.errors import shown
from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.source import Source

_NAMES = ("name", "label", "id")
_DEGREES = ("CRS84", "EPSG::4326", "EPSG:4326")


def _recognises(source: Source) -> str:
    collection = b'"FeatureCollection"' in source.head and source.head.lstrip()[:1] == b"{"
    return "it is a FeatureCollection" if collection else ""


@file_format(
    "geojson",
    summary="places as a FeatureCollection of points",
    recognises=_recognises,
    takes=("label",),
)
def geojson(source: Source) -> Content:
    """Read points, whose coordinates are longitude and latitude (RFC 7946); kept the other way round.

    Distances are those of haversine.  Files of the older GeoJSON may name another reference system;
    theirs are Euclidean.  Places are called by the property that is told, or "name", "label" or "id".
    """
    try:
        content = json.loads("\n".join(source.lines))
    except (ValueError, RecursionError) as error:
        raise source.fault(f"it is no JSON: {error}") from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise source.fault("a FeatureCollection with features is expected")
    if not features:
        raise source.fault("it has no features")
    source.need(len(features))
    points = np.array([_place(source, k, one) for k, one in enumerate(features)])
    system = _system(content)
    labels = _labels(source, features)
    if system is None:
        return Content(None, None, EARTH, points[:, ::-1].copy(), labels)
    note = f"coordinates of {shown(system)} are taken for those of a plane"
    return Content(None, None, PLANE, points, labels, note)


def _place(source: Source, k: int, feature: dict[str, Any]) -> list[float]:
    """The first two coordinates of a point."""
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind != "Point":
        raise source.fault(f"feature {k} is {shown(kind)}, not 'Point'; take centroids of areas first")
    found = geometry.get("coordinates")
    if not isinstance(found, list) or len(found) < 2 or not all(map(_finite, found[:2])):
        raise source.fault(f"the coordinates of feature {k} are {shown(found)}, not two numbers")
    return [float(one) for one in found[:2]]


def _finite(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= sys.float_info.max


def _system(content: dict[str, Any]) -> str | None:
    """The reference system, if it is not the usual degrees."""
    named = content.get("crs")
    about = named.get("properties") if isinstance(named, dict) else None
    name = str(about.get("name")) if isinstance(about, dict) else None
    return None if name is None or name.endswith(_DEGREES) else name


def _labels(source: Source, features: list[dict[str, Any]]) -> tuple[str, ...] | None:
    """What the places are called, if they are; each must be, by a property that is told."""
    told = source.told.label
    about = [{"id": one.get("id"), **(one.get("properties") or {})} for one in features]
    for name in _NAMES if told is None else (told,):
        found = [one.get(name) for one in about]
        if all(one is not None for one in found):
            return tuple(map(str, found))
    if told is not None:
        k = next(k for k, one in enumerate(about) if one.get(told) is None)
        raise source.fault(f"feature {k} has no property {shown(told)}")
    return None
