"""The leak search finds a planted person in every form it looks for: otherwise 0 hits say nothing."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.leaks import Planted, Search
from tests.persons import fnr

PERSON = Planted(fnr("1990-05-03", 4), "Qvxbade", "Zjwbade")


def _parquet(path: Path) -> None:
    duckdb.sql(
        f"copy (select '{PERSON.fnr}' as t from range(5000)) to '{path}' (format parquet, compression zstd)"
    )


def _duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create table t as select '{PERSON.fnr}' as x from range(5000)")


def _sqlite(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (x)")
        connection.execute("insert into t values (?)", [PERSON.fnr])


def _zip(path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", PERSON.fnr)
    path.write_bytes(content.getvalue())


FORMS: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_text(f"x {PERSON.fnr} y"),
    "within digits": lambda path: path.write_text(f"20240131{PERSON.fnr}99"),
    "parted": lambda path: path.write_text(f"{PERSON.fnr[:6]} {PERSON.fnr[6:]}"),
    "without zero": lambda path: path.write_text(str(int(PERSON.fnr))),
    "utf-16 le": lambda path: path.write_bytes(f"x{PERSON.fnr}".encode("utf-16-le")),
    "utf-16 be": lambda path: path.write_bytes(f"x{PERSON.fnr}".encode("utf-16-be")),
    "int64": lambda path: path.write_bytes(b"xx" + int(PERSON.fnr).to_bytes(8, "little")),
    "hex": lambda path: path.write_text(f"00{PERSON.fnr.encode().hex()}ff"),
    "base64 at any place": lambda path: path.write_bytes(
        base64.b64encode(b"ab" + PERSON.fnr.encode() + b"c")
    ),
    "sha256": lambda path: path.write_text(hashlib.sha256(PERSON.fnr.encode()).hexdigest()),
    "gzip": lambda path: path.write_bytes(gzip.compress(PERSON.fnr.encode() * 50)),
    "zip": _zip,
    "parquet": _parquet,
    "duckdb": _duckdb,
    "sqlite": _sqlite,
    "name": lambda path: path.write_text(json.dumps({"a": "NORDMANN ZJWBADE"})),
    "name in the middle": lambda path: path.write_text("bruker qvxbades plan"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_planted_person_is_found(tmp_path: Path, form: str) -> None:
    FORMS[form](tmp_path / "file")
    search = Search([PERSON])
    search.tree(tmp_path)
    assert search.found, form


def test_the_name_of_a_file_is_searched(tmp_path: Path) -> None:
    (tmp_path / f"plan {PERSON.fnr}.csv").write_text("")
    search = Search([PERSON])
    search.tree(tmp_path)
    assert search.found


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{fnr('1991-05-03', 4)} Kari Nordmann 12345678901234")
    _ = duckdb.sql(f"copy (select 'p1_abc' as t) to '{tmp_path / 'b.parquet'}' (format parquet)")
    search = Search([PERSON])
    search.tree(tmp_path)
    assert search.found == []
    assert search.files == 2
