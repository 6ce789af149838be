"""Typed queries over the graph: intersections, unions over descendants, counts, with evidence."""
