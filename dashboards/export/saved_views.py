"""Views that readers keep by name, for everybody who reads this installation.

A view is a page and an address; what it shows is counted anew whenever it is opened. The file lies
in the home's state folder and is replaced whole, under a lock: two readers may save at once.
"""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum

from filelock import FileLock

from dagster_project.config.paths import Home
from dagster_project.identity.detection import looks_like_person_id
from dagster_project.storage import DamagedError, read_kept, write_kept
from dashboards.view.state import Parameter, Query

LONGEST_NAME = 60
MOST_VIEWS = 200
# Letters and digits, and the marks that names of views are written with: nothing that is markup.
_NOT_IN_NAMES = re.compile(r"[^\w .,:;()/+&%?'–-]|_")


class Refusal(StrEnum):
    """Why a view is not kept; each has its sentence in the locale files."""

    NO_NAME = "no_name"
    NAME_TAKEN = "name_taken"
    LOOKS_LIKE_ID = "looks_like_id"
    TOO_MANY = "too_many"
    NOT_WRITTEN = "not_written"
    DAMAGED = "damaged"


class ViewsError(Exception):
    """A view cannot be kept, or those that are kept cannot be read."""

    def __init__(self, reason: Refusal) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class SavedView:
    """One view by its name: the page, and what its address says but for the language."""

    id: str
    name: str
    page: str
    query: Mapping[str, Sequence[str]]


def cleaned(name: str) -> str:
    """Return a name as it is kept; raise ViewsError where nothing may be kept under it."""
    composed = unicodedata.normalize("NFKC", name)
    plain = " ".join(_NOT_IN_NAMES.sub(" ", composed).split())[:LONGEST_NAME].strip()
    if not any(letter.isalnum() for letter in plain):
        raise ViewsError(Refusal.NO_NAME)
    # Nobody's number becomes a name, however it is written.
    if looks_like_person_id(name) or looks_like_person_id(plain):
        raise ViewsError(Refusal.LOOKS_LIKE_ID)
    return plain


def saved_views(home: Home) -> tuple[SavedView, ...]:
    """Return the views that are kept, by name."""
    return tuple(sorted(_read(home), key=lambda view: view.name.casefold()))


def save(home: Home, name: str, page: str, query: Query) -> SavedView:
    """Keep a view under a name that no other has."""
    kept_query = {
        each: list(values) for each, values in query.items() if each != Parameter.LANGUAGE
    }
    if any(looks_like_person_id(value) for values in kept_query.values() for value in values):
        raise ViewsError(Refusal.LOOKS_LIKE_ID)
    view = SavedView(secrets.token_hex(6), cleaned(name), page, kept_query)
    with _writing(home):
        views = _read(home)
        if view.name.casefold() in {each.name.casefold() for each in views}:
            raise ViewsError(Refusal.NAME_TAKEN)
        if len(views) >= MOST_VIEWS:
            raise ViewsError(Refusal.TOO_MANY)
        _write(home, [*views, view])
    return view


def delete(home: Home, identity: str) -> None:
    """Drop a view; one that somebody else has dropped already is no matter."""
    with _writing(home):
        _write(home, [view for view in _read(home) if view.id != identity])


def _read(home: Home) -> list[SavedView]:
    try:
        kept = read_kept(home.saved_views)
        return [_view(entry) for entry in kept["views"]] if kept else []
    except (DamagedError, OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ViewsError(Refusal.DAMAGED) from None


def _view(entry: dict[str, object]) -> SavedView:
    query = entry["query"]
    if not isinstance(query, dict):
        raise TypeError("a view's address is a table of names and values")
    return SavedView(
        id=str(entry["id"]),
        name=str(entry["name"]),
        page=str(entry["page"]),
        query={str(name): [str(value) for value in values] for name, values in query.items()},
    )


def _write(home: Home, views: list[SavedView]) -> None:
    content = json.dumps({"views": [asdict(view) for view in views]}, ensure_ascii=False, indent=1)
    try:
        write_kept(home.saved_views, content + "\n")
    except OSError:
        raise ViewsError(Refusal.NOT_WRITTEN) from None


@contextmanager
def _writing(home: Home) -> Iterator[None]:
    """Hold the lock of the file; the system lets go of it for a process that ends."""
    lock = home.saved_views.with_suffix(".lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held = FileLock(lock, fallback_to_soft=False).acquire()
    except OSError:
        raise ViewsError(Refusal.NOT_WRITTEN) from None
    with held:
        yield
