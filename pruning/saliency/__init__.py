"""The mathematics of criteria and allocations; the criteria themselves are in `pruning.criteria`."""
