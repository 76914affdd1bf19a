"""One self-contained page about a study: ``python -m dispersion.report FOLDER``.

Everything on it is made anew from the folder alone.  A section of the page is one file in
`dispersion.report.sections`.
"""

from __future__ import annotations

from dispersion.report.page import build_report, write_report

__all__ = ["build_report", "write_report"]
