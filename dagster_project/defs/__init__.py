"""The only folder that knows the orchestrator: assets, checks, jobs, schedules and sensors.

What the assets do lies elsewhere (`landing/`, `warehouse`, `publication/`, `expectations/`); here
it is said when, in which order, and what is shown of it. Nothing here reads a delivery itself.
"""

import warnings

import dagster as dg

# What is used of the orchestrator in its preview stage is pinned with its version.
for _category in (dg.BetaWarning, dg.PreviewWarning):
    warnings.filterwarnings("ignore", category=_category)
