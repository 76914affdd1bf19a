"""Engines for integer programs: one file each, which registers itself.

A new engine is a new file here, with a function decorated by `solvers.engines.registration.engine`;
nothing else changes.
"""
