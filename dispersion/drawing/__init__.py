"""Pictures of instances and of what was selected: on a map, in a graph, as a threshold graph."""

from dispersion.drawing.graphs import draw_graph
from dispersion.drawing.maps import draw_map
from dispersion.drawing.thresholds import draw_threshold_graph

__all__ = ["draw_graph", "draw_map", "draw_threshold_graph"]
