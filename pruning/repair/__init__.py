"""Give a pruned network back what it lost: batch norms, least squares, fine-tuning."""
