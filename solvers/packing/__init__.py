"""Solvers of packing: as many points as possible that are pairwise at least so far apart."""
