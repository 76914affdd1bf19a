"""Pages of options, made from the parsers themselves: ``.. command-line:: dispersion.compare``."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from docs._extensions.text import escaped


def _compare() -> argparse.ArgumentParser:
    from dispersion.compare.cli.parser import parser

    return parser()


def _report() -> argparse.ArgumentParser:
    from dispersion.report.command import parser

    return parser()


def _train() -> argparse.ArgumentParser:
    from pruning.train.options import _parser

    return _parser()


PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "dispersion.compare": _compare,
    "dispersion.report": _report,
    "pruning.train": _train,
}  #: by the module that ``python -m`` runs


def described(parser: argparse.ArgumentParser) -> str:
    """Its options by group, as definition lists, with the very text of ``--help``."""
    formatter = parser._get_formatter()
    parts = [escaped(parser.description or "")]
    for group in parser._action_groups:
        actions = [one for one in group._group_actions if one.help is not argparse.SUPPRESS]
        if not actions:
            continue
        title = (group.title or "options").capitalize()
        parts.append(f"{title}\n{'^' * len(title)}")
        for action in actions:
            text = escaped(" ".join(formatter._expand_help(action).split()))
            parts.append(f"``{_invocation(formatter, action)}``\n    {text}")
    return "\n\n".join([*parts, *map(_end, (parser.epilog or "").split("\n\n"))]) + "\n"


def _end(part: str) -> str:
    """A part of what stands at the end: indented lines are commands."""
    lines = part.splitlines()
    commands = [f"   $ {line.strip()}" for line in lines if line.startswith("  ")]
    text = escaped(" ".join(line for line in lines if not line.startswith("  ")))
    text = text[:1].upper() + text[1:]
    return "\n".join([text, "", ".. code-block:: console", "", *commands]) if commands else text


def _invocation(formatter: argparse.HelpFormatter, action: argparse.Action) -> str:
    """``-v, --verbose`` or ``--keep SHARE [SHARE ...]``."""
    if not action.option_strings:
        return str(action.metavar or action.dest)
    names = ", ".join(action.option_strings)
    if action.nargs == 0:
        return names
    default = formatter._get_default_metavar_for_optional(action)
    return f"{names} {formatter._format_args(action, default)}"


class CommandLine(SphinxDirective):
    """``.. command-line:: MODULE``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Sections, one a group of options."""
        text = described(PARSERS[self.arguments[0]]())
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directive."""
    app.add_directive("command-line", CommandLine)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
