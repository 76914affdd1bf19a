"""Our prover for max-min dispersion, part by part; `solvers.maxmin.clique` puts them together.

bracket          the ranks of incumbent and bound
start            greedy, tabu search and cheap bounds
probe            one question: are there p points at pairwise rank >= t?
reduction        shrink its threshold graph
tree_search      answer it by bitset branch and bound (dense graphs)
branch_and_cut   answer it by linear programming over cliques (sparse conflicts, the plane)
relaxation       that linear program, with bounds exact in integers
"""
