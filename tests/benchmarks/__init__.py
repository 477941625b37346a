"""Measurements of the figures that the product must reach, by hand: `uv run python -m tests.benchmarks [NAME ...]`."""
