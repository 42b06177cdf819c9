"""The ledger: what a publication's findings make of the issues in the register.

A finding that is new becomes an issue; an issue whose finding is gone is corrected, with the
delivery that proved it; one that comes back is reopened, and its history with it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from dagster_project.clock import today_here
from dagster_project.config.paths import Home
from dagster_project.problems import Problem, SamordnaError
from dagster_project.publication.reader.publication import (
    Publication,
    PublicationError,
    ask,
    current_publication,
)
from dagster_project.register.database import Register, moment, open_register
from dagster_project.register.events import SYSTEM, Event, EventKind
from dagster_project.register.issues import (
    Finding,
    Issue,
    State,
    in_municipality,
    move,
    opened,
    record,
)
from dagster_project.register.schema import issue, settled


@dataclass(frozen=True)
class Settled:
    """What a publication changed in the ledger of a municipality: numbers of issues."""

    opened: int
    corrected: int
    reopened: int
    expired: int

    @property
    def any(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.opened or self.corrected or self.reopened or self.expired)


def settle(
    register: Register, publication: Publication, municipality: str, today: dt.date
) -> Settled:
    """Hold the issues of a municipality against the findings of a publication.

    Done twice with the same publication it changes nothing. Raises RegisterError where the register
    cannot be written, and then nothing of it is.
    """
    findings = {each.id: each for each in findings_of(publication, municipality)}
    newest = _newest_deliveries(publication, municipality)
    with register.writing() as connection:
        known = {each.finding.id: each for each in in_municipality(connection, municipality)}
        last = connection.execute(
            settled.select().where(settled.c.municipality_code == municipality)
        ).one_or_none()
        at = moment()
        since = _Since(dict(last.deliveries) if last else {}, newest)
        happened = list(_happened(findings, known, since, today, at))
        changed = record(connection, known, happened)
        move(
            connection,
            (
                findings[key]
                for key, each in known.items()
                if key in findings and key not in changed and each.finding != findings[key]
            ),
        )
        _note(connection, municipality, _basis(publication, municipality), at, newest)
    return _counted(happened)


def settle_all(home: Home, today: dt.date | None = None) -> list[str]:
    """Hold the issues of every municipality against what is published now.

    Returns what a person should know. A register that cannot be written hinders no publication: the
    next run holds it against what is published then.
    """
    remarks = []
    try:
        publication = current_publication(home)
        register = open_register(home)
        day = today or today_here()
        for code in sorted(
            publication.as_of_by_municipality.keys() - _as_it_stands(register, publication, day)
        ):
            settled_now = settle(register, publication, code, day)
            if settled_now.any:
                counts = asdict(settled_now)
                remarks.append(str(Problem("issues_settled", {"municipality": code, **counts})))
    except PublicationError:
        # Whoever reads it is told so; there is nothing to hold anything against.
        return remarks
    except SamordnaError as error:
        remarks.append(str(error))
    return remarks


def _as_it_stands(register: Register, publication: Publication, today: dt.date) -> set[str]:
    """Return the municipalities whose issues nothing can have changed since they were settled."""
    its_own = sa.select(settled.c.municipality_code, settled.c.basis)
    over = sa.select(issue.c.municipality_code).where(issue.c.accepted_until < today)
    with register.reading() as connection:
        bases: dict[str, str] = {row[0]: row[1] for row in connection.execute(its_own)}
        expired = [row[0] for row in connection.execute(over)]
    return {code for code, basis in bases.items() if basis == _basis(publication, code)}.difference(
        expired
    )


def _basis(publication: Publication, municipality: str) -> str:
    """Return the digest of all that is asked of a publication here."""
    tables = publication.tables
    own = [
        tables[name]["municipalities"].get(municipality) for name in ("findings", "reconciliation")
    ]
    return hashlib.sha256(json.dumps([*own, tables["rule"]], sort_keys=True).encode()).hexdigest()


def findings_of(publication: Publication, municipality: str) -> tuple[Finding, ...]:
    """Return the findings that somebody should act on: those whose rule names a kind of error."""
    rows = ask(
        publication,
        """
        select
            finding_id, municipality_code, rule, record, source, delivery, row_number,
            registration_id, column_name, detail, first_seen
        from read_parquet($findings)
        where
            municipality_code = $municipality
            and is_current
            and rule in (select rule from read_parquet($rule) where error_kind is not null)
        order by first_seen, source, delivery, row_number, finding_id
        """,
        municipality=municipality,
    )
    return tuple(Finding(*row) for row in rows)


def _newest_deliveries(publication: Publication, municipality: str) -> dict[str, str]:
    rows = ask(
        publication,
        """
        select source, arg_max(delivery, (delivered, delivery))
        from read_parquet($reconciliation)
        where municipality_code = $municipality and status = 'in_force'
        group by source
        """,
        municipality=municipality,
    )
    return dict(rows)


@dataclass(frozen=True)
class _Since:
    """The newest delivery of each source: when the issues were last held against it, and now."""

    before: Mapping[str, str]
    now: Mapping[str, str]

    def proof(self, finding: Finding) -> list[tuple[str, str]]:
        """Return the deliveries since which a finding is gone: its own source's, else all."""
        own = self.now.get(finding.source)
        if own is not None and own != finding.delivery:
            return [(finding.source, own)]
        return sorted(
            (source, delivery)
            for source, delivery in self.now.items()
            if delivery != self.before.get(source)
        )


def _happened(
    findings: Mapping[str, Finding],
    known: Mapping[str, Issue],
    since: _Since,
    today: dt.date,
    at: dt.datetime,
) -> Iterator[Event]:
    for key, finding in findings.items():
        before = known.get(key)
        if before is None:
            yield opened(finding, EventKind.ISSUE_OPENED, at)
        elif before.state is State.CORRECTED or _came_back_wrong(before, finding):
            yield opened(finding, EventKind.ISSUE_REOPENED, at)
        elif before.accepted_until and before.accepted_until < today:
            code = finding.municipality_code
            yield Event(EventKind.ISSUE_ACCEPTANCE_EXPIRED, key, SYSTEM, {}, code, at)
    for key, before in known.items():
        if key not in findings and before.state is not State.CORRECTED:
            content = {"proof": since.proof(before.finding)}
            code = before.finding.municipality_code
            yield Event(EventKind.ISSUE_CORRECTED, key, SYSTEM, content, code, at)


def _came_back_wrong(before: Issue, finding: Finding) -> bool:
    """Return whether somebody was asked to correct it, and did: to something that is wrong, too."""
    return before.state is State.SENT and before.finding.detail != finding.detail


def _note(
    connection: sa.Connection,
    municipality: str,
    basis: str,
    at: dt.datetime,
    newest: Mapping[str, str],
) -> None:
    connection.execute(settled.delete().where(settled.c.municipality_code == municipality))
    connection.execute(
        settled.insert().values(
            municipality_code=municipality,
            basis=basis,
            at=at,
            deliveries=dict(newest),
        )
    )


def _counted(happened: Sequence[Event]) -> Settled:
    def number(kind: EventKind) -> int:
        return sum(each.kind is kind for each in happened)

    return Settled(
        opened=number(EventKind.ISSUE_OPENED),
        corrected=number(EventKind.ISSUE_CORRECTED),
        reopened=number(EventKind.ISSUE_REOPENED),
        expired=number(EventKind.ISSUE_ACCEPTANCE_EXPIRED),
    )
