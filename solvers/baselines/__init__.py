"""The baseline of every objective."""
