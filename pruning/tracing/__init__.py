"""The structure of a network: tied layers, consumers and successors of layers, hooks."""
