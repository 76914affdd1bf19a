"""Accuracy, size and speed of networks."""
