"""The reference: ``.. package:: solvers.prover`` documents a package, module by module."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from docs._extensions.text import table

PACKAGES = ("dispersion", "solvers", "pruning")


def packages() -> Iterator[str]:
    """Every package of ours by its dotted name; each has a page."""
    for top in PACKAGES:
        yield top
        path = importlib.import_module(top).__path__
        for found in pkgutil.walk_packages(path, prefix=f"{top}."):
            if found.ispkg:
                yield found.name


def modules(package: str) -> list[str]:
    """The modules in a package that are no packages, and not private."""
    path = importlib.import_module(package).__path__
    return [
        f"{package}.{found.name}"
        for found in pkgutil.iter_modules(path)
        if not found.ispkg and not found.name.startswith("_")
    ]


def exported(package: ModuleType) -> str:
    """A table of what the package offers under its own name, linked to where it is documented."""
    rows = []
    for name in getattr(package, "__all__", []):
        thing = getattr(package, name)
        home = getattr(thing, "__module__", package.__name__)
        if inspect.isclass(thing) or inspect.isroutine(thing):
            first = (inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " ")
            rows.append((f":py:obj:`{name} <{home}.{thing.__name__}>`", first))
    return table(("name", "what it is"), rows) if rows else ""


def described(name: str) -> str:
    """The whole content of a package's page, in reStructuredText."""
    package = importlib.import_module(name)
    parts = [f".. automodule:: {name}\n"]
    if listing := exported(package):
        parts.append(f".. rubric:: Names to import from {name}\n\n{listing}")
    for module in modules(name):
        title = module.removeprefix(f"{name}.")
        parts.append(f"{title}\n{'-' * len(title)}\n\n.. automodule:: {module}\n")
    return "\n".join(parts)


class Package(SphinxDirective):
    """``.. package:: NAME``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Sections, one a module."""
        return self.parse_text_to_nodes(described(self.arguments[0]), allow_section_headings=True)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directive."""
    app.add_directive("package", Package)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
