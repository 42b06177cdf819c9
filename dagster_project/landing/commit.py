"""Taking what was read into use: what its checks say of a delivery, and which of a day count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from dagster_project.config.paths import Home
from dagster_project.landing.deliveries import (
    CheckResult,
    ManifestEntry,
    Status,
    Unchecked,
    broken,
    newest_of_files,
    replaces,
)
from dagster_project.landing.reading import Reading
from dagster_project.landing.same_day import REPLACED, Registrations, days_of
from dagster_project.problems import Problem, SamordnaError

_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


def commit(reading: Reading, delivery: Unchecked, checks: list[CheckResult]) -> None:
    """Take a delivery into use, or hold it back where a check does not hold."""
    entry = delivery.entry.model_copy(update={"checks": checks})
    if (failed := broken(checks)) and not delivery.accepted:
        names = ", ".join(dict.fromkeys(_check_name(check) for check in failed))
        params = {"source": entry.source, "file": entry.file, "checks": names}
        problem = Problem("held", params)
        entry = entry.model_copy(update={"status": Status.HELD, "problem": problem.as_dict()})
        reading.outcome.problems.append(problem)
    same_file = reading.of_file(entry)
    reading.write(entry)
    for other in same_file:
        # Another reading of the same content, or a failure that is mended now: gone.
        mended = other.status is Status.FAILED or other.unread
        anew = other.content_key == entry.content_key or mended
        if anew and other.key != entry.key:
            reading.forget(other)
    reading.outcome.landed.append(entry)


def drop_damaged(reading: Reading, home: Home) -> None:
    """Drop the damaged entries whose files have landed anew.

    Raises SamordnaError where a delivery is lost: the register would shrink without it.
    """
    # What landed anew under the same name lies in the place of the damaged one.
    healed = {reading.manifest.path(entry) for entry in reading.entries}
    for damaged in set(reading.damaged) - healed:
        if not any(replaces(entry, damaged) for entry in reading.entries):
            raise SamordnaError(
                "delivery_damaged",
                source=reading.source.name,
                file=home.relative(damaged),
                inbox=reading.source.files.pattern,
            )
        reading.manifest.drop(damaged)


def arrange_days(
    reading: Reading, registrations: Registrations, label: Callable[[str], str]
) -> None:
    """Say of the deliveries of one day which count, and why the others do not."""
    manifest = reading.manifest
    landed = newest_of_files(reading.entries)
    newest = {entry.file_key: entry.landed_at for entry in landed}
    held = [
        entry
        for entry in reading.entries
        if entry.status is Status.HELD
        and entry.parquet
        and entry.municipality == reading.municipality
        and entry.landed_at > newest.get(entry.file_key, _LONG_AGO)
    ]
    deliveries = [Unchecked(entry, manifest.parquet_path(entry)) for entry in (*landed, *held)]
    days = days_of(reading.source, deliveries, registrations, label)
    problems = reading.outcome.problems
    by_key = {each.entry.key: each.entry for each in deliveries}
    for day in days:
        for each in day.counting:
            _rewrite(reading, each.entry, Status.LANDED)
        for key, later in day.replaced.items():
            entry, other = by_key[key], later.entry
            params = {"source": entry.source, "file": entry.file, "other": other.file}
            problem = Problem(REPLACED, params)
            _rewrite(reading, entry, Status.LANDED, problem, replaced_by=other.key)
            if day is days[-1] and entry.file_key != other.file_key:
                problems.append(problem)
        for key, problem in day.held.items():
            _rewrite(reading, by_key[key], Status.HELD, problem)
            problems.append(problem)


def _rewrite(
    reading: Reading,
    entry: ManifestEntry,
    status: Status,
    problem: Problem | None = None,
    replaced_by: str | None = None,
) -> None:
    as_stored = problem.as_dict() if problem else None
    update = {"status": status, "problem": as_stored, "replaced_by": replaced_by}
    changed = entry.model_copy(update=update)
    if changed != entry:
        reading.write(changed)


def _check_name(check: CheckResult) -> str:
    return f"{check.check} ({check.column})" if check.column else check.check
