"""Quotas: how many points of each group a selection may have.

::

    reading   how groups and quotas are written
    quota     what is asked, checked
    plans     how many points of each kind would meet all quotas, or that no numbers do
    clashes   which quotas exclude each other
    filling   a selection under way that can always be completed
"""
