"""Put the figures of a saved run into the README beside this file.

    pytest --benchmark-only --benchmark-json=results/benchmarks.json
    python -m benchmarks.figures results/benchmarks.json

One table a question; times are medians.  Everything else in the README stays as it is.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.questions import QUESTIONS
from dispersion.errors import InputError

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def seconds(value: float) -> str:
    """A time with three digits and the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-6:.3g} µs"


def _answer(info: Mapping[str, Any]) -> Iterator[str]:
    """What was found, as far as a benchmark tells: value, gap, status."""
    if info.get("objective") is not None:
        yield f"{info['objective']:.6g}"
    if info.get("gap") is not None:
        yield f"gap {info['gap']:.2%}"
    if info.get("status") is not None:
        yield str(info["status"])
    if "proven" in info:
        yield f"{info['proven']} of {info['instances']} proven"


def _row(benchmark: Mapping[str, Any], question: str) -> str:
    about = benchmark["group"].removeprefix(f"{question}: ")
    name = benchmark["name"].replace("|", "\\|")
    median = seconds(benchmark["stats"]["median"])
    return f"| {about} | `{name}` | {median} | {', '.join(_answer(benchmark['extra_info']))} |"


def _circumstances(run: Mapping[str, Any]) -> str:
    machine, commit = run["machine_info"], run["commit_info"]
    versions = ", ".join(
        f"{name} {version}" for name, version in machine["packages"].items() if version
    )
    threads = ", ".join(f"{name}={value}" for name, value in machine["threads"].items() if value)
    return (
        f"Profile {machine['profile']}, {run['datetime'][:10]}, commit {commit['id'][:10]}"
        f"{' with uncommitted changes' if commit['dirty'] else ''}; {machine['cpu']}, "
        f"{machine['cores']} cores, {machine['memory_gib']} GiB, {threads or 'threads not limited'}; "
        f"Python {machine['python']}, {versions}."
    )


def markdown(run: Mapping[str, Any]) -> str:
    """The circumstances of a saved run, and a table for each question that it answers."""
    parts = [_circumstances(run)]
    for question in QUESTIONS:
        rows = [_row(one, question) for one in run["benchmarks"] if one["group"].startswith(question)]
        if rows:
            head = "| about | benchmark | median time | found |\n|---|---|---|---|\n"
            parts.append(f"### {question[0].upper()}{question[1:]}\n\n{head}" + "\n".join(sorted(rows)))
    return "\n\n".join(parts)


def replaced(text: str, figures: str) -> str:
    """The text of a README with other figures between its marks.

    Raises
    ------
    InputError
        There are no marks.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InputError(f"the README has no lines {BEGIN} and {END} to put figures between.")
    return f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; the exit code is 0, or 2 for bad input."""
    parser = argparse.ArgumentParser("python -m benchmarks.figures", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("run", type=Path, metavar="FILE", help="what --benchmark-json wrote")
    parser.add_argument("--readme", type=Path, default=README, metavar="FILE", help="where figures go")
    options = parser.parse_args(arguments)
    try:
        run = json.loads(options.run.read_text(encoding="utf-8"))
        text = options.readme.read_text(encoding="utf-8")
        options.readme.write_text(replaced(text, markdown(run)), encoding="utf-8")
    except (OSError, InputError, json.JSONDecodeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except (KeyError, TypeError) as error:
        print(
            f"error: {options.run} is not what --benchmark-json writes here: {error}", file=sys.stderr
        )
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
