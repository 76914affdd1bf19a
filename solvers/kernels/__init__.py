"""Compiled inner loops, shared by the solvers; each takes ranks or bits, never an `Instance`."""
