"""The questions that benchmarks answer; every group of results is named by one of them.

These names and those of the tests are what ``--benchmark-compare`` goes by: to change one is to lose
the comparison with all that was saved before.
"""

from __future__ import annotations

PROVES = "who proves fastest"
FINDS = "who finds best"
GROWS = "how time grows"
PEERS = "against peers"
CHOOSES = "how long criteria take"
REPAIRS = "pruning: how long repairs and tests take"

QUESTIONS = (PROVES, FINDS, GROWS, PEERS, CHOOSES, REPAIRS)


def group(question: str, about: str) -> str:
    """The name of a group: a question, and what it is asked about."""
    return f"{question}: {about}"
