"""The engines from outside: what they are called, and a HiGHS that prints nothing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import highspy

HIGHS, CP_SAT = "HiGHS", "CP-SAT"


@cache
def highs_name() -> str:
    """HiGHS with its version, as proofs that rest on its word are labelled."""
    from importlib.metadata import version

    return f"{HIGHS} {version('highspy')}"


@cache
def cp_sat_name() -> str:
    """CP-SAT with the version of OR-tools, as proofs that rest on its word are labelled."""
    from importlib.metadata import version

    return f"{CP_SAT} {version('ortools')}"


def engine_of(by: str) -> str | None:
    """`HIGHS` or `CP_SAT`, if that is whose word a label gives; `None` for an argument of ours."""
    return next((engine for engine in (HIGHS, CP_SAT) if by.startswith(engine)), None)


@cache
def _silent() -> type[highspy.Highs]:
    import highspy

    class Silent(highspy.Highs):  # type: ignore[misc]
        """The first engine of a process prints a banner as soon as its callbacks are enabled."""

        def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS calls it
            self.setOptionValue("log_to_console", False)  # without "output_flag" nothing is called back
            super().enableCallbacks()

    return Silent


def silent_engine() -> highspy.Highs:
    """An empty HiGHS that prints nothing."""
    return _silent()()
