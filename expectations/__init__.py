"""Great Expectations: what a delivery must be to be used, and the figures to be published.

The suites are data (`suites/*.yml`, and the `checks` of each record type); `runner` runs them.
Results say rules and counts, never a value.
"""
