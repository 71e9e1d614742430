"""Benchmarks: each prints a ratio with both sides measured in one run."""
