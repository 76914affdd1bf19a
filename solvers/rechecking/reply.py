"""What a way of checking says of p points that are pairwise apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class Reply:
    """`witness`, shape (p,), are such points; `refuted`: there are none; else nobody knows."""

    witness: NDArray[np.intp] | None = None
    refuted: bool = False
