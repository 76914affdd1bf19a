"""How the site is built: ``python -m sphinx -WE docs docs/_build`` from the root of the repository."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the packages, and docs._extensions

from dispersion.version import __version__

project = "p-dispersion"
copyright = "its authors; MIT licence"  # noqa: A001 - Sphinx's name
version = release = __version__
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "docs._extensions.bibliography",
    "docs._extensions.command_lines",
    "docs._extensions.coursework",
    "docs._extensions.links",
    "docs._extensions.mathml",
    "docs._extensions.reference",
    "docs._extensions.registries",
]
exclude_patterns = ["_build", "coursework/**"]
default_role = "py:obj"  # what stands in single backticks in docstrings
smartquotes = False  # --option is no dash

autodoc_mock_imports = ["sklearn"]  # optional, and not needed to describe what rests on it
autodoc_default_options = {"members": True, "ignore-module-all": True, "member-order": "bysource"}
autodoc_typehints = "none"  # the docstrings say types, shapes and units
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

html_theme = "furo"
html_title = f"p-dispersion {version}"
html_math_renderer = "mathml"  # written into the pages: no script, no network
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_domain_indices = False  # the reference is its own list of modules
html_show_sphinx = False
pygments_style = "default"
pygments_dark_style = "native"
