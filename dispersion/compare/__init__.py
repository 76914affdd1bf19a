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

    from dispersion.compare.cli.options import Options
    from dispersion.compare.session import CommandSession

__all__ = ["compare", "default_folder", "main"]


def compare(session: CommandSession, output: Console) -> int:
    """Compare solvers on what was asked for; returns the exit code."""
    from dispersion.compare.cli.options import InstanceOptions
    from dispersion.compare.instances import compare_instances
    from dispersion.compare.networks import compare_networks
    from dispersion.terminal.shadows import refuse_shadow

    subject = session.options.subject
    if session.options.quick:
        asked = " ".join(session.options.quick)
        session.say(f"quick look: {asked}; for the whole study leave out --quick")
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
    from dispersion.compare.cli.options import InstanceOptions

    subject = options.subject
    name = Path(subject.sources[0]).stem if isinstance(subject, InstanceOptions) else subject.model
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", name)[:100]
    return Path("results") / f"{plain}-{time.strftime('%Y%m%d-%H%M%S')}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code (see ``--help``)."""
    from rich.console import Console

    from dispersion.study.logs import LOG, spoken
    from dispersion.terminal.shadows import refuse_shadow

    console = Console(stderr=True)
    with spoken(console) as voice:
        try:
            refuse_shadow("solvers")
        except InputError as error:
            LOG.error("error: %s", error)
            return 2
        return _run(arguments, console, voice)


def _run(arguments: Sequence[str] | None, console: Console, voice: logging.Handler) -> int:
    from dispersion.compare.cli.command_line import parse
    from dispersion.study.logs import LOG
    from dispersion.terminal.commands import EXIT_INPUT, EXIT_INTERRUPTED

    config = None
    try:
        options = parse(arguments)
        config = options.config
        voice.setLevel(options.log_level.upper())
        return _compared(options, console)
    except (DispersionError, OSError) as error:  # OSError: a file that the system refuses
        where = config.blamed(str(error)) if config else ""
        LOG.error("error: %s%s", where, error)
        return EXIT_INPUT
    except KeyboardInterrupt:
        LOG.error("interrupted; files already written are whole")
        return EXIT_INTERRUPTED


def _compared(options: Options, console: Console) -> int:
    """Compare, and write results; what the help does not need is imported here."""
    from dispersion.compare.session import CommandSession
    from dispersion.study.folder.store import Store
    from dispersion.study.logs import written
    from dispersion.terminal.output import Output

    with closing(Store(options.out or default_folder(options))) as store, written(store.folder):
        session = CommandSession(options=options, store=store, console=console)
        with session.concluded():
            return compare(session, Output())
