"""What a report leaves behind for that of next year: what it was made of, and what it said."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Beside the files of the report.
FILE = Path("report").with_suffix(".json")
VERSION = 1


@dataclass(frozen=True)
class Remembered:
    """The figures of an earlier report: of which day, and by which publication.

    A figure that was hidden, or that there was none of, is not among them.
    """

    date: dt.date
    publication: str
    values: Mapping[str, float]


def before(folder: Path, year: int) -> Remembered | None:
    """Return what the report of the year before said, by the newest file of it; None without one.

    `folder` is that of a municipality's reports. A file that cannot be read is as none.
    """
    found = [
        remembered
        for file in sorted(folder.glob(f"{year - 1}/*/{FILE}"))
        if (remembered := _read(file)) is not None
    ]
    # The internal one holds all figures.
    return max(found, key=lambda each: (len(each.values), each.date), default=None)


def _read(file: Path) -> Remembered | None:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        if told["version"] != VERSION:
            return None
        return Remembered(
            dt.date.fromisoformat(told["date"]),
            str(told["publication"]),
            {str(code): float(value) for code, value in told["figures"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def written(told: Mapping[str, Any]) -> str:
    """Return what is remembered as it is written."""
    return json.dumps({"version": VERSION, **told}, ensure_ascii=False, indent=2, sort_keys=True)


def fingerprint(content: str | bytes) -> str:
    """Return the hash of a text or a file."""
    data = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()
