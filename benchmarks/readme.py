"""Run the commands of the README again, and put what they print beside them.

    python -m benchmarks.readme                # the quick ones
    python -m benchmarks.readme --only main    # one by its name, however long it takes
    python -m benchmarks.readme --all          # hours

A part of the README between ``<!-- figures: NAME -->`` and ``<!-- /figures -->`` holds a command or a
block of Python, and what came of it: a block of text, a table under the title that the command gives
it, pictures under the names of the files that it leaves.  A part marked ``NAME, long`` keeps its
results in ``results/readme/COMMIT/NAME``: if it is interrupted, the same call resumes it.  What changed
is printed, old and new.  Figures in sentences are not replaced; those that the command did not print
are named.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dispersion.errors import InputError, UnavailableError, UnknownNameError

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PART = re.compile(r"<!-- figures: ([\w-]+)(, long)? -->\n(.*?)<!-- /figures -->", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
TEXT = re.compile(r"```text\n(.*?)```", re.DOTALL)
TABLE = re.compile(r"^\*\*(.+)\*\*\n\n((?:\|.*\n)+)", re.MULTILINE)
PICTURE = re.compile(r"!\[.*?\]\((.*?)\)", re.DOTALL)
FIGURE = re.compile(r"(?<![\d.])\d+\.\d{4}(?!\d)")  # accuracies; times and shares are not in sentences


@dataclass(frozen=True, slots=True)
class Part:
    """A command of the README, with what it printed."""

    name: str
    long: bool
    text: str

    @property
    def words(self) -> list[str]:
        """The command as a shell splits it; a block of Python is one, too."""
        if block := PYTHON.search(self.text):
            return ["python", "-c", block[1]]
        lines = self.text.replace("\\\n", " ").splitlines()
        found = next((line for line in lines if line.startswith("    python ")), None)
        if found is None:
            raise InputError(f"the part {self.name} of the README holds no command and no Python.")
        return shlex.split(found)

    @property
    def pictures(self) -> list[str]:
        """Their paths, relative to the README."""
        return PICTURE.findall(self.text)

    def with_output(self, printed: str) -> str:
        """The text of the part with another output in it.

        Raises
        ------
        InputError
            A table of the part is not among those that were printed.
        """
        tables = dict(TABLE.findall(printed + "\n"))

        def table(found: re.Match[str]) -> str:
            if found[1] not in tables:
                raise InputError(f"{self.name} prints no table {found[1]!r}.")
            return f"**{found[1]}**\n\n{tables[found[1]]}"

        text = TABLE.sub(table, self.text)
        return TEXT.sub(lambda _: f"```text\n{printed.rstrip()}\n```", text)

    def unprinted(self, printed: str) -> list[str]:
        """Figures of its sentences that are not in the output."""
        sentences = PICTURE.sub("", TABLE.sub("", TEXT.sub("", PYTHON.sub("", self.text))))
        known = set(FIGURE.findall(printed))
        return [figure for figure in dict.fromkeys(FIGURE.findall(sentences)) if figure not in known]


def parts(text: str) -> dict[str, Part]:
    """The parts of a README by name."""
    return {name: Part(name, bool(long), body) for name, long, body in PART.findall(text)}


def run(part: Part, folder: Path) -> str:
    """Run its command with this source, beside `folder`, where results go.

    Raises
    ------
    UnavailableError
        The command failed; its own last words are told.
    """
    words = [sys.executable, *part.words[1:]]
    if "dispersion.compare" in words:
        words += ["--format", "markdown", "--out", str(folder)]
    folder.parent.mkdir(parents=True, exist_ok=True)
    source = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        words, cwd=folder.parent, env=source, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise UnavailableError(f"the command of {part.name} ended with exit code {done.returncode}.")
    return done.stdout


def changed(old: str, new: str) -> list[str]:
    """Lines that are new, each after the one it replaces."""
    lines = difflib.ndiff(old.splitlines(), new.splitlines())
    return [line for line in lines if line[:2] in ("- ", "+ ")]


def refreshed(part: Part, folder: Path, readme: Path) -> Iterator[str]:
    """Run a part, replace its output and its pictures, and say what changed."""
    printed = run(part, folder)
    text = part.with_output(printed)
    before = readme.read_text(encoding="utf-8")
    readme.write_text(before.replace(part.text, text), encoding="utf-8")
    yield from changed(part.text, text) or ["the same text"]
    for picture in part.pictures:
        old, new = readme.parent / picture, folder / Path(picture).name
        same = old.is_file() and old.read_bytes() == new.read_bytes()
        shutil.copyfile(new, old)
        yield f"{picture}: {'the same' if same else 'another picture'}"
    for figure in part.unprinted(printed):
        yield f"the text says {figure}, which the command did not print: change it"


def _commit() -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _chosen(known: dict[str, Part], only: Sequence[str] | None, everything: bool) -> list[Part]:
    for name in only or ():
        if name not in known:
            raise UnknownNameError("part of the README", name, known)
    if only:
        return [known[name] for name in only]
    return [part for part in known.values() if everything or not part.long]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; the exit code is 0, or 2 for bad input and for a command that failed."""
    parser = argparse.ArgumentParser("python -m benchmarks.readme", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", help="the parts to run (default: the quick)"
    )
    parser.add_argument("--all", action="store_true", help="run the long ones, too (default: no)")
    parser.add_argument("--readme", type=Path, default=README, metavar="FILE", help="where figures go")
    options = parser.parse_args(arguments)
    try:
        known = parts(options.readme.read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as scratch:
            for part in _chosen(known, options.only, options.all):
                kept = ROOT / "results" / "readme" / _commit() / part.name if part.long else None
                print(f"{part.name}:", flush=True)
                for line in refreshed(part, kept or Path(scratch, part.name), options.readme):
                    print(f"  {line}", flush=True)
    except (OSError, InputError, UnavailableError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
