"""What is remembered of a shared version: the true counts and what was shown of them.

It stays in the home's state, for its owner's eyes only: the next version's decisions begin from it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError
from dagster_project.storage import sync_folder

if TYPE_CHECKING:
    from dagster_project.disclosure.protect import Protected

_OWNER_ONLY = 0o600


def write_state(
    home: Home, municipality: str, version: int, protected: Sequence[Protected]
) -> None:
    """Write what is behind a version, in the place of one that was never shared."""
    file = _file(home, municipality, version)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    rows = [
        {
            "month": one.block.month,
            "service_area": one.block.service_area,
            "shape": list(one.shown.shape),
            "counts": one.block.counts.ravel().tolist(),
            "shown": one.shown.ravel().tolist(),
            "worst_margin": int(one.worst_margin),
            "margin_bound": float(one.margin_bound),
            "held_back": bool(one.held_back),
        }
        for one in protected
    ]
    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), content, compression="zstd")
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as written:
        written.write(content.getvalue())
        written.flush()
        os.fsync(written.fileno())
    fresh.replace(file)
    sync_folder(file.parent)


def read_state(home: Home, municipality: str, version: int) -> list[Protected]:
    """Return what is behind a version that was shared. Raises SamordnaError where it is gone."""
    from dagster_project.disclosure.protect import Block, Protected  # noqa: PLC0415

    file = _file(home, municipality, version)
    try:
        rows = pq.read_table(file).to_pylist()
    except (OSError, pa.ArrowException):
        raise SamordnaError("share_state_lost", path=str(file)) from None
    return [
        Protected(
            Block(row["month"], row["service_area"], _counts(row, "counts")),
            _counts(row, "shown"),
            row["worst_margin"],
            row["margin_bound"],
            row["held_back"],
        )
        for row in rows
    ]


def _counts(row: dict[str, list[int]], column: str) -> np.ndarray:
    return np.array(row[column], dtype=np.int64).reshape(row["shape"])


def _file(home: Home, municipality: str, version: int) -> Path:
    return home.share_state / municipality / f"{version}.parquet"
