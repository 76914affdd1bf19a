"""Fetch published files with the user's package manager, check them, and keep them in the cache."""
