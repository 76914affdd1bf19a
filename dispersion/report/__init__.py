"""One self-contained page about a study: ``python -m dispersion.report FOLDER``.

Everything on it is made from the folder alone.  A section of the page is one file in
`dispersion.report.sections`.  The rest is imported when it is used, so that the command can say in one
sentence why something cannot be imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dispersion.report.page import build_report, write_report

__all__ = ["build_report", "write_report"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dispersion.report import page

    return getattr(page, name)
