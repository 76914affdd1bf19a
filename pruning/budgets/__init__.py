"""A share of the MACs or parameters that may remain, and the tools by which allocations divide it."""
