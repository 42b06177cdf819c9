"""The events of the register: who did what, to what, when.

An event is written in the transaction of the state that it leads to, so that there is never one
without the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from dagster_project.identity.detection import looks_like_person_id
from dagster_project.problems import SamordnaError
from dagster_project.register.database import moment
from dagster_project.register.schema import LONGEST_ACTOR, LONGEST_TEXT, event

# Who does what nobody asked for: what a run finds.
SYSTEM = "samordna"
# Whoever reads the pages, where nobody has to say who she is.
READER = "reader"


class EventKind(StrEnum):
    """What can happen in the register."""

    VIEW_SAVED = "view_saved"
    VIEW_DELETED = "view_deleted"
    ISSUE_OPENED = "issue_opened"
    ISSUE_CORRECTED = "issue_corrected"
    ISSUE_REOPENED = "issue_reopened"
    ISSUE_ASSIGNED = "issue_assigned"
    ISSUE_SENT = "issue_sent"
    ISSUE_COMMENTED = "issue_commented"
    ISSUE_ACCEPTED = "issue_accepted"
    ISSUE_ACCEPTANCE_EXPIRED = "issue_acceptance_expired"
    ISSUE_NOT_OURS = "issue_not_ours"


@dataclass(frozen=True)
class Event:
    """One thing that happened. `content` holds what the kind says: JSON, never a person's id."""

    kind: EventKind
    subject: str
    actor: str
    content: Mapping[str, Any] = field(default_factory=dict)
    municipality_code: str | None = None
    at: dt.datetime = field(default_factory=moment)


def append(connection: sa.Connection, events: Iterable[Event]) -> None:
    """Write events, in their order, in the transaction of the caller."""
    rows = [
        {
            "at": each.at,
            "actor": each.actor,
            "kind": each.kind.value,
            "subject": each.subject,
            "municipality_code": each.municipality_code,
            "content": dict(each.content),
        }
        for each in events
    ]
    if rows:
        connection.execute(event.insert(), rows)


def events_of(connection: sa.Connection, subject: str) -> tuple[Event, ...]:
    """Return what happened to one thing, the oldest first."""
    found = connection.execute(
        event.select().where(event.c.subject == subject).order_by(event.c.number)
    )
    return tuple(
        Event(
            EventKind(row.kind),
            row.subject,
            row.actor,
            row.content,
            row.municipality_code,
            row.at,
        )
        for row in found
    )


def written_by_people(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return what somebody wrote as it is kept: in one spelling, without signs that are not seen.

    Raises SamordnaError where it holds a person's id, or is longer than `longest` letters.
    """
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if looks_like_person_id(text) or looks_like_person_id(plain):
        raise SamordnaError("register_text_id")
    if len(plain) > longest:
        raise SamordnaError("register_text_long", most=longest)
    return plain


def actor_named(name: str) -> str:
    """Return who acts, as it is kept. Raises SamordnaError where nobody is named."""
    plain = written_by_people(name, LONGEST_ACTOR)
    if not plain:
        raise SamordnaError("register_nobody")
    return plain
