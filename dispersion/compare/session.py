"""The session of the command: that of a study, with all that the command line asked for."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from dispersion.compare.cli.options import Options
from dispersion.study.session import Session


@dataclass(kw_only=True)
class CommandSession(Session):
    """A session that knows the options of the command line (see `Session`)."""

    options: Options

    def __post_init__(self) -> None:
        self.asked = asdict(self.options)
