"""Trained networks and data sets: fetched, checked, cached, and loaded without running their code."""
