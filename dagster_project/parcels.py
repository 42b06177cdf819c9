"""A part carried between machines, as one file: what it is built of, and what was made of it.

What it is built of is what has landed and what the warehouse is told of it: pseudonyms, and never
an id, a name or a key.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.built import find, lead_home, put_in_place
from dagster_project.code_version import code_version
from dagster_project.config.paths import Home
from dagster_project.contract import RECORD_TYPES
from dagster_project.landing.catalogue import Catalogue
from dagster_project.parts import Part
from dagster_project.problems import SamordnaError
from dagster_project.storage import read_json, sync_file

_ENTRY, _CATALOGUE, _LANDED = "inputs.json", "catalogue", "landed"


def pack(part: Part, file: Path) -> None:
    """Write what a part is built of into a file."""
    entry = {
        "municipalities": part.municipalities,
        "inputs": part.inputs,
        "made_with": part.made_with,
        "made_by": code_version(),
    }
    with _written(file) as tar:
        _add(tar, _ENTRY, json.dumps(entry).encode())
        for name, rows in part.catalogue.typed().items():
            content = io.BytesIO()
            pq.write_table(rows, content)
            _add(tar, f"{_CATALOGUE}/{name}.parquet", content.getvalue())
        for record, files in part.catalogue.files.items():
            for number, path in enumerate(files):
                # Numbered, so that they are read in the order that they were in.
                tar.add(path, f"{_LANDED}/{record}/{number:06}.parquet", filter=_of_nobody)


def unpack(file: Path, folder: Path) -> Part:
    """Return the part of a file that `pack` wrote; what it is built of lies in the folder then.

    Raises SamordnaError where other code, rules or tools than those that are here planned it: they
    may count otherwise.
    """
    _extract(file, folder)
    entry = read_json(folder / _ENTRY)
    tables = {
        table.stem: pq.read_table(table).to_pylist()
        for table in (folder / _CATALOGUE).glob("*.parquet")
    }
    files = {
        record: tuple(sorted((folder / _LANDED / record).glob("*.parquet")))
        for record in RECORD_TYPES
    }
    part = Part(
        tuple(entry["municipalities"]),
        Catalogue(tables, files),
        entry["inputs"],
        entry["made_with"],
    )
    if entry["made_by"] != code_version():
        raise SamordnaError(
            "worker_of_another_version",
            worker=os.uname().nodename,
            municipality=part.place,
            has=code_version()[:12],
            wanted=entry["made_by"][:12],
        )
    return part


def pack_made(made_in: Home, file: Path) -> None:
    """Write what was made in a home into a file: the part, or what was wrong with its models."""
    with _written(file) as tar:
        for folder in (made_in.warehouse, made_in.dbt_target):
            if folder.exists():
                tar.add(folder, made_in.relative(folder), filter=_of_nobody)


def take_in(file: Path, home: Home, part: Part) -> bool:
    """Have in a home what `pack_made` wrote of a part, and return whether the part came whole."""
    made_in = Home(home.work / file.stem)
    _extract(file, made_in.root)
    if made_in.dbt_target.exists():
        shutil.copytree(made_in.dbt_target, home.dbt_target, dirs_exist_ok=True)
    built = find(made_in, part)
    if built is None:
        return False
    lead_home(built, part)
    put_in_place(built.folder, home)
    return True


@contextmanager
def _written(file: Path) -> Iterator[tarfile.TarFile]:
    """Open a file to be written. A warehouse of few rows is mostly empty, and so a twentieth."""
    with (
        pa.output_stream(str(file), compression="zstd") as content,
        tarfile.open(fileobj=content, mode="w|") as tar,
    ):
        yield tar


def _extract(file: Path, folder: Path) -> None:
    """Have the content of a file below a folder, on the disk, and nothing outside of it."""
    with (
        pa.input_stream(str(file), compression="zstd") as content,
        tarfile.open(fileobj=content, mode="r|") as tar,
    ):
        tar.extractall(folder, filter="data")
    for path in folder.rglob("*"):
        if path.is_file():
            sync_file(path)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def _of_nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out whose file it was, for a user's name may be a person's, and what others may."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode &= 0o700
    return entry
