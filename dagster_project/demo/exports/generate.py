"""From the world to registrations: what each source knows of it, before anything goes wrong.

A main source tells every fact of its scope with its true days. The others tell some of them, begin
a little later and end a little earlier, as second-hand knowledge does. `errors` are injected then.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

from dagster_project.demo.exports.cells import name_form, write_name
from dagster_project.demo.exports.registration import (
    HomeOf,
    Mark,
    Raw,
    Registration,
    Value,
    Versions,
)
from dagster_project.demo.exports.specification import Scope, Specification
from dagster_project.demo.places import FIRST_DAY, LAST_DAY, day
from dagster_project.demo.register import register_count
from dagster_project.demo.services import kind_of, registered_kpr_service
from dagster_project.demo.truth import COUNTING_MEETINGS
from dagster_project.demo.units import unit_in_writing
from dagster_project.demo.world import (
    OPEN,
    Coordinator,
    Ending,
    Meeting,
    Person,
    Plan,
    Spell,
    Town,
)

_LATE = 20  # days at most until something comes into the system
_SECOND_HAND = 9  # days at most that a second source is off
_LONG_ENOUGH = 30
_PER_CENT = (100, 100, 100, 80, 75, 60, 50)
_READ_ON = (3, 20)  # and read the register's own view in spring
_COUNTED_ON = (11, 15)  # month and day: leaders report within mid-November
_UNITS = {
    "home_care": "Hjemmetjenesten",
    "mental_health": "Enhet for psykisk helse og rus",
    "disability": "Habilitering og bo",
    "rehabilitation": "Fysio og ergo",
    "child_health": "Helsestasjonen",
    "allocation": "Tildelingskontoret",
    "school": "Skolene",
    "kindergarten": "Barnehagene",
    "educational_psychology": "PP-tjenesten",
    "child_welfare": "Barneverntjenesten",
    "social_services": "NAV",
    "integration": "Flyktningtjenesten",
}


def generate(specification: Specification, town: Town) -> list[Registration]:
    """Return the registrations of a source, numbered in the order in which they became known."""
    registrations = list(_GENERATORS[specification.record](specification, town))
    registrations.sort(key=lambda one: (one.known, one.number))
    for number, registration in enumerate(registrations, start=1):
        numbered(registration, number)
    return registrations


def numbered(registration: Registration, number: int) -> None:
    """Give a registration its number in the source."""
    specification = registration.specification
    start = zlib.crc32(specification.name.encode()) % 60_000 + 20_000
    registration.number = f"{_PREFIX.get(specification.record, '')}{start + number}"
    registration.variant = zlib.crc32(f"{specification.name}:{number}".encode())
    for column in _NUMBERS:
        if column in specification.columns:
            registration.values[column] = registration.number


_PREFIX = {
    "koordinator": "K",
    "ip": "P",
    "mote": "M",
    "melding": "B",
    "endring": "E",
    "journal": "25/",
}
_NUMBERS = (
    "registrering_id",
    "tjeneste_id",
    "mote_id",
    "melding_id",
    "endring_id",
    "journalpost_id",
)
# What the archive calls a notice and the answer to it.
_TITLES = {
    "nb": (
        "Melding - behov for koordinerte tjenester",
        "Svar på melding - behov for koordinerte tjenester",
    ),
    "nn": (
        "Melding - behov for koordinerte tenester",
        "Svar på melding - behov for koordinerte tenester",
    ),
}
# Of so many notices one more came to the archive, and was never registered by the unit.
_NOT_REGISTERED = 8


def of_person(specification: Specification, person: Person) -> dict[str, Value]:
    """Return what every registration of a source says of its person."""
    values: dict[str, Value] = {"fnr": person.id_number, "kommune": HomeOf(person.part)}
    if "navn" in specification.columns:
        form = name_form(specification, zlib.crc32(person.id_number.encode()))
        values["navn"] = write_name(person.name, form)
        values["fodselsdato"] = person.birth if person.birth_known else None
    return values


def _known_later(specification: Specification, at: int, key: str) -> int:
    """Return the day on which something that happened comes into the system."""
    late = zlib.crc32(f"{specification.name}:{key}:{at}".encode()) % (_LATE + 1)
    return max(at, min(at + late, specification.last_day))


def _draws(specification: Specification, person: Person, first: int) -> bool:
    """Whether a fact is among the share that the source tells; always the same."""
    drawn = zlib.crc32(f"{specification.name}|{person.id_number}|{first}".encode()) / 2**32
    return drawn < specification.scope.share


def _first_in(scope: Scope, person: Person, first: int) -> int:
    """Return the first day that the system has: the true one, or when all was entered."""
    opens = scope.opens
    if scope.moved_in is not None and person.part == scope.moved_in.part:
        opens = max(opens, scope.moved_in.on)
    return max(first, opens)


def _is_in(scope: Scope, person: Person, first: int, last: int) -> bool:
    of_part = scope.part is None or person.part == scope.part
    return of_part and scope.since <= first <= scope.until and last >= _first_in(scope, person, 0)


def _end(specification: Specification, last: int, key: str) -> Value:
    """Return the last day as it becomes known, also where the system was closed before."""
    scope = specification.scope
    if scope.closes < OPEN and last >= scope.closes:
        return Versions(((scope.closes, scope.closes),))
    return None if last == OPEN else Versions(((_known_later(specification, last, key), last),))


def _until_gone(registration: Registration, last: int, column: str, value: int) -> None:
    """Let an open registration be gone after its last day, if a delivery has told it before.

    Else nothing could tell that it was withdrawn, and its end is told.
    """
    days = registration.specification.days
    if any(registration.known <= on <= last for on in days) and days[-1] > last:
        registration.values[column] = None
        registration.gone = last + 1
        registration.marks.append(Mark("withdrawn", until=last + 1))
    else:
        registration.values[column] = Versions(((last + 1, value),))


def _persons(specification: Specification, town: Town) -> Iterator[Registration]:
    for person in town.persons:
        first = person.services[0].first
        age = person.age(min(max(first, FIRST_DAY), LAST_DAY))
        if not person.registered or (specification.scope.children_only and age >= 18):
            continue
        values = of_person(specification, person) | {
            "tidligere_id": person.earlier_id,
            "kjonn": "female" if person.female else "male",
            "innflyttet_dato": person.moved_in,
            "utflyttet_dato": _known_when(specification, person, person.moved_out),
            "dod_dato": _known_when(specification, person, person.died),
        }
        known = _known_later(specification, first, person.id_number)
        yield Registration(specification, person.id_number, known, values, person)


def _known_when(specification: Specification, person: Person, at: int | None) -> Value:
    if at is None:
        return None
    return Versions(((_known_later(specification, at, person.id_number), at),))


def _services(specification: Specification, town: Town) -> Iterator[Registration]:
    for person in town.persons:
        for service in person.services:
            key = f"{person.id_number}{service.area}"
            values = of_person(specification, person) | {
                "tjenestetype": kind_of(service),
                "tjenestekode": registered_kpr_service(town.place, person, service),
                "tjenesteomrade": service.area,
                "fra_dato": service.first,
                "til_dato": _end(specification, service.last, key),
            }
            known = _known_later(specification, service.first, key)
            registration = Registration(
                specification, f"{key}{service.first}", known, values, person
            )
            if service.unreported:
                _until_gone(registration, service.last, "til_dato", service.last)
            yield registration


def _assignments(specification: Specification, town: Town) -> Iterator[Registration]:
    scope = specification.scope
    for person in town.persons:
        for spell in person.spells:
            if not _is_in(scope, person, spell.first, spell.last):
                continue
            if scope.children_only and person.age(spell.first) >= 18:
                continue
            if not scope.main and (
                spell.ending is Ending.UNREPORTED
                or not _draws(specification, person, spell.first)
                or not _can_name(specification, person)
            ):
                continue
            yield assignment(specification, person, spell)


def _can_name(specification: Specification, person: Person) -> bool:
    """Whether a source can say whom it means: by the id, else by a name that the register has."""
    return "fnr" in specification.columns or (person.registered and not person.namesake)


def assignment(specification: Specification, person: Person, spell: Spell) -> Registration:
    """Return the registration of an assignment in a source."""
    first = _first_in(specification.scope, person, spell.first)
    last = spell.last
    if not specification.scope.main and min(last, LAST_DAY) - first > _LONG_ENOUGH:
        # As many days for all of a source: days that differ must not come to be the same.
        off = 1 + zlib.crc32(specification.name.encode()) % _SECOND_HAND
        first += off
        last -= off if last != OPEN else 0
    key = f"{person.id_number}{spell.coordinator.number}"
    variant = zlib.crc32(key.encode())
    of = spell.coordinator
    unit = unit_in_writing(specification.municipality, of.area, of.number)
    values = of_person(specification, person) | {
        "rolle": spell.role.value,
        "koordinator_id": spell.coordinator.number,
        "koordinator_navn": write_name(spell.coordinator.name, name_form(specification, variant)),
        "koordinator_tjeneste": Raw(unit) if unit else spell.coordinator.area,
        "fra_dato": first,
        "til_dato": _end(specification, last, key),
        "samtykke": spell.consent,
        "familie_id": spell.family,
    }
    known = _known_later(specification, first, key)
    registration = Registration(specification, f"{key}{first}", known, values, person, spell)
    if first > spell.first and specification.scope.main:
        registration.marks.append(Mark("backlog_start"))
    if spell.ending is Ending.UNREPORTED and spell.last < specification.scope.closes:
        _until_gone(registration, last, "til_dato", last)
    return registration


def _plans(specification: Specification, town: Town) -> Iterator[Registration]:
    scope = specification.scope
    for person in town.persons:
        for plan in person.plans:
            if not _is_in(scope, person, plan.first, plan.last):
                continue
            if not scope.main and (
                plan.ending is Ending.UNREPORTED or not _draws(specification, person, plan.first)
            ):
                continue
            yield individual_plan(specification, person, plan)


def individual_plan(specification: Specification, person: Person, plan: Plan) -> Registration:
    """Return the registration of a plan in a source; `avsluttet_dato` is the day after the last."""
    scope = specification.scope
    ended = plan.last + 1 if plan.last < OPEN else OPEN
    spell = next((one for one in person.spells if one.first <= plan.first <= one.last), None)
    end = _end(specification, ended, person.id_number)
    closed_from = end.versions[0][0] if isinstance(end, Versions) else OPEN
    evaluations = [at for at in plan.evaluations if at < scope.closes]
    known = _known_later(specification, _first_in(scope, person, plan.first), person.id_number)
    values = of_person(specification, person) | {
        "status": Versions(((0, "active"), (closed_from, "closed"))),
        "opprettet_dato": plan.first,
        "avsluttet_dato": end,
        "sist_evaluert_dato": Versions(tuple((at, at) for at in evaluations)),
        "koordinator_id": spell.coordinator.number if spell else None,
        "plantype": "individual_plan",
        "samtykke": spell.consent if spell else "yes",
    }
    registration = Registration(
        specification, f"{person.id_number}{plan.first}", known, values, person, plan
    )
    if plan.ending is Ending.UNREPORTED and plan.last < scope.closes:
        values["status"] = "active"
        _until_gone(registration, plan.last, "avsluttet_dato", ended)
    return registration


def _meetings(specification: Specification, town: Town) -> Iterator[Registration]:
    scope = specification.scope
    for person in town.persons:
        for meeting in person.meetings:
            if not _is_in(scope, person, meeting.day, meeting.day):
                continue
            counts = meeting.type in COUNTING_MEETINGS
            if not scope.main and not (counts and _draws(specification, person, meeting.day)):
                continue
            yield _meeting(specification, person, meeting)


def _meeting(specification: Specification, person: Person, meeting: Meeting) -> Registration:
    spell = next(one for one in person.spells if one.first <= meeting.day <= one.last)
    present = meeting.participants
    if not specification.scope.main:
        present = tuple(who for at, who in enumerate(present) if at % 2 == 0)
    values = of_person(specification, person) | {
        "motedato": meeting.day,
        "motetype": meeting.term,
        "koordinator_id": spell.coordinator.number,
        "deltakere": present,
        "varighet_min": meeting.minutes,
        "referat": "Referat skrevet" if meeting.minutes > 30 else None,
    }
    key = f"{person.id_number}{meeting.day}"
    known = _known_later(specification, meeting.day, key)
    registration = Registration(specification, key, known, values, person)
    if not specification.scope.main:
        registration.marks.append(Mark("meetings_merged"))
    return registration


def _notices(specification: Specification, town: Town) -> Iterator[Registration]:
    for person in town.persons:
        for notice in person.notices:
            key = f"{person.id_number}{notice.received}"
            known = min(notice.received + 1, notice.assessed)
            answered = max(known, notice.assessed)
            values = of_person(specification, person) | {
                "mottatt_dato": notice.received,
                "melder": notice.sender,
                "kanal": ("Skjema", "Telefon", "PLO-melding")[notice.received % 3],
                "samtykke": "yes",
                "vurdert_dato": Versions(((answered, notice.assessed),)),
                "utfall": Versions(((0, "pending"), (answered, notice.outcome))),
                "vedtak_dato": Versions(((answered, notice.assessed),)),
            }
            registration = Registration(specification, key, known, values, person)
            if any(known <= on < answered for on in specification.days):
                registration.marks.append(Mark("notice_superseded", until=answered))
            yield registration


def _journal(specification: Specification, town: Town) -> Iterator[Registration]:
    """Tell the notices and their answers as the archive has them: no person, but in some titles."""
    notice_of, answer_to = _TITLES[specification.language]
    for person in town.persons:
        for notice in person.notices:
            key = f"{person.id_number}{notice.received}"
            drawn = zlib.crc32(key.encode())
            day = _known_later(specification, notice.received, key)
            named = f" - {person.name.given} {person.name.surname}" if drawn % 3 == 0 else ""
            entries = [(day, "incoming", notice_of + named)]
            if drawn % _NOT_REGISTERED == 0:
                entries.append((day, "incoming", notice_of))
            if notice.assessed <= specification.last_day:
                entries.append((max(day, notice.assessed), "outgoing", answer_to + named))
            for number, (on, direction, title) in enumerate(entries):
                values: dict[str, Value] = {
                    "journaldato": on,
                    "retning": direction,
                    "innhold": title,
                }
                yield Registration(specification, f"{key}{number}", on, values)


def _forms(specification: Specification, town: Town) -> Iterator[Registration]:
    for person in town.persons:
        for form in person.forms:
            key = f"{person.id_number}{form.day}{form.type}"
            values = of_person(specification, person) | {
                "endringsdato": form.day,
                "endringstype": form.type,
                "gammel_koordinator_id": form.old.number if form.old else None,
                "ny_koordinator_id": form.new.number if form.new else None,
            }
            known = _known_later(specification, form.day, key)
            yield Registration(specification, key, known, values, person)


def _staff(specification: Specification, town: Town) -> Iterator[Registration]:
    for coordinator in town.coordinators:
        if not coordinator.on_staff_list:
            continue
        for employment in coordinator.employments:
            values: dict[str, Value] = {
                "koordinator_id": coordinator.number,
                "epost": _address(coordinator),
                "navn": write_name(
                    coordinator.name, name_form(specification, int(coordinator.number))
                ),
                "tjenesteomrade": coordinator.area,
                "ansatt_fra": employment.first,
                "ansatt_til": _end(specification, employment.last, coordinator.number),
                "stillingsprosent": _PER_CENT[employment.first % len(_PER_CENT)],
            }
            number = f"{coordinator.number}{employment.first}"
            yield Registration(specification, number, employment.first, values)


def _address(coordinator: Coordinator) -> str:
    return f"test{coordinator.number}@eksempel.no"


def _training(specification: Specification, town: Town) -> Iterator[Registration]:
    """Tell the needs; a learning platform tells courses completed only."""
    for coordinator in town.coordinators:
        for need in coordinator.needs:
            number = f"{coordinator.number}{need.topic}{need.reported}"
            of_coordinator: dict[str, Value] = {
                "koordinator_id": coordinator.number,
                "navn": write_name(coordinator.name, name_form(specification, need.reported)),
                "epost": _address(coordinator),
                "tema": need.topic,
            }
            if "behov_meldt_dato" not in specification.columns:
                if need.completed is not None:
                    values = of_coordinator | {"gjennomfort_dato": need.completed}
                    yield Registration(specification, number, need.completed, values)
                continue
            values = of_coordinator | {
                "behov_meldt_dato": need.reported,
                "tilbudt_dato": Versions(((need.offered, need.offered),)) if need.offered else None,
                "gjennomfort_dato": (
                    Versions(((need.completed, need.completed),)) if need.completed else None
                ),
            }
            yield Registration(specification, number, need.reported, values)


def _conversations(specification: Specification, town: Town) -> Iterator[Registration]:
    for person in town.persons:
        for number, talk in enumerate(person.conversations, start=1):
            for activity, score in enumerate(talk.scores, start=1):
                values = of_person(specification, person) | {
                    "samtale_nr": number,
                    "dato": talk.day,
                    "aktivitet_nr": activity,
                    "skar": score,
                }
                key = f"{person.id_number}{number:03}{activity}"
                yield Registration(specification, key, talk.day, values, person)


def _housing(specification: Specification, town: Town) -> Iterator[Registration]:
    for person in town.persons:
        for need in person.housing:
            values = of_person(specification, person) | {
                "meldt_dato": need.day,
                "onsket_aar": need.wanted_year,
                "boligtype": need.kind,
                "heldogn": "yes" if need.round_the_clock else "no",
            }
            key = f"{person.id_number}{need.day}"
            yield Registration(specification, key, need.day, values, person)


def _reported_counts(specification: Specification, town: Town) -> Iterator[Registration]:
    """Tell what leaders report each November of their own coordinators: counted by hand."""
    for year in range(2019, 2026):
        counted = day(year, *_COUNTED_ON)
        areas = sorted({coordinator.area for coordinator in town.coordinators})
        for area in areas if counted > town.place.begins else ():
            values = _counts(town, area, counted)
            if not values["antall_koordinatorer"]:
                continue
            reported = counted + 1 + zlib.crc32(f"{area}{year}".encode()) % 14
            known = values | {
                "enhet": _UNITS[area],
                "tjenesteomrade": area,
                "telledato": counted,
                "rapportert_dato": reported,
            }
            yield Registration(specification, f"{year}{area}", reported, known)
    if "kpr_mottakere" in specification.columns:
        yield from _register_views(specification, town)


def _register_views(specification: Specification, town: Town) -> Iterator[Registration]:
    """Tell what somebody reads each spring of the year before, in the register's own view.

    KPR is told by the journal alone: of every eighth with a plan or a coordinator it knows nothing.
    """
    for year in range(2020, 2025):
        plans, coordinators, users = (
            register_count(town, figure, year)
            for figure in ("kpr_plan_share", "kpr_coordinator_share", "kostra_plan_users")
        )
        read_on = day(year + 1, *_READ_ON)
        known: dict[str, Value] = {
            "enhet": "Koordinerende enhet",
            "tjenesteomrade": "allocation",
            "telledato": day(year, 12, 31),
            "kpr_mottakere": plans.recipients_low,
            "kpr_med_ip": plans.alike_low - plans.alike_low // 8,
            "kpr_med_koordinator": coordinators.alike_low - coordinators.alike_low // 8,
            "kostra_med_ip": users.alike_low - users.alike_low // 8,
            "rapportert_dato": read_on,
        }
        yield Registration(specification, f"{year}register", read_on, known)


def _counts(town: Town, area: str, counted: int) -> dict[str, Value]:
    year_back = range(counted - 364, counted + 1)
    ours = [
        (person, spell)
        for person in town.persons
        for spell in person.spells
        if spell.coordinator.area == area and spell.first <= counted and person.lives_here(counted)
    ]
    now = [(person, spell) for person, spell in ours if spell.last >= counted]
    plans = sum(
        any(plan.first <= counted <= plan.last for plan in person.plans) for person, _ in now
    )
    meetings = sum(
        meeting.day in year_back
        and spell.first <= meeting.day <= spell.last
        and meeting.type in COUNTING_MEETINGS
        for person, spell in ours
        for meeting in person.meetings
    )
    # Counted by hand: every third unit is one or a few off.
    off = (zlib.crc32(f"{town.place.code}{area}{counted}".encode()) % 3 == 0) * (len(now) // 12 + 1)
    return {
        "antall_koordinatorer": len({spell.coordinator.number for _, spell in now}),
        "antall_med_koordinator": len(now) + off,
        "antall_ip": plans,
        "antall_moter": max(0, meetings - off),
    }


_GENERATORS: dict[str, Callable[[Specification, Town], Iterable[Registration]]] = {
    "person": _persons,
    "tjeneste": _services,
    "koordinator": _assignments,
    "ip": _plans,
    "mote": _meetings,
    "koordinatortall": _reported_counts,
    "melding": _notices,
    "endring": _forms,
    "ansatt": _staff,
    "kompetanse": _training,
    "journal": _journal,
    "psfs": _conversations,
    "bolig": _housing,
}
