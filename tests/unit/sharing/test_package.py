"""The form of a package: the same content has the same bytes, and a month is read alone."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from dagster_project.sharing.opening import open_package, unpack
from dagster_project.sharing.package import (
    COUNTS,
    MEMBERS,
    Block,
    Manifest,
    canonical_json,
    counts_table,
    pack,
    parquet_bytes,
    with_margins,
)
from tests.support.share_packages import AREAS, KEYS, MONTHS, PLAN, made


def test_the_same_content_has_the_same_bytes() -> None:
    first, again = made.__wrapped__(1).bytes(), made.__wrapped__(1).bytes()
    assert first == again
    names = [entry.filename for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()]
    assert tuple(names) == MEMBERS


def test_blocks_in_any_order_are_the_same_table() -> None:
    blocks = [
        Block(month, area, np.full(PLAN.shape, 5 * number))
        for number, (month, area) in enumerate((m, a) for m in MONTHS[:2] for a in AREAS)
    ]
    forth, back = (parquet_bytes(counts_table(each, PLAN)) for each in (blocks, blocks[::-1]))
    assert forth == back


def test_a_manifest_is_canonical_json() -> None:
    manifest = made().package().manifest
    content = manifest.canonical()
    assert Manifest.model_validate_json(content).canonical() == content
    assert b" " not in content.replace(manifest.definition_set.encode(), b"")
    assert canonical_json({"å": 1, "a": [True, None]}) == '{"a":[true,null],"å":1}'.encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "1"}, {"version": 1.0}, {"version": 0}, {"base": 4}, {"month": "2025-13"},
        {"municipality_code": "46020"}, {"more": 1}, {"definition_set": "Ola\nNordmann"},
        {"margin_bound": float("inf")}, {"previous": "0"}, {"method": "suppression"},
    ],
)  # fmt: skip
def test_a_manifest_holds_nothing_but_what_is_written_of_it(changes: dict[str, object]) -> None:
    said = {**made().manifest, "tables": {}}
    Manifest.model_validate(said)
    with pytest.raises(ValidationError):
        Manifest.model_validate({**said, **changes})


def test_margins_are_the_sums_of_their_cells() -> None:
    counts = np.arange(24).reshape(4, 3, 2)
    whole = with_margins(counts)
    assert whole.shape == (5, 4, 3)
    assert whole[-1, -1, -1] == counts.sum()
    assert np.array_equal(whole[:-1, -1, 0], counts[:, :, 0].sum(axis=1))


def test_a_month_is_a_row_group_of_its_own() -> None:
    file = pq.ParquetFile(io.BytesIO(made(2).members()[COUNTS]))
    months = [
        file.metadata.row_group(group).column(0).statistics for group in range(file.num_row_groups)
    ]
    assert [(each.min, each.max) for each in months] == [(month, month) for month in MONTHS]


def test_a_package_opened_is_the_package_made() -> None:
    content = made().bytes()
    package = open_package(content, KEYS, "4602-2025-12-v1.zip")
    assert pack(package.members) == content
    assert package.manifest.file_name == "4602-2025-12-v1.zip"
    assert unpack(content) == package
