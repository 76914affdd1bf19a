"""Programs for the engines to solve."""

from __future__ import annotations

from pathlib import Path

import pytest


def packing(n: int, edges: list[tuple[int, int]], least: int = 0) -> str:
    """An LP file: as many of n points as possible, `least` or more, of every edge one at most."""
    rows = [f"e{k}:\n+1 x({i})\n+1 x({j})\n<= 1" for k, (i, j) in enumerate(edges)]
    points = [f"x({i})" for i in range(n)]
    total = "\n".join(f"+1 {point}" for point in points)
    bounds = [f"0 <= {point} <= 1" for point in points]
    head = ["max", "value:", total, "s.t.", *rows, f"least:\n{total}\n>= {least}"]
    return "\n".join([*head, "bounds", *bounds, "binary", *points, "end", ""])


@pytest.fixture
def packing_file(tmp_path):
    """Write such a file; its path."""

    def write(n: int, edges: list[tuple[int, int]], least: int = 0) -> Path:
        path = tmp_path / "packing.lp"
        path.write_text(packing(n, edges, least))
        return path

    return write
