"""Bring published files through the user's package manager, and keep them."""
