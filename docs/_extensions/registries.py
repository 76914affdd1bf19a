"""What the registries know, as tables: ``.. solver-facts::``, ``.. solvers::``, ``.. registered::``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from dispersion.objectives import DEFAULT_OBJECTIVE, objectives
from docs._extensions.text import escaped, table
from solvers.lookup import find
from solvers.registration import Guarantee, SolverInfo, list_solvers

PROMISES = {
    Guarantee.EXACT: "exact: proves the optimum, given time; its bound is valid whenever it is stopped",
    Guarantee.APPROXIMATION: "approximation: proves a factor, under the conditions below",
    Guarantee.HEURISTIC: "heuristic: proves nothing",
}


PAGES = Path(__file__).parents[1] / "solvers"  # those written by hand: OBJECTIVE/NAME.rst
GENERATED = PAGES / "generated"  # the others, written at every build


def page_of(info: SolverInfo) -> Path:
    """Where the page of a solver is: written by hand if there is such a page, else generated."""
    place = Path(info.objective_name) / f"{info.name}.rst"
    return PAGES / place if (PAGES / place).is_file() else GENERATED / place


def docname(info: SolverInfo) -> str:
    """The page of a solver by the name that Sphinx gives it."""
    return f"/solvers/{page_of(info).relative_to(PAGES).with_suffix('').as_posix()}"


def generated(info: SolverInfo) -> str:
    """The page of a solver for which none is written by hand: its registration and its docstring."""
    title = f"{info.name} ({info.objective_name})"
    method = f"{info.method.__module__}.{info.method.__name__}"
    return (
        f"{title}\n{'=' * len(title)}\n\n"
        f".. solver-facts:: {info.objective_name} {info.name}\n\n"
        f".. autofunction:: {method}\n   :no-index:\n"
    )


def write_pages(infos: Iterable[SolverInfo]) -> None:
    """Write the pages of solvers that have none written by hand, and remove those of others."""
    wanted = {page_of(info): info for info in infos}
    for path in GENERATED.rglob("*.rst"):
        if path not in wanted:
            path.unlink()
    for path, info in wanted.items():
        if path.is_relative_to(GENERATED):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(generated(info), encoding="utf-8")


def facts(info: SolverInfo) -> str:
    """What a solver's page begins with."""
    named = "" if info.by_default else " It is compared only when named, or with ``--solvers all``."
    module = info.method.__module__
    objective = (
        "" if info.objective_name == DEFAULT_OBJECTIVE else f", objective={info.objective_name!r}"
    )
    asked = (
        "--at-least D"
        if objectives[info.objective_name].counts
        else f"--objective {info.objective_name}"
    )
    option = f" {asked}" if objective else ""
    export = (
        f"\n:Model as a file: ``solvers.export_model(instance, {info.name!r}, 'model.lp'{objective})``"
    )
    return (
        f"{escaped(info.summary[0].upper() + info.summary[1:])}.\n\n"
        f":Objective: {info.objective_name}\n"
        f":Promise: {PROMISES[info.guarantee]}.{named}\n"
        f":Method: {escaped(info.reference) or 'ours'}\n"
        f"{_engine(info)}{_parameters(info)}"
        f":In Python: ``solve(instance, {info.name!r}{objective})``\n"
        f":As a command: ``python -m dispersion.compare{option} --solvers {info.name}``"
        f"{export if info.model else ''}\n"
        f":Code and remarks: :py:obj:`{module}.{info.method.__name__}`\n"
    )


def _parameters(info: SolverInfo) -> str:
    return f":Parameters: ``{info.name}:{info.parameters}``\n" if info.parameters else ""


def _engine(info: SolverInfo) -> str:
    if info.engine is None:
        return ""
    others = " by default; others: :doc:`/engines`" if info.parameters.startswith("engine=") else ""
    return f":Engine: {info.engine}, on which its bounds may rest{others}\n"


def listing(objective: str) -> str:
    """The solvers of an objective, strongest promise first, each with a link to its page."""
    order = list(Guarantee)
    infos = sorted(list_solvers(objective), key=lambda info: (order.index(info.guarantee), info.name))
    rows = [
        (
            f":doc:`{info.name} <{docname(info)}>`" + ("" if info.by_default else " \\*"),
            info.guarantee.value,
            escaped(info.summary),
            escaped(info.reference) or "ours",
        )
        for info in infos
    ]
    named = any(not info.by_default for info in infos)
    remark = "\n\\* compared only when named, or with ``--solvers all``\n" if named else ""
    return table(("solver", "promise", "summary", "method"), rows) + remark


def contents(objective: str) -> str:
    """The hidden table of contents of the solvers of an objective."""
    pages = "\n".join(f"   {docname(info)}" for info in list_solvers(objective))
    return f".. toctree::\n   :hidden:\n   :titlesonly:\n\n{pages}\n"


def _metrics() -> str:
    from dispersion.metrics import metrics

    rows = [
        (f"``{key}``", _yes(metrics[key].is_metric), escaped(metrics[key].summary)) for key in metrics
    ]
    return table(("name", "a metric", "summary"), rows)


def _objectives() -> str:
    return _names((key, objectives[key].summary) for key in objectives)


def _families() -> str:
    from dispersion.library import families

    return _names((key, families[key].summary) for key in families)


def _formats() -> str:
    from dispersion.library import formats

    return _names((key, formats[key].summary) for key in formats)


def _criteria() -> str:
    from pruning.criteria import criteria

    return _with_standing(
        (key, criteria[key].summary, criteria[key].reconstruction) for key in criteria
    )


def _allocations() -> str:
    from pruning.allocation import allocations as known

    return _with_standing((key, known[key].summary, known[key].reconstruction) for key in known)


def _spaces() -> str:
    from pruning.spaces import spaces

    return _names((key, spaces[key].summary) for key in spaces)


def _engines() -> str:
    from solvers.engines.registration import list_engines

    rows = [
        (
            f"``{info.name}``",
            info.label,
            f"``{info.install}``",
            ", ".join(one.value for one in info.lacks) or "nothing",
            info.licence or "everything",
        )
        for info in list_engines()
    ]
    return table(("name", "engine", "get it by", "lacks", "solves"), rows)


def _reconstructions() -> str:
    from pruning.allocation import allocations
    from pruning.criteria import criteria

    rows = [
        (f"``{key}``", kind, escaped(registry[key].reconstruction))
        for kind, registry in (("criterion", criteria), ("allocation", allocations))
        for key in registry
        if registry[key].reconstruction
    ]
    return table(("name", "kind", "which part is our own, and why"), rows)


def _yes(value: bool) -> str:
    return "yes" if value else "**no**"


def _names(entries: Iterable[tuple[str, str]]) -> str:
    return table(("name", "summary"), [(f"``{key}``", escaped(text)) for key, text in entries])


def _with_standing(entries: Iterable[tuple[str, str, str]]) -> str:
    rows = [
        (
            f"``{key}``",
            escaped(text),
            f"**yes**: {escaped(ours)}" if ours else "no",
        )
        for key, text, ours in entries
    ]
    return table(("name", "summary", "reconstruction"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "allocations": _allocations,
    "criteria": _criteria,
    "engines": _engines,
    "families": _families,
    "formats": _formats,
    "metrics": _metrics,
    "objectives": _objectives,
    "reconstructions": _reconstructions,
    "spaces": _spaces,
}


class SolverFacts(SphinxDirective):
    """``.. solver-facts:: max-min kuby``."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        """Its summary and a list of fields."""
        objective, name = self.arguments
        return self.parse_text_to_nodes(facts(find(name, objective)))


class Solvers(SphinxDirective):
    """``.. solvers:: max-min``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The table of its solvers, and their pages as its contents."""
        objective = self.arguments[0]
        return self.parse_text_to_nodes(f"{listing(objective)}\n\n{contents(objective)}")


class Registered(SphinxDirective):
    """``.. registered:: criteria``, or another name of `TABLES`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The table of that registry."""
        return self.parse_text_to_nodes(TABLES[self.arguments[0]]())


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directives, and the pages of solvers without one written by hand."""
    app.connect("builder-inited", lambda _: write_pages(list_solvers()))
    app.add_directive("solver-facts", SolverFacts)
    app.add_directive("solvers", Solvers)
    app.add_directive("registered", Registered)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
