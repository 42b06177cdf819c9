"""A folder that every machine of a run can reach: `s3://...`, or `file://...` on a shared disk.

Its address stands in `SAMORDNA_STORE`; what is needed to open it is told to its own library by the
environment (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL` and the like), and is written nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from dagster_project.problems import SamordnaError, no_room_left


class Store:
    """Files by their names. Every method raises SamordnaError where the store cannot be used."""

    def __init__(self, address: str) -> None:
        self._address = address
        with self._asked():
            # Others write there, too: what was listed before says nothing.
            self._system, self._root = fsspec.url_to_fs(address, use_listings_cache=False)
        if isinstance(self._system, LocalFileSystem):
            self._system.auto_mkdir = True

    def put(self, name: str, file: Path) -> None:
        """Store a file. It is there whole once this returns, and not before where it is `s3://`."""
        with self._asked():
            self._system.put_file(str(file), self._path(name))

    def get(self, name: str, file: Path) -> None:
        """Fetch a file."""
        with self._asked():
            self._system.get_file(self._path(name), str(file))

    def write_entry(self, name: str, what: Any) -> None:
        """Store something as JSON."""
        with self._asked():
            self._system.pipe_file(self._path(name), json.dumps(what).encode())

    def read_entry(self, name: str) -> Any:
        """Return what was stored as JSON, or None where there is none, or the half of one."""
        with self._asked():
            try:
                return json.loads(self._system.cat_file(self._path(name)))
            except (FileNotFoundError, ValueError):
                return None

    def names(self, below: str = "") -> list[str]:
        """Return the names of all files, or of those below a folder."""
        with self._asked():
            found: Iterable[str] = self._system.find(self._path(below))
        return sorted(path.removeprefix(self._path("")) for path in found)

    def remove(self, names: Iterable[str]) -> None:
        """Remove files; one that is gone already is."""
        with self._asked():
            for name in names:
                try:
                    self._system.rm_file(self._path(name))
                except FileNotFoundError:
                    continue

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    @contextmanager
    def _asked(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if no_room_left(error):
                raise
            # Its text may quote what opens the store.
            raise SamordnaError(
                "store_unusable", store=self._address, reason=type(error).__name__
            ) from None
