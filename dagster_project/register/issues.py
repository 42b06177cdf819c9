"""Issues: findings that somebody should act on, from the day they are found to their correction.

What an event makes of an issue is said once, in `after`; the table `issue` holds what the events so
far come to, and `replayed` makes it of the events alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from dagster_project.problems import SamordnaError
from dagster_project.register.database import Register
from dagster_project.register.events import (
    SYSTEM,
    Event,
    EventKind,
    actor_named,
    append,
    events_of,
    written_by_people,
)
from dagster_project.register.schema import LONGEST_ACTOR, event, issue

# Databases bind so many values at a time, and some more.
_AT_ONCE = 500


class State(StrEnum):
    """Where an issue stands."""

    NEW = "new"
    ASSIGNED = "assigned"
    SENT = "sent"
    REOPENED = "reopened"
    CORRECTED = "corrected"
    ACCEPTED = "accepted"
    NOT_OURS = "not_ours"


# Those that wait for somebody.
OPEN = frozenset({State.NEW, State.ASSIGNED, State.SENT, State.REOPENED})


@dataclass(frozen=True)
class Finding:
    """What the newest publication says of an issue: which row of which delivery, and what of it."""

    id: str
    municipality_code: str
    rule: str
    record: str
    source: str
    delivery: str
    row_number: int
    registration_id: str | None
    column_name: str | None
    detail: str | None
    first_seen: dt.date


@dataclass(frozen=True)
class Issue:
    """An issue as it stands.

    `version` is the number of its events, `reopened` how often it came back. `proof` names the
    sources and deliveries since which a corrected one is gone: its own source's where that has
    delivered, else those that have; none where a rule or a setting was changed.
    """

    finding: Finding
    state: State
    changed_at: dt.datetime
    version: int
    owner: str | None = None
    accepted_until: dt.date | None = None
    reason: str | None = None
    reopened: int = 0
    proof: tuple[tuple[str, str], ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody."""
        return self.state in OPEN


@dataclass(frozen=True)
class Action:
    """What somebody does with issues: the event that it makes of each of them."""

    kind: EventKind
    content: Mapping[str, Any]


def assign(owner: str) -> Action:
    """Return the action that gives issues to a unit or a role. Raises SamordnaError without one."""
    return Action(
        EventKind.ISSUE_ASSIGNED, {"owner": _required(owner, "register_owner", LONGEST_ACTOR)}
    )


def send(to: str) -> Action:
    """Return the action that notes issues as sent to whoever corrects them."""
    return Action(EventKind.ISSUE_SENT, {"owner": _required(to, "register_owner", LONGEST_ACTOR)})


def comment(text: str) -> Action:
    """Return the action that says something of issues. Raises SamordnaError without words."""
    return Action(EventKind.ISSUE_COMMENTED, {"text": _required(text, "register_text")})


def accept(reason: str, until: dt.date, today: dt.date) -> Action:
    """Return the action that lets issues stand until a day, for a reason.

    Raises SamordnaError without a reason, or where the day is past or more than two years ahead:
    what is accepted for good is a rule, not an exception.
    """
    if not today <= until <= today + dt.timedelta(days=731):
        raise SamordnaError("register_until", first=today.isoformat())
    why = _required(reason, "register_reason")
    return Action(EventKind.ISSUE_ACCEPTED, {"reason": why, "until": until.isoformat()})


def not_ours(reason: str) -> Action:
    """Return the action that says why issues are not ours. Raises SamordnaError without why."""
    return Action(EventKind.ISSUE_NOT_OURS, {"reason": _required(reason, "register_reason")})


@dataclass(frozen=True)
class Outcome:
    """What an action came to: how many issues changed, and those that others had changed since."""

    changed: int
    overtaken: tuple[Issue, ...]


def act(register: Register, seen: Mapping[str, int], action: Action, actor: str) -> Outcome:
    """Do something with issues, each at the version that whoever acts has seen of it.

    One that has changed since is left as it is and returned, so that its reader sees what came
    between. Raises SamordnaError where nobody is named, RegisterError where nothing is kept.
    """
    by = actor_named(actor)
    with register.writing() as connection:
        found = issues_by_id(connection, seen)
        meant = [each for key, each in found.items() if each.version == seen[key]]
        record(
            connection,
            found,
            [
                Event(
                    action.kind, each.finding.id, by, action.content, each.finding.municipality_code
                )
                for each in meant
            ],
        )
    overtaken = tuple(each for key, each in found.items() if each.version != seen[key])
    return Outcome(len(meant), overtaken)


def after(before: Issue | None, happened: Event) -> Issue:
    """Return what an event makes of an issue. Raises ValueError where it is of no issue."""
    content = happened.content
    if happened.kind == EventKind.ISSUE_OPENED:
        return Issue(_finding(content), State.NEW, happened.at, 1)
    if before is None:
        raise ValueError("an issue begins by being opened")
    now = replace(before, changed_at=happened.at, version=before.version + 1)
    if happened.kind is EventKind.ISSUE_COMMENTED:
        return now
    # Whatever it was accepted for is over when something else is made of it.
    now = replace(now, accepted_until=None, reason=None)
    match happened.kind:
        case EventKind.ISSUE_CORRECTED:
            proof = tuple((source, delivery) for source, delivery in content["proof"])
            return replace(now, state=State.CORRECTED, proof=proof)
        case EventKind.ISSUE_REOPENED:
            return replace(
                now,
                finding=_finding(content),
                state=State.REOPENED,
                reopened=before.reopened + 1,
                proof=(),
            )
        case EventKind.ISSUE_ACCEPTANCE_EXPIRED:
            return replace(now, state=State.REOPENED)
        case EventKind.ISSUE_ASSIGNED:
            return replace(now, state=State.ASSIGNED, owner=content["owner"])
        case EventKind.ISSUE_SENT:
            return replace(now, state=State.SENT, owner=content["owner"])
        case EventKind.ISSUE_ACCEPTED:
            until = dt.date.fromisoformat(content["until"])
            why = content["reason"]
            return replace(now, state=State.ACCEPTED, accepted_until=until, reason=why)
        case EventKind.ISSUE_NOT_OURS:
            return replace(now, state=State.NOT_OURS, reason=content["reason"])
    raise ValueError(f"{happened.kind} is of no issue")


def record(
    connection: sa.Connection, found: Mapping[str, Issue], happened: Sequence[Event]
) -> dict[str, Issue]:
    """Write events of issues and what they make of them, in the caller's transaction.

    `found` are the issues as they were. Returns those that the events are of, as they are now.
    """
    append(connection, happened)
    now = dict(found)
    for each in happened:
        now[each.subject] = after(now.get(each.subject), each)
    changed = {each.subject: now[each.subject] for each in happened}
    fresh = [_row(each) for key, each in changed.items() if key not in found]
    if fresh:
        connection.execute(issue.insert(), fresh)
    known = [
        {f"new_{name}": value for name, value in _row(each).items()} | {"key": key}
        for key, each in changed.items()
        if key in found
    ]
    _update(connection, known, issue.columns.keys())
    return changed


def issues_of(register: Register, municipality: str) -> tuple[Issue, ...]:
    """Return the issues of a municipality, the oldest first."""
    with register.reading() as connection:
        return in_municipality(connection, municipality)


def history_of(register: Register, identity: str) -> tuple[Event, ...]:
    """Return what happened to an issue, the oldest first."""
    with register.reading() as connection:
        return events_of(connection, identity)


def in_municipality(connection: sa.Connection, municipality: str) -> tuple[Issue, ...]:
    """Return the issues of a municipality, within the caller's transaction."""
    its_own = issue.select().where(issue.c.municipality_code == municipality)
    rows = connection.execute(its_own.order_by(issue.c.first_seen, issue.c.id))
    return tuple(_issue(row) for row in rows)


def issues_by_id(connection: sa.Connection, wanted: Iterable[str]) -> dict[str, Issue]:
    """Return those of the issues that there are, within the caller's transaction."""
    keys = sorted(wanted)
    found: dict[str, Issue] = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        for row in connection.execute(issue.select().where(issue.c.id.in_(some))):
            found[row.id] = _issue(row)
    return found


def replayed(connection: sa.Connection) -> dict[str, Issue]:
    """Return every issue as its events alone make it.

    What the table holds is equal to it, but for where the findings stand in the newest delivery.
    """
    made: dict[str, Issue] = {}
    kinds = [kind.value for kind in EventKind if kind.name.startswith("ISSUE_")]
    for row in connection.execute(
        event.select().where(event.c.kind.in_(kinds)).order_by(event.c.number)
    ):
        happened = Event(
            EventKind(row.kind), row.subject, row.actor, row.content, row.municipality_code, row.at
        )
        made[row.subject] = after(made.get(row.subject), happened)
    return made


def move(connection: sa.Connection, findings: Iterable[Finding]) -> None:
    """Note where findings stand in the newest delivery: nobody did anything, so it is no event."""
    places = [
        {
            "key": each.id,
            "new_delivery": each.delivery,
            "new_row_number": each.row_number,
            "new_detail": each.detail,
        }
        for each in findings
    ]
    _update(connection, places, ("delivery", "row_number", "detail"))


def opened(finding: Finding, kind: EventKind, at: dt.datetime) -> Event:
    """Return the event by which a finding becomes an issue, or is there again."""
    content = {**asdict(finding), "first_seen": finding.first_seen.isoformat()}
    return Event(kind, finding.id, SYSTEM, content, finding.municipality_code, at)


def _finding(content: Mapping[str, Any]) -> Finding:
    values = {each.name: content[each.name] for each in fields(Finding)}
    return Finding(**{**values, "first_seen": dt.date.fromisoformat(content["first_seen"])})


def _row(each: Issue) -> dict[str, Any]:
    return {
        **asdict(each.finding),
        "state": each.state.value,
        "changed_at": each.changed_at,
        "version": each.version,
        "owner": each.owner,
        "accepted_until": each.accepted_until,
        "reason": each.reason,
        "reopened": each.reopened,
        "proof": [list(pair) for pair in each.proof],
    }


def _issue(row: sa.Row[Any]) -> Issue:
    return Issue(
        finding=Finding(**{each.name: getattr(row, each.name) for each in fields(Finding)}),
        state=State(row.state),
        changed_at=row.changed_at,
        version=row.version,
        owner=row.owner,
        accepted_until=row.accepted_until,
        reason=row.reason,
        reopened=row.reopened,
        proof=tuple((source, delivery) for source, delivery in row.proof or ()),
    )


def _update(
    connection: sa.Connection, rows: Sequence[Mapping[str, Any]], names: Iterable[str]
) -> None:
    if not rows:
        return
    values: dict[str, sa.ColumnElement[Any]] = {name: sa.bindparam(f"new_{name}") for name in names}
    of_one = issue.update().where(issue.c.id == sa.bindparam("key"))
    connection.execute(of_one.values(values), rows)


def _required(text: str, missing: str, longest: int | None = None) -> str:
    plain = written_by_people(text, longest) if longest else written_by_people(text)
    if not plain:
        raise SamordnaError(missing)
    return plain
