"""A budget of MACs or parameters, and what allocations need to divide it among layers."""
