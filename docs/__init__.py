"""The documentation; `docs.generate` makes the parts of it that are data."""
