"""``python -m dispersion.compare``: gap, time and, on networks, accuracy of every solver.

This is the roof: it wires the rooms together and is imported by none of them.  It imports the rooms
only when it is called, so that it can say in one sentence why one of them cannot be imported.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from dispersion.errors import DispersionError, InputError

if TYPE_CHECKING:
    import logging

    from rich.console import Console

    from dispersion.study.options import Options
    from dispersion.study.session import Session

__all__ = ["compare", "default_folder", "main"]


def compare(session: Session, output: Console) -> int:
    """Compare solvers on what was asked for; returns the exit code."""
    from dispersion.compare.instances import compare_instances
    from dispersion.compare.networks import compare_networks
    from dispersion.shadows import refuse_shadow
    from dispersion.study.options import InstanceOptions

    subject = session.options.subject
    if isinstance(subject, InstanceOptions):
        return compare_instances(session, subject, output)
    refuse_shadow("pruning")
    from pruning.device import explain_out_of_memory

    with explain_out_of_memory(
        subject.device, "ask for fewer --calibration-images, or for another --device"
    ):
        return compare_networks(session, subject, output)


def default_folder(options: Options) -> Path:
    """Where results go unless told: named by the model or the first instance, and the time."""
    from dispersion.study.options import InstanceOptions

    subject = options.subject
    name = Path(subject.sources[0]).stem if isinstance(subject, InstanceOptions) else subject.model
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", name)[:100]
    return Path("results") / f"{plain}-{time.strftime('%Y%m%d-%H%M%S')}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code (see ``--help``)."""
    from rich.console import Console

    from dispersion.shadows import refuse_shadow
    from dispersion.study.logs import LOG, spoken

    console = Console(stderr=True)
    with spoken(console) as voice:
        try:
            refuse_shadow("solvers")
        except InputError as error:
            LOG.error("error: %s", error)
            return 2
        return _run(arguments, console, voice)


def _run(arguments: Sequence[str] | None, console: Console, voice: logging.Handler) -> int:
    from dispersion.study.logs import LOG, written
    from dispersion.study.options import parse
    from dispersion.study.output import Output
    from dispersion.study.session import Session
    from dispersion.study.stages import EXIT_INPUT, EXIT_INTERRUPTED, concluded
    from dispersion.study.store import Store

    output = Output()
    config = None
    try:
        options = parse(arguments)
        config = options.config
        voice.setLevel(options.log_level.upper())
        with closing(Store(options.out or default_folder(options))) as store, written(store.folder):
            session = Session(options, store, console)
            with concluded(session):
                return compare(session, output)
    except (DispersionError, OSError) as error:  # OSError: a file that the system refuses
        where = config.blamed(str(error)) if config else ""
        LOG.error("error: %s%s", where, error)
        return EXIT_INPUT
    except KeyboardInterrupt:
        LOG.error("interrupted; files already written are whole")
        return EXIT_INTERRUPTED
