"""What several criteria, allocations and spaces compute with; the criteria themselves are next door."""
