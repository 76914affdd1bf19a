"""Solvers of max-sum dispersion: the sum of the selected distances is maximised."""
