"""Pictures of a study; every function draws into the axes it is given, or makes its own."""

from dispersion.study.plots.accuracies import accuracies_against_macs, accuracy_against_macs
from dispersion.study.plots.canvas import figure_of
from dispersion.study.plots.embedding import selection_in_plane
from dispersion.study.plots.files import figures
from dispersion.study.plots.gaps import gap_against_time
from dispersion.study.plots.growth import time_against_n
from dispersion.study.plots.profiles import cactus, performance_profile
from dispersion.study.plots.scatter import times_against_baseline
from dispersion.study.plots.traces import bound_and_incumbent
from dispersion.study.plots.values import values_by_instance

__all__ = [
    "accuracies_against_macs",
    "accuracy_against_macs",
    "bound_and_incumbent",
    "cactus",
    "figure_of",
    "figures",
    "gap_against_time",
    "performance_profile",
    "selection_in_plane",
    "time_against_n",
    "times_against_baseline",
    "values_by_instance",
]
