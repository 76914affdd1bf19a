"""What stands in single backticks in docstrings becomes a link, if it is clear what is meant."""

from __future__ import annotations

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.domains.python import ObjectEntry
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode
from sphinx.util.typing import ExtensionMetadata

_DEFINITIONS = ("class", "exception", "function", "method", "module")


def exact_only(app: Sphinx, document: nodes.document) -> None:
    """Keep Sphinx from guessing which of several things of a name is meant; `resolve` knows better."""
    for reference in document.findall(pending_xref):
        if reference.get("refdomain") == "py":
            reference.attributes.pop("refspecific", None)


def resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Element
) -> nodes.Element | None:
    """Link ``Instance`` to ``dispersion.instance.Instance``: the definition of that name next to here.

    A single small word, such as ``points``, is more likely a parameter than something elsewhere.
    """
    target = str(node["reftarget"])
    if node.get("refdomain") != "py" or (target.islower() and target.isalpha()):
        return None
    known = env.domains.python_domain.objects
    found = {
        name: entry
        for name, entry in known.items()
        if name.endswith(f".{target}") and entry.objtype in _DEFINITIONS
    }
    entry = _nearest(found, str(node.get("py:module") or ""))
    if entry is None:
        return None
    return make_refnode(app.builder, node["refdoc"], entry.docname, entry.node_id, content, target)


def _nearest(found: dict[str, ObjectEntry], module: str) -> ObjectEntry | None:
    """The one that shares the longest beginning of its name with a module; `None` if several do."""
    shared = {name: _shared(name.split("."), module.split(".")) for name in found}
    most = [name for name in found if shared[name] == max(shared.values())]
    return found[most[0]] if len(most) == 1 else None


def _shared(one: list[str], other: list[str]) -> int:
    alike = (a == b for a, b in zip(one, other, strict=False))
    return next((i for i, same in enumerate(alike) if not same), min(len(one), len(other)))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Ask after Sphinx has looked for the exact name."""
    app.connect("doctree-read", exact_only)
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
