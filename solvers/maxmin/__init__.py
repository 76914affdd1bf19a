"""Solvers of max-min dispersion: the smallest selected distance is maximised."""
