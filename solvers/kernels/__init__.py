"""Compiled inner loops, shared by the solvers; none takes an `Instance`."""

import numpy.ma  # noqa: F401 - or numba would, at the first array: 20 ms of the first solve
