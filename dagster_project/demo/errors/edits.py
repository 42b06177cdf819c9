"""Edits of right registrations, which the counting rules repair."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from dagster_project.demo.errors.desk import Desk, mark
from dagster_project.demo.exports.registration import HomeOf, Raw, Registration, Versions
from dagster_project.demo.exports.specification import FileKind
from dagster_project.demo.places import CHILD_RIGHT, LAST_DAY
from dagster_project.demo.world import OPEN, Ending, Person, Plan, Role, Spell
from dagster_project.identity.numbers import may_be_person_id

# What tells of an ending when the registration does not, and how often it is left to that.
_LEFT_OPEN = {
    Ending.DIED: ("closed_by_death", 0.75),
    Ending.MOVED: ("closed_by_move", 0.75),
    Ending.DECLINED: ("closed_by_decline", 0.5),
    Ending.END_FORM: ("closed_by_end_form", 0.3),
    Ending.LEFT: ("closed_by_employment", 0.6),
    Ending.GREW_UP: ("closed_by_age_18", 0.8),
    Ending.CHANGED: ("one_at_a_time", 0.22),
}
_NOT_LISTED = {"samtykke": "avventer svar", "kjonn": "annet", "melder": "nabo"}
_DISAGREEING = 4


def note_what_is_so(desk: Desk) -> None:
    """Mark what breaks a rule already as the sources have it."""
    for registration in desk.all_of("koordinator", "tjeneste"):
        person = registration.person
        if person is not None and not person.registered:
            mark(registration, "person_not_in_register")
            if not person.birth_known:
                mark(registration, "age_unknown")
    for registration in desk.of("koordinator"):
        if "koordinator_id" not in registration.specification.columns:
            mark(registration, "joined_without_id")


def note_what_is_merged(desk: Desk) -> None:
    """Mark the plans that several sources tell, in each of them."""
    times = Counter(id(one.fact) for one in desk.all_of("ip") if one.fact is not None)
    for registration in desk.all_of("ip"):
        if registration.fact is not None and times[id(registration.fact)] > 1:
            mark(registration, "plans_merged")


def leave_open(desk: Desk) -> None:
    """Leave assignments open that something else tells the end of."""
    nameless = {
        registration.person.id_number
        for registration in desk.all_of("koordinator")
        if registration.person and "joined_without_id" in {mark.rule for mark in registration.marks}
    }
    for registration in desk.of("koordinator"):
        spell, person = registration.fact, registration.person
        if not isinstance(spell, Spell) or person is None or spell.ending not in _LEFT_OPEN:
            continue
        rule, often = _LEFT_OPEN[spell.ending]
        if spell.ending is Ending.CHANGED and (
            # A registration without coordinator would join the one left open, with its consent.
            person.id_number in nameless
            # A child coordinator left open goes before an ordinary one who follows.
            or (
                spell.role is Role.CHILD_COORDINATOR and _next(person, spell).role is not spell.role
            )
        ):
            continue
        if desk.chance.random() < often * min(1.0, desk.town.place.untidy):
            registration.values["til_dato"] = None
            mark(registration, rule)


def _next(person: Person, spell: Spell) -> Spell:
    return person.spells[person.spells.index(spell) + 1]


def leave_plans_open(desk: Desk) -> None:
    """Leave plans open likewise, or close them without saying when."""
    for registration in desk.of("ip"):
        plan = registration.fact
        if not isinstance(plan, Plan):
            continue
        evaluated = "sist_evaluert_dato" in registration.specification.columns
        evaluated = evaluated and plan.last < registration.specification.scope.closes
        if plan.ending is Ending.AT_EVALUATION and evaluated and desk.chance.random() < 0.7:
            registration.values["avsluttet_dato"] = None
            mark(registration, "closed_at_evaluation")
        elif plan.ending in _LEFT_OPEN and desk.chance.random() < 0.5:
            registration.values |= {"avsluttet_dato": None, "status": "active"}
            mark(registration, _LEFT_OPEN[plan.ending][0])


def split(desk: Desk) -> None:
    """Register one long assignment as two, a few days apart."""
    long = [
        one
        for one in desk.of("koordinator")
        if isinstance(one.fact, Spell)
        and one.specification.scope.main
        and one.specification.scope.closes == OPEN
        and not one.specification.scope.opens
        and one.fact.ending in (Ending.GOES_ON, Ending.NEED_OVER)
        and min(one.fact.last, LAST_DAY) - one.fact.first > 300
    ]
    for registration in desk.some(long, 2):
        spell, person = registration.fact, registration.person
        if not isinstance(spell, Spell) or person is None:
            continue
        last = desk.chance.randint(spell.first + 90, min(spell.last, LAST_DAY) - 90)
        again = last + desk.chance.randint(2, 20)
        values = registration.values | {"fra_dato": again}
        registration.values["til_dato"] = Versions(((last + 1, last),))
        mark(registration, "bridged")
        desk.add(registration.specification, again, values, person, "bridged")


def reopen_plans(desk: Desk) -> None:
    """Close a plan and open it again under another number, on the day of an evaluation."""
    times = Counter(id(one.fact) for one in desk.all_of("ip") if one.fact is not None)
    long = [
        (one, evaluated)
        for one in desk.of("ip")
        if isinstance(one.fact, Plan)
        and times[id(one.fact)] == 1
        and not one.marks
        and one.specification.scope.closes == OPEN
        and one.values["avsluttet_dato"] is None
        and one.fact.last >= LAST_DAY
        for evaluated in one.fact.evaluations[-1:]
        if one.fact.first + 90 < evaluated < LAST_DAY - 60
    ]
    chosen = desk.some([one for one, _ in long], 2)
    for registration, evaluated in long:
        if registration not in chosen:
            continue
        closed = evaluated - desk.chance.randint(2, 20)
        again = registration.values | {"opprettet_dato": evaluated, "status": "active"}
        registration.values["avsluttet_dato"] = Versions(((closed, closed),))
        registration.values["status"] = Versions(((0, "active"), (closed, "closed")))
        desk.add(registration.specification, evaluated, again, registration.person, "plan_reopened")


def call_child_coordinator_early(desk: Desk) -> None:
    """Call the coordinator of a child a child coordinator before there were any."""
    early = [
        one
        for one in desk.of("koordinator")
        if isinstance(one.fact, Spell)
        and one.person is not None
        and one.fact.last < CHILD_RIGHT
        and one.person.age(one.fact.last) < 18
    ]
    for registration in desk.some(early):
        registration.values["rolle"] = Role.CHILD_COORDINATOR.value
        mark(registration, "child_before_2022")


def leave_out_coordinator_id(desk: Desk) -> None:
    """Name the coordinator without the employee number, where another source has it."""
    left_open = {
        one.person.id_number
        for one in desk.all_of("koordinator")
        if one.person and any(mark.rule == "one_at_a_time" for mark in one.marks)
    }
    second = [
        one
        for one in desk.of("koordinator")
        if not one.specification.scope.main
        and one.person is not None
        and one.person.id_number not in left_open
    ]
    for registration in desk.some(second, 2):
        registration.values["koordinator_id"] = None
        mark(registration, "joined_without_id")


def mistype_ids(desk: Desk) -> None:
    """Lose leading zeros, mistype ids, and leave them out where a name stands beside."""
    for record in ("person", "tjeneste", "koordinator", "ip", "mote", "melding", "endring"):
        zero = [one for one in desk.of(record) if fnr_of(one).startswith("0")]
        for registration in desk.some(zero):
            as_number = registration.specification.layout.kind is FileKind.WORKBOOK
            digits = fnr_of(registration)
            registration.values["fnr"] = int(digits) if as_number else Raw(digits[1:])
            mark(registration, "id_leading_zero")
    for record in ("koordinator", "ip"):
        named = [one for one in desk.of(record) if _may_be_found_by_name(one)]
        for at, registration in enumerate(desk.some(named, 2)):
            if at % 2:
                registration.values["fnr"] = None
                mark(registration, "person_by_name")
            else:
                registration.values["fnr"] = Raw(invalid_id(fnr_of(registration)))
                mark(registration, "id_invalid", "person_by_name")


def fnr_of(registration: Registration) -> str:
    """Return the right id that the source tells, or nothing where it tells none."""
    value = registration.values.get("fnr")
    return value if isinstance(value, str) and "fnr" in registration.specification.columns else ""


def _may_be_found_by_name(registration: Registration) -> bool:
    person = registration.person
    enough = {"fnr", "navn", "fodselsdato"} <= registration.specification.columns
    return enough and person is not None and person.registered and not person.namesake


def invalid_id(digits: str) -> str:
    """Return the id with its last digit mistyped, so that no rule takes it for an id."""
    mistyped = (f"{digits[:-1]}{(int(digits[-1]) + step) % 10}" for step in range(1, 10))
    return next(number for number in mistyped if not may_be_person_id(number))


def use_earlier_ids(desk: Desk) -> None:
    """Know a person by the D-number that came before the fødselsnummer."""
    for registration in desk.of("koordinator", "ip", "mote", "melding", "endring"):
        person = registration.person
        if person is not None and person.earlier_id and desk.chance.random() < 0.5:
            registration.values["fnr"] = person.earlier_id
            mark(registration, "earlier_id_linked")


def mistype_births(desk: Desk) -> None:
    """Write another birth date than the register has, beside the right id."""
    for record in ("koordinator", "ip"):
        for registration in desk.some([one for one in desk.of(record) if _knows_birth(one)]):
            if registration.person is not None:
                birth = registration.person.birth + desk.chance.randint(1, 200)
                registration.values["fodselsdato"] = birth
                mark(registration, "birth_date_differs")


def _knows_birth(registration: Registration) -> bool:
    return _may_be_found_by_name(registration) and registration.values.get("fnr") is not None


def write_what_is_not_listed(desk: Desk) -> None:
    """Write words that are not listed where they do not decide the count."""
    silent = [
        one
        for one in desk.of("koordinator")
        if isinstance(one.fact, Spell)
        and one.fact.consent is None
        and "samtykke" in one.specification.columns
    ]
    sexes = [one for one in desk.of("person") if "kjonn" in one.specification.columns]
    for field, candidates in (
        ("samtykke", silent),
        ("kjonn", sexes),
        ("melder", desk.of("melding")),
    ):
        for registration in desk.some(candidates):
            registration.values[field] = Raw(_NOT_LISTED[field])
            mark(registration, "unknown_value_noted")


def write_unknown_units(desk: Desk) -> None:
    """Write a unit that nobody knows for coordinators whose employment says where they work."""
    employed = {
        one.values["koordinator_id"]
        for one in desk.of("ansatt")
        if "tjenesteomrade" in one.specification.columns
    }
    known = [
        one
        for one in desk.of("koordinator")
        if isinstance(one.fact, Spell)
        and one.fact.coordinator.number in employed
        and "koordinator_tjeneste" in one.specification.columns
    ]
    for registration in desk.some(known):
        registration.values["koordinator_tjeneste"] = Raw("Felles ressurs")
        mark(registration, "unknown_unit")


def write_unreadable(desk: Desk) -> None:
    """Write days and numbers that cannot be read where they do not decide the count."""
    endless = [
        one
        for one in desk.of("koordinator")
        if isinstance(one.fact, Spell) and one.fact.last == OPEN and one.values["til_dato"] is None
    ]
    services = [one for one in desk.of("tjeneste") if one.values["til_dato"] is None]
    unmet = [one for one in desk.of("kompetanse") if one.values.get("tilbudt_dato") is None]
    unmet = [one for one in unmet if "tilbudt_dato" in one.specification.columns]
    for field, text, candidates in (
        ("til_dato", "løpende", endless),
        ("til_dato", "inntil videre", services),
        ("tilbudt_dato", "til våren", unmet),
    ):
        for registration in desk.some(candidates):
            registration.values[field] = Raw(text)
            mark(registration, "unreadable_date_noted")
    meetings = [one for one in desk.of("mote") if "varighet_min" in one.specification.columns]
    for field, text, candidates in (
        ("varighet_min", "en time", meetings),
        ("onsket_aar", "snarest", desk.of("bolig")),
    ):
        for registration in desk.some(candidates):
            registration.values[field] = Raw(text)
            mark(registration, "unreadable_number_noted")


def write_old_codes(desk: Desk) -> None:
    """Write the municipality as it was called before, also when it is not called so any more."""
    place = desk.town.place
    for record in ("person", "tjeneste", "koordinator", "ip"):
        placed = [one for one in desk.of(record) if "kommune" in one.specification.columns]
        for registration in desk.some(placed):
            home = registration.values["kommune"]
            if not isinstance(home, HomeOf):
                continue
            if place.name == "Bø":
                registration.values["kommune"] = Raw(place.name)
                mark(registration, "municipality_split")
            elif place.later_codes:
                # A spreadsheet takes the code for a number, and 0220 becomes 220.
                registration.values["kommune"] = Raw(home.part.lstrip("0"))
                mark(registration, "municipality_recoded")


def repeat(desk: Desk) -> None:
    """Write rows twice: alike, or first with something that was put right below."""
    for record in ("person", "tjeneste", "koordinator", "ip", "mote", "melding", "ansatt"):
        for registration in desk.some(desk.of(record)):
            registration.alike = 1
            mark(registration, "duplicate_row")
    ended = [one for one in desk.of("koordinator") if isinstance(one.values["til_dato"], Versions)]
    for registration in desk.some(ended):
        registration.before.append({"til_dato": None})
        mark(registration, "same_id_in_file")
    ended = [one for one in desk.of("ip") if isinstance(one.values["avsluttet_dato"], Versions)]
    for registration in desk.some(ended):
        registration.before.append({"avsluttet_dato": None, "status": "active"})
        mark(registration, "same_id_in_file")
    for registration in desk.some(desk.of("endring")):
        at = registration.values["endringsdato"]
        if isinstance(at, int):
            registration.before.append({"endringsdato": at - desk.chance.randint(3, 30)})
            mark(registration, "same_id_in_file", "form_superseded")


def disagree_on_births(desk: Desk) -> None:
    """Let the second register of persons have another day of the same month as birth date."""
    sources = desk.sources("person")
    second = [
        one
        for one in desk.of("person")
        if one.specification is not sources[0] and one.person is not None and not one.person.spells
    ]
    for registration in desk.chance.sample(second, min(_DISAGREEING, len(second))):
        if registration.person is not None:
            born = dt.date.fromordinal(registration.person.birth)
            registration.values["fodselsdato"] = born.replace(day=born.day % 27 + 1).toordinal()
            mark(registration, "person_sources_disagree")
