"""What max-sum methods share: sums of floats, their rounding, and their bounds.

::

    start           greedy insertion, local search, and the bound by row sums
    swaps           ascent and tabu search over swaps
    tolerances      when bound and incumbent have met
    scaling         distances in another unit, or as whole numbers
    linear_algebra  quadratic forms on the plane of selections, within the time that is left
    negative_type   whether the sum is concave there, with a proof
    reformulation   the diagonal that makes any sum concave
    concave_bounds  its bound at any node of a search
    cuts            a concave sum cut from outside, LP and MILP in turn, in HiGHS
    squares         a sum of squares, cut square by square
    linear_models   linear models written in Pyomo, solved by HiGHS
"""
