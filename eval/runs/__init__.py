"""Runs: a folder each, with its record, its items, its calls of the model, and its scores."""
