"""What max-min methods share: they compare ranks of distances, which are whole numbers.

::

    start        farthest points and the bound by degrees
    bracket      the ranks of incumbent and bound
    window       the pairs worth modelling, between the two
    rank_models  models whose objective is the rank, solved by HiGHS
    bisection    which is the highest rank that p points reach?
    packings     one answer to that: as many points as possible, by HiGHS
"""
