"""Public instances: readers of the usual file formats, and seeded generators of published families.

>>> from dispersion import generate
>>> generate("geo", n=100, p=10, seed=1).n
100
"""

from dispersion.library.families import families
from dispersion.library.formats import formats
from dispersion.library.generating import PREFIX, generate, generate_from
from dispersion.library.known import NONE_PUBLISHED, Known, Published, for_instances, read_known
from dispersion.library.reading import read_instance

__all__ = [
    "NONE_PUBLISHED",
    "PREFIX",
    "Known",
    "Published",
    "families",
    "for_instances",
    "formats",
    "generate",
    "generate_from",
    "read_instance",
    "read_known",
]
