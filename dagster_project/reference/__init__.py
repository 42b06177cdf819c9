"""What is known beforehand (`seeds/`): municipalities of any year, code lists, parameters."""

import csv
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


def rows(seed: str) -> list[dict[str, str]]:
    """Return the rows of a seed as they are written."""
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
