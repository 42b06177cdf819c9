"""Registrations of what does not count, or not yet."""

from __future__ import annotations

from functools import partial

from dagster_project.demo.errors.copies import copy_of
from dagster_project.demo.errors.desk import ALL, Desk
from dagster_project.demo.exports.cells import name_form, write_name
from dagster_project.demo.exports.generate import of_person
from dagster_project.demo.exports.registration import Raw, Value
from dagster_project.demo.exports.specification import Specification
from dagster_project.demo.places import LAST_DAY
from dagster_project.demo.world import OPEN, Person, Role

_AHEAD = 6  # coordinators who are to begin: fewer on a day each would look like a backlog
_VACANT = {"nb": ("vakant", "Ikke avklart", "KE"), "nn": ("Ikkje avklart", "Ledig", "KE")}
_NOT_ACTIVE = ("in_preparation", "in_assessment", "dormant", "refused", "declined", "unknown")


def _in_need(person: Person) -> bool:
    """Whether a person with a complex need has neither coordinator nor plan, and stays."""
    is_registered = person.spells or person.plans or person.notices
    return person.complex_need and person.stays and not is_registered


def _assignment_of(desk: Desk, specification: Specification, person: Person) -> dict[str, Value]:
    """Return an assignment of somebody who is no coordinator of the world."""
    name = desk.names.name(desk.chance.random() < 0.8, "employee")
    first = max(person.services[0].first, person.moved_in or 0, desk.town.place.begins)
    first = max(first, specification.scope.since, specification.scope.opens)
    return of_person(specification, person) | {
        "rolle": Role.COORDINATOR.value,
        "koordinator_id": str(desk.chance.randint(9900, 9999)),
        "koordinator_navn": write_name(name, name_form(specification, first)),
        "koordinator_tjeneste": "home_care",
        "fra_dato": desk.chance.randint(min(first, LAST_DAY), LAST_DAY),
        "til_dato": None,
        "samtykke": "yes",
    }


def wait_for_appointment(desk: Desk) -> None:
    """Register persons as waiting, in the coordinator's place a word for nobody."""
    for specification in desk.sources("koordinator"):
        if not specification.scope.main or specification.scope.part:
            continue
        many = 1 + round(len(desk.town.coordinators) / 60)
        for person in desk.persons(_in_need, many):
            values = _assignment_of(desk, specification, person)
            nobody = Raw(desk.chance.choice(_VACANT[specification.language]))
            values |= {"koordinator_id": None, "koordinator_navn": nobody}
            values["koordinator_tjeneste"] = None
            first = values["fra_dato"]
            if isinstance(first, int):
                desk.add(specification, first, values, person, "awaiting_appointment")


def register_others(desk: Desk) -> None:
    """Register those whose title sounds alike: contact nurses, cancer nurses, the hospital's."""
    journal = [one for one in desk.sources("koordinator") if _is_journal(one)]
    for specification in journal:
        elders = desk.persons(lambda one: _in_need(one) and one.age(LAST_DAY) >= 67, ALL)
        contacts = desk.chance.sample(elders, len(elders) // 3)
        others = desk.persons(_in_need, 2 + len(elders) // 25)
        kinds = [(person, "primary_contact", "home_care") for person in contacts]
        for at, person in enumerate(others):
            if at % 3:
                kinds.append((person, "specialist_coordinator", "home_care"))
            else:
                kinds.append((person, Role.COORDINATOR.value, "specialist"))
        for person, role, area in kinds:
            values = _assignment_of(desk, specification, person)
            values |= {"rolle": role, "koordinator_tjeneste": area}
            rule = "specialist_coordinator" if area == "specialist" else "role_not_counted"
            first = values["fra_dato"]
            if isinstance(first, int):
                desk.add(specification, first, values, person, rule)


def _is_journal(specification: Specification) -> bool:
    """Whether a source of coordinators is the one where the health services register."""
    fits = {"fnr", "koordinator_id", "koordinator_tjeneste"} <= specification.columns
    return fits and specification.folder in ("gerica", "cosdoc", "profil", "epj")


def register_what_has_no_day(desk: Desk) -> None:
    """Register a coordinator for somebody who has moved out or died by then."""
    for specification in desk.sources("koordinator"):
        if not _covers_everybody(specification):
            continue
        since = max(desk.town.place.begins, specification.scope.opens)
        for person in desk.persons(partial(_is_gone_after, since), 2):
            first = person.resident_until + desk.chance.randint(2, 20)
            values = _assignment_of(desk, specification, person) | {"fra_dato": first}
            if first < specification.last_day:
                desk.add(specification, first, values, person, "no_day_left")


def _is_gone_after(day: int, person: Person) -> bool:
    return not person.stays and not person.spells and person.resident_until > day


def _covers_everybody(specification: Specification) -> bool:
    scope = specification.scope
    return scope.main and scope.part is None and scope.closes == OPEN


def plan_ahead(desk: Desk) -> None:
    """Register coordinators who are to begin after the last delivery."""
    for specification in desk.sources("koordinator"):
        if not _covers_everybody(specification):
            continue
        for at, person in enumerate(desk.persons(_in_need, _AHEAD), start=1):
            first = LAST_DAY + 7 * at
            values = _assignment_of(desk, specification, person) | {"fra_dato": first}
            desk.add(specification, LAST_DAY - 5, values, person, "planned_start")


def double_a_child_coordinator(desk: Desk) -> None:
    """Give a child who has a child coordinator an ordinary one besides, for a while."""
    for specification in desk.sources("koordinator"):
        if not _covers_everybody(specification):
            continue
        children = desk.persons(lambda one: _has_long_child_spell(one) and one.stays, 1)
        for person in children:
            spell = next(one for one in person.spells if one.role is Role.CHILD_COORDINATOR)
            values = _assignment_of(desk, specification, person)
            values |= {"fra_dato": spell.first + 40, "til_dato": spell.first + 100}
            values |= {"koordinator_tjeneste": spell.coordinator.area, "samtykke": None}
            desk.add(specification, spell.first + 45, values, person, "child_precedence")


def _has_long_child_spell(person: Person) -> bool:
    return any(
        spell.role is Role.CHILD_COORDINATOR and min(spell.last, LAST_DAY) - spell.first > 150
        for spell in person.spells[:1]
    )


def register_other_plans(desk: Desk) -> None:
    """Register plans of other types, and plans that are none yet or never became one."""
    for specification in desk.sources("ip"):
        if not specification.scope.main or "fnr" not in specification.columns:
            continue
        many = 2 + round(len(desk.town.coordinators) / 6)
        for at, person in enumerate(desk.persons(_in_need, many)):
            first = max(person.services[0].first, person.moved_in or 0, desk.town.place.begins)
            created = desk.chance.randint(min(first, LAST_DAY), LAST_DAY)
            values = of_person(specification, person) | {
                "status": "active",
                "opprettet_dato": created,
                "avsluttet_dato": None,
                "plantype": "other_plan",
                "samtykke": "yes",
            }
            rule = "plan_type_other"
            if "plantype" not in specification.columns or at % 2:
                status = _NOT_ACTIVE[at % len(_NOT_ACTIVE)]
                values |= {"status": status, "plantype": "individual_plan"}
                rule = "plan_not_active"
            if created <= specification.last_day:
                desk.add(specification, created, values, person, rule)
        whole = [one for one in desk.of("ip") if one.specification is specification and one.fact]
        for registration in desk.some(whole, 0.5):
            copied = copy_of(desk, registration, "closed_without_date")
            copied.values |= {"status": "closed", "avsluttet_dato": None}
            copied.values["sist_evaluert_dato"] = None


def disagree_on_plans(desk: Desk) -> None:
    """Let the journal say that there is no plan where the planning tool has an active one."""
    for specification in desk.sources("ip"):
        if specification.scope.main:
            continue
        known = {
            one.person.id_number
            for one in desk.all_of("ip")
            if one.person is not None and one.specification is specification
        }
        planned = desk.persons(lambda one: bool(one.plans), ALL)
        for person in (one for one in planned if one.id_number not in known):
            if desk.chance.random() < 0.2:
                at = min(person.plans[0].first + 30, LAST_DAY)
                values = of_person(specification, person) | {
                    "status": desk.chance.choice(("none", "declined")),
                    "opprettet_dato": at,
                    "avsluttet_dato": None,
                }
                desk.add(specification, at, values, person, "systems_disagree")
