"""Benchmarks: how far the warehouse is from the truth, and how long it takes. Not tests."""
