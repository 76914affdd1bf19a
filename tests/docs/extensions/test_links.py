"""Names in backticks lead to the nearest definition, or nowhere."""

from __future__ import annotations

from sphinx.domains.python import ObjectEntry

from docs._extensions.links import _nearest

KNOWN = {
    name: ObjectEntry(docname=name, node_id=name, objtype="class", aliased=False)
    for name in (
        "dispersion.study.task.Task",
        "pruning.budgets.Task",
        "dispersion.compare.cli.options.Options",
    )
}


def nearest(target: str, module: str) -> str | None:
    """The page of what is meant by a name in a module."""
    found = {name: entry for name, entry in KNOWN.items() if name.endswith(f".{target}")}
    entry = _nearest(found, module)
    return entry and entry.docname


def test_the_only_one_is_meant_from_anywhere():
    """Whatever module speaks of it."""
    assert nearest("Options", "solvers.solving") == "dispersion.compare.cli.options.Options"


def test_of_several_the_nearest_is_meant():
    """That which shares most of the module's name."""
    assert nearest("Task", "dispersion.study.execution.worker") == "dispersion.study.task.Task"
    assert nearest("Task", "pruning.budgets.grid") == "pruning.budgets.Task"


def test_what_is_not_clear_is_no_link():
    """Of two that are equally near, or of none, neither."""
    assert nearest("Task", "solvers.solving") is None
    assert nearest("Nothing", "solvers.solving") is None
