"""Compiled inner loops, shared by the solvers; each is told ranks or bits, never an `Instance`."""
