"""What is counted beside the indicators, counted once more: teams, training, goals and the like.

Each cell is a table, a key of it, and the numbers that stand there.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator

import duckdb

from tests.oracle.recount import (
    DAY,
    NEVER,
    Municipality,
    Person,
    Row,
    folded,
    meaning,
    standard_age_group,
)

Cells = dict[tuple[str, ...], tuple[int, ...]]
# The columns of each table that tell its rows apart, and those that are counted.
TABLES = {
    "meeting_frequency": (("meetings_in_year",), ("persons", "meetings")),
    "active_team": (("meeting_form",), ("teams", "teams_with_coordinator", "meetings")),
    "plan_not_active": (("plan_status", "age_group"), ("persons", "persons_with_plan")),
    "primary_contact": (
        ("age_group",),
        (
            "target_group",
            "persons_with_coordinator",
            "persons_with_contact_only",
            "persons_outside",
        ),
    ),
    "training_need_status": (("topic", "need_status"), ("needs",)),
    "trained_coordinator": (
        ("service_area",),
        ("coordinators", "coordinators_trained", "coordinators_offered", "coordinators_unnamed"),
    ),
    "goal_followup": (
        ("months_since_first",),
        (
            "persons",
            "persons_followed",
            "persons_improved",
            "conversations",
            "conversations_of_the_year",
            "persons_due",
            "persons_evaluated",
        ),
    ),
}
_NOT_ACTIVE = ("in_preparation", "in_assessment", "dormant", "refused", "declined")
_FORMS = {"oppfolgingsteam": "follow_up_team", "ansvarsgruppe": "responsibility_group"}


def counted(warehouse: duckdb.DuckDBPyConnection) -> dict[tuple[str, dt.date], Cells]:
    """Return what the warehouse counts of each municipality and date."""
    found: dict[tuple[str, dt.date], Cells] = defaultdict(dict)
    for table, (key, numbers) in TABLES.items():
        for code, day, *row in warehouse.sql(
            f"select municipality_code, reference_date, {', '.join((*key, *numbers))} "
            f"from marts.{table}"
        ).fetchall():
            found[code, day][table, *row[: len(key)]] = tuple(row[len(key) :])
    for code, day, turns, quarter, record, rows, persons in warehouse.sql(
        "select municipality_code, reference_date, turns, quarter, record, count(*), "
        "count(distinct case_number) from marts.transition_row group by all"
    ).fetchall():
        found[code, day]["transition_row", f"{turns}", f"{quarter}", record] = rows, persons
    return found


class Beside:
    """What of a municipality is counted beside the indicators."""

    def __init__(self, municipality: Municipality) -> None:
        self.municipality, self.recount = municipality, municipality.recount
        self.code = municipality.code
        self._rows: dict[tuple[str, int], list[Row]] = defaultdict(list)
        for record in ("koordinator", "ip", "tjeneste", "mote"):
            for row in self.recount.counted(record):
                person = self.recount.persons.get((row.municipality or "", row.person or ""))
                if person is not None and row.municipality == self.code:
                    self._rows[record, id(person)].append(row)

    def cells(self, day: dt.date, *, is_newest: bool) -> Cells:
        """Return every cell of a day; of the newest with the rows of those who come of age."""
        residents = [p for p in self.municipality.persons if p.lives_here(day)]
        sums: dict[tuple[str, ...], Counter[int]] = defaultdict(Counter)
        parts = [
            self._meetings(residents, day),
            self._teams(residents, day),
            self._plans(residents, day),
            self._contacts(residents, day),
            self._training(day),
            self._coordinators(residents, day),
            self._goals(residents, day),
            *([self._rows_of_age(residents, day)] if is_newest else []),
        ]
        width: dict[tuple[str, ...], int] = {}
        for part in parts:
            for key, numbers in part:
                width[key] = len(numbers)
                sums[key].update(dict(enumerate(numbers)))
        return {key: tuple(sums[key][n] for n in range(width[key])) for key in sums}

    def _meetings(
        self, residents: list[Person], day: dt.date
    ) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
        for person in residents:
            if person.coordinator(day):
                number = sum(
                    0 <= (day - met).days < 365
                    for met, kind in person.meetings
                    if kind in ("coordination_meeting", "collaboration_meeting")
                )
                yield ("meeting_frequency", "4+" if number > 3 else f"{number}"), (1, number)

    def _teams(
        self, residents: list[Person], day: dt.date
    ) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
        for person in residents:
            first_of: dict[dt.date, Row] = {}
            for row in sorted(self._rows["mote", id(person)], key=lambda each: each.order):
                met = row.day("motedato")
                if met and meaning("motetype", row["motetype"]) == "coordination_meeting":
                    first_of.setdefault(met, row)
            named = [
                (met, _FORMS[word])
                for met, row in sorted(first_of.items())
                if 0 <= (day - met).days < 365 and (word := _letters(row["motetype"])) in _FORMS
            ]
            if named:
                has = person.coordinator(day) is not None
                yield ("active_team", named[-1][1]), (1, has, len(named))

    def _plans(
        self, residents: list[Person], day: dt.date
    ) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
        for person in residents:
            told = []
            for row in self._rows["ip", id(person)]:
                status = self.recount._status(row)
                if self.recount._plan_type(row) != "individual_plan" or status not in _NOT_ACTIVE:
                    continue
                first = row.day("opprettet_dato") or row.delivered
                closed = row.day("avsluttet_dato")
                last = row.withdrawn or NEVER
                if closed and status not in ("refused", "declined"):
                    last = min(last, closed - DAY)
                if first <= day <= last:
                    told.append((first, status))
            if not told:
                continue
            since, status = max(told)
            if any(since <= plan.first <= day for plan in person.plans):
                continue
            for group in {"all", standard_age_group(person.age(day))}:
                yield ("plan_not_active", status, group), (1, person.plan(day) is not None)

    def _contacts(
        self, residents: list[Person], day: dt.date
    ) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
        for person in residents:
            _, is_member = self.municipality._told_of(person, day)["coordinator_coverage"]
            held = person.coordinator(day)
            has = held is not None and held.role != "primary_contact"
            contact = (held is not None and not has) or any(
                one.role == "primary_contact"
                and not one.counts
                and one.has(day)
                and (one.area or self.recount.employed_in(self.code, one.coordinator[3:]))
                != "specialist"
                for one in person.assignments
            )
            if is_member or contact:
                numbers = (is_member, has, is_member and contact and not has, not is_member)
                for group in {"all", standard_age_group(person.age(day))}:
                    yield ("primary_contact", group), tuple(map(int, numbers))

    def _training(self, day: dt.date) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
        needs: set[tuple[str, str, dt.date]] = set()
        offers: dict[tuple[str, str], list[dt.date]] = defaultdict(list)
        for row in self.recount.counted("kompetanse"):
            if row.municipality != self.code:
                continue
            if not (employee := self.municipality.employee_of(row)):
                continue
            who = employee, folded(row["tema"])
            if need := row.day("behov_meldt_dato"):
                needs.add((*who, need))
            met = [d for c in ("tilbudt_dato", "gjennomfort_dato") if (d := row.day(c))]
            offers[who] += [min(met)] if met else []
        for who, topic, need in needs:
            if need > day:
                continue
            answered = min((o for o in offers[who, topic] if o >= need), default=NEVER)
            if answered <= day:
                status = "in_time" if (answered - need).days <= 183 else "late"
                counts = (day - need).days < 365
            else:
                status = "overdue" if (day - need).days > 183 else "open"
                counts = self.recount._leaving.get((self.code, who), NEVER) >= day
            if counts:
                yield ("training_need_status", topic, status), (1,)

    def _coordinators(
        self, residents: list[Person], day: dt.date
    ) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
        trained: dict[str, dt.date] = {}
        offered: dict[str, dt.date] = {}
        for row in self.recount.counted("kompetanse"):
            if row.municipality == self.code and (employee := self.municipality.employee_of(row)):
                for known, column in ((trained, "gjennomfort_dato"), (offered, "tilbudt_dato")):
                    first = known.get(f"id {employee}", NEVER)
                    known[f"id {employee}"] = min(first, row.day(column) or NEVER)
        for who, area in self.municipality.coordinators(residents, day).items():
            is_named = isinstance(who, str)
            is_trained = is_named and trained.get(str(who), NEVER) <= day
            is_offered = is_named and offered.get(str(who), NEVER) <= day and not is_trained
            for where in ("all", area or "unknown"):
                yield (
                    ("trained_coordinator", where),
                    (1, int(is_trained), int(is_offered), int(not is_named)),
                )

    def _goals(
        self, residents: list[Person], day: dt.date
    ) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
        for person in residents:
            talks = sorted(
                (min(held for held, _ in talk), number, sum(s for _, s in talk) / len(talk))
                for number, talk in person.scores.items()
            )
            held = [talk for talk in talks if talk[0] <= day]
            if not held:
                continue
            first, age = held[0][0], (day - held[0][0]).days
            group = "0-5" if age < 183 else "6-11" if age < 365 else "12-23" if age < 730 else "24+"
            is_due = 183 <= age < 548
            in_time = len(held) > 1 and (held[1][0] - first).days <= 183
            yield (
                ("goal_followup", group),
                (
                    1,
                    int(len(held) > 1),
                    int(len(held) > 1 and held[-1][2] - held[0][2] >= 2),
                    len(held),
                    sum((day - each[0]).days < 365 for each in held),
                    int(is_due),
                    int(is_due and in_time),
                ),
            )

    def _rows_of_age(
        self, residents: list[Person], day: dt.date
    ) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
        tomorrow = day + DAY
        near = {(tomorrow.year, (tomorrow.month - 1) // 3)}
        year, quarter = next(iter(near))
        near.add((year + (quarter == 3), (quarter + 1) % 4))
        for person in residents:
            _, is_member = self.municipality._told_of(person, day)["coordinator_coverage"]
            age = person.age(day)
            if not is_member or person.born is None or age is None:
                continue
            for turns in (16, 18):
                birthday = _birthday(person.born, turns)
                place = birthday.year, (birthday.month - 1) // 3
                if age not in (turns - 1, turns) or place not in near:
                    continue
                first = dt.date(place[0], 3 * place[1] + 1, 1)
                for record in ("koordinator", "ip", "tjeneste"):
                    rows = [r for r in self._rows[record, id(person)] if self._is_open(r, day)]
                    if rows:
                        yield ("transition_row", f"{turns}", f"{first}", record), (len(rows), 1)

    def _is_open(self, row: Row, day: dt.date) -> bool:
        if row.source.record == "ip":
            if self.recount._plan_type(row) != "individual_plan":
                return False
            if self.recount._status(row) == "closed":
                return False
            closed = row.day("avsluttet_dato")
            first, last = row.day("opprettet_dato"), closed - DAY if closed else NEVER
        else:
            first, last = row.day("fra_dato"), row.day("til_dato") or NEVER
        return (first or day) <= day <= min(last, row.withdrawn or NEVER)


def _birthday(born: dt.date, age: int) -> dt.date:
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return dt.date(born.year + age, 3, 1)


def _letters(word: str) -> str:
    return folded(word).replace("ø", "o")
