"""What the assets and the checks are called."""

import dagster as dg

LANDING = "landing"
SEEDS = "reference"
FETCHED = dg.AssetKey(["inbox", "fetched"])
COVERAGE = dg.AssetKey(["marts", "coverage"])
PUBLICATION = dg.AssetKey(["publication", "internal"])
READ, HELD, HOLD, FIT = "deliveries_read", "deliveries_held_back", "models_hold", "fit_to_publish"


def landing_key(record: str) -> dg.AssetKey:
    """Return the key of what lands of a record type."""
    return dg.AssetKey([LANDING, record])
