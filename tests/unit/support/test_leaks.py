"""The leak search finds a planted person in every form it looks for: otherwise 0 hits say nothing."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import random
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.leaks import Planted, Search
from tests.support.persons import fnr
from tests.support.spellings import forms_of_name, spell

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


def _in_parquet(path: Path, text: str) -> None:
    table = pa.table({"a": [1], "t": [text]})
    pq.write_table(table, path, compression="zstd")


def _in_duckdb(path: Path, text: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table t as select ? as x", [text])


def _in_sqlite(path: Path, text: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (x)")
        connection.execute("insert into t values (?)", [text])


def _in_zip(path: Path, text: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", text)


KINDS_OF_FILE: dict[str, Callable[[Path, str], object]] = {
    "text": lambda path, text: path.write_text(f"x; {text} ;y", encoding="utf-8"),
    "json": lambda path, text: path.write_text(json.dumps({"a": text}), encoding="utf-8"),
    "gzip": lambda path, text: path.write_bytes(gzip.compress(text.encode())),
    "zip": _in_zip,
    "parquet": _in_parquet,
    "duckdb": _in_duckdb,
    "sqlite": _in_sqlite,
}


@pytest.mark.parametrize("kind", KINDS_OF_FILE)
def test_an_id_is_found_in_whatever_spelling_in_every_kind_of_file(
    tmp_path: Path, kind: str
) -> None:
    chance = random.Random(11)
    persons = [Planted(fnr("1990-05-03", n), f"Qvx{n}", f"Zjw{n}") for n in range(150)]
    written = {person.fnr: spell(person.fnr, chance) for person in persons}
    apart = f"\n{'x' * 99}\n"
    KINDS_OF_FILE[kind](tmp_path / "file", apart.join(written.values()))
    search = Search(persons)
    search.tree(tmp_path)
    missed = written.keys() - {what for what, _, _ in search.found}
    assert [ascii(written[one]) for one in missed] == []


@pytest.mark.parametrize("form", forms_of_name(PERSON.given, PERSON.surname))
def test_a_name_is_found_in_whatever_form(tmp_path: Path, form: str) -> None:
    text = forms_of_name(PERSON.given, PERSON.surname)[form]
    for number, write in enumerate(KINDS_OF_FILE.values()):
        write(tmp_path / f"{number}", text)
    search = Search([PERSON])
    search.tree(tmp_path)
    found = {Path(where).name for _, where, _ in search.found}
    assert found == {f"{number}" for number in range(len(KINDS_OF_FILE))}


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
