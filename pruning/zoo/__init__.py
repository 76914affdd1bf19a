"""Trained networks and images: where they come from, checked, cached, and loaded without risk."""
