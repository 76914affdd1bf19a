"""Bring the accuracy of pruned networks back: batch norms, least squares, fine-tuning."""
