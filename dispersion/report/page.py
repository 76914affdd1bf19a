"""From a study to one page of HTML."""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from importlib import resources
from pathlib import Path

import jinja2
from markupsafe import Markup

from dispersion.report.printable_study import printable_study
from dispersion.report.section import Section, sections
from dispersion.study.folder.atomic_writing import save
from dispersion.study.labels import rows_apart
from dispersion.study.pictures import figures
from dispersion.study.reading import read_study
from dispersion.study.study import Study, pages
from dispersion.terminal.printable import printable
from dispersion.version import __version__

REPORT = "report.html"  #: the file's name in a study's folder

_TEMPLATES = resources.files("dispersion.report") / "templates"


@pages.register("html")
def build_report(study: Study) -> str:
    """The page as text: self-contained, nothing in it is fetched from anywhere.

    Parameters
    ----------
    study : Study
        As `run_study` or `read_study` gives it.
    """
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: (_TEMPLATES / name).read_text(encoding="utf-8")),
        autoescape=True,  # names in a study are a stranger's text
        finalize=_finished,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    inner = sorted((sections[name] for name in sections), key=_order)
    study = printable_study(study)
    built = [(section, blocks) for section in inner if (blocks := section.build(study))]
    return environment.get_template("page.html.j2").render(
        study=study,
        title=title_of(study),
        sections=built,
        style=Markup(style),  # noqa: S704 (our own file)
        script=Markup(script),  # noqa: S704 (our own file)
        style_hash=_hash(style),
        script_hash=_hash(script),
        version=__version__,
    )


def write_report(folder: Path, study: Study | None = None) -> Path:
    """Write ``report.html`` of a study's folder, and return where it is.

    Parameters
    ----------
    folder : Path
        What ``--out`` named.
    study : Study or None
        What the folder holds, if it has been read already.

    Raises
    ------
    InputError
        The folder contains no study, or a file in it is damaged.
    UnavailableError
        The page cannot be written.
    """
    text = build_report(study or read_study(folder))
    return save(folder / REPORT, lambda path: path.write_text(text, encoding="utf-8"))


def write_pictures(folder: Path, study: Study) -> list[Path]:
    """Draw the pictures of a study as PNG files, and return where they are.

    Raises
    ------
    UnavailableError
        One cannot be written.
    """
    return [
        save(folder / name, partial(figure.savefig, dpi=150, format="png"))
        for name, figure in figures(study.solves, study.networks).items()
    ]


def title_of(study: Study) -> str:
    """What was studied: the network, or the instances."""
    if study.model:
        return f"Filters of {study.model}"
    names = list(dict.fromkeys(row.instance for row in rows_apart(study.solves)))
    if not names:
        return study.name
    return names[0] if len(names) == 1 else f"{len(names)} instances"


def _finished(value: object) -> object:
    """What stands on the page for a value: texts without anything that is not seen."""
    plain = isinstance(value, str) and not isinstance(value, Markup)
    return printable(str(value)) if plain else value


def _order(section: Section) -> tuple[int, str]:
    return section.order, section.name


def _hash(text: str) -> str:
    """What a content security policy calls an inline style or script by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
