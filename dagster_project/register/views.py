"""The views that readers keep by name, in the register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from dagster_project.config.paths import Home
from dagster_project.register.database import Register
from dagster_project.register.events import SYSTEM, Event, EventKind, append
from dagster_project.register.schema import saved_view
from dagster_project.storage import DamagedError, read_kept, remove_kept

MOST_VIEWS = 200


class NameTakenError(Exception):
    """Another view has the name already."""


class TooManyError(Exception):
    """No more views are kept than `MOST_VIEWS`."""


@dataclass(frozen=True)
class SavedView:
    """One view by its name: the page, and what its address says but for the language."""

    id: str
    name: str
    page: str
    query: Mapping[str, Sequence[str]]


def saved_views(register: Register) -> tuple[SavedView, ...]:
    """Return the views that are kept, by name."""
    with register.reading() as connection:
        return _views(connection)


def save(register: Register, view: SavedView, actor: str) -> None:
    """Keep a view. Raises NameTakenError or TooManyError, and then keeps nothing."""
    with register.writing() as connection:
        kept = _views(connection)
        if view.name.casefold() in {each.name.casefold() for each in kept}:
            raise NameTakenError
        if len(kept) >= MOST_VIEWS:
            raise TooManyError
        _keep(connection, view, actor)


def delete(register: Register, identity: str, actor: str) -> None:
    """Drop a view; one that somebody else has dropped already is no matter."""
    with register.writing() as connection:
        gone = connection.execute(saved_view.delete().where(saved_view.c.id == identity))
        if gone.rowcount:
            append(connection, [Event(EventKind.VIEW_DELETED, identity, actor)])


def move_in(register: Register, home: Home) -> None:
    """Take in the views of the file that they were kept in before there was a register.

    Raises DamagedError where the file cannot be read: it is left as it is, until somebody has
    mended it or put it away.
    """
    if not home.former_views.exists():
        return
    try:
        former = [_former(entry) for entry in read_kept(home.former_views)["views"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DamagedError(home.former_views) from None
    with register.writing() as connection:
        kept = _views(connection)
        ids, names = {each.id for each in kept}, {each.name.casefold() for each in kept}
        for each in former:
            if each.id in ids or each.name.casefold() in names:
                continue
            _keep(connection, each, SYSTEM)
            ids.add(each.id)
            names.add(each.name.casefold())
    remove_kept(home.former_views)


def _former(entry: Mapping[str, object]) -> SavedView:
    query = entry["query"]
    if not isinstance(query, dict):
        raise TypeError("a view's address is a table of names and values")
    return SavedView(
        id=str(entry["id"]),
        name=str(entry["name"]),
        page=str(entry["page"]),
        query={str(name): [str(value) for value in values] for name, values in query.items()},
    )


def _keep(connection: sa.Connection, view: SavedView, actor: str) -> None:
    content = {**asdict(view), "query": {name: list(of) for name, of in view.query.items()}}
    connection.execute(saved_view.insert().values(**content, name_folded=view.name.casefold()))
    append(connection, [Event(EventKind.VIEW_SAVED, view.id, actor, content)])


def _views(connection: sa.Connection) -> tuple[SavedView, ...]:
    rows = connection.execute(saved_view.select().order_by(saved_view.c.name_folded))
    return tuple(SavedView(row.id, row.name, row.page, row.query) for row in rows)
