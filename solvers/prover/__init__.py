"""Our prover for max-min dispersion, part by part; `solvers.maxmin.clique` puts them together.

::

    start            greedy, tabu search and cheap bounds
    spectrum         a quick eigenvalue bound
    theta            the best of its kind, by semidefinite programming
    probe            one question: are there p points at pairwise rank >= t?
    reduction        shrink its threshold graph
    tree_search      answer it by bitset branch and bound (many dimensions)
    branch_and_cut   answer it by linear programming over cliques of conflicts (the plane)
    branching        how it splits what stays open
    clusters         where that may branch
    relaxation       its linear program, with bounds exact in integers
    decide           pursue the rank above the incumbent, by one thread or several
    tighten          meanwhile, bring the bound down from above
"""
