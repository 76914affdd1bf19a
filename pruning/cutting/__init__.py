"""Remove filters from a network, and check that it then computes what it should."""
