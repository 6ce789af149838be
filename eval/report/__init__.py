"""Runs told as one self-contained HTML file."""
