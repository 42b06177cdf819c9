"""What goes wrong in registrations: every rule of `seeds/rules.csv`, and more that has no rule yet.

Three kinds, so that the counting rules can find the truth again:

- *edits* of a right registration, which the rules repair (an id without its leading zero, an
  assignment that nobody closed though the person died);
- *copies* of a right registration that lose something (a role nobody knows, a date nobody can
  read): they are held back, and the right one stands beside them;
- *strangers*: registrations of what does not count (a contact nurse, a plan for the school).

One thing goes wrong with a registration at a time. `synthetic_id_refused` cannot happen here: all
persons are test persons, and the demo takes them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial

from dagster_project.demo.exports.cells import name_form, write_name
from dagster_project.demo.exports.registration import HomeOf, Mark, Raw, Registration, Told, Value
from dagster_project.demo.exports.specification import FileKind, Specification
from dagster_project.demo.exports.tell import numbered, of_person
from dagster_project.demo.identities import Registry
from dagster_project.demo.places import CHILD_RIGHT, LAST_DAY
from dagster_project.demo.world import (
    OPEN,
    Ending,
    Person,
    Plan,
    Role,
    Spell,
    Town,
    town_chance,
)
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
_ELSEWHERE = {
    "municipality_ambiguous": ("1507 Ålesund", "Herøy"),
    "municipality_unknown": ("9876", "Utlandet"),
    "municipality_not_held": ("3201 Bærum", "K-4204 Kristiansand"),
}
_ALL = 1_000_000
_AHEAD = 6  # coordinators who are to begin: fewer on a day each would look like a backlog
_DISAGREEING = 4
_VACANT = {"nb": ("vakant", "Ikke avklart", "KE"), "nn": ("Ikkje avklart", "Ledig", "KE")}
_CODE_OF = {"koordinator": "rolle", "ip": "status", "tjeneste": "tjenesteomrade"}
_CODE_OF |= {"mote": "motetype", "endring": "endringstype"}
_DAY_OF = {"koordinator": "fra_dato", "ip": "opprettet_dato", "tjeneste": "fra_dato"}
_DAY_OF |= {"mote": "motedato", "melding": "mottatt_dato", "endring": "endringsdato"}
_NEVER_SAID = {"rolle": "Ressursperson", "status": "Se journal", "tjenesteomrade": "Diverse"}
_NEVER_SAID |= {"motetype": "Kaffemøte", "endringstype": "Feriestengt"}
# Registrations of one record type that a mess is made of, for each thousand; one at least.
_PER_MILLE = {"koordinator": 9, "ip": 11, "mote": 3, "tjeneste": 0.4, "person": 0.6}
_PER_MILLE |= {"melding": 6, "endring": 6, "psfs": 4, "bolig": 10, "ansatt": 10, "kompetanse": 10}
_NAMED_LIKE = {"samtykke": "avventer svar", "kjonn": "ukjent", "melder": "nabo"}


def make_mess(town: Town, told: dict[str, list[Registration]], seed: int) -> None:
    """Make a mess of what the sources of a municipality tell; `told` is by source, and changed."""
    desk = _Desk(town, told, seed)
    for mess in (
        _note_what_is_so,
        _leave_open,
        _leave_plans_open,
        _split,
        _call_child_coordinator_early,
        _leave_out_coordinator_id,
        _mistype_ids,
        _use_earlier_ids,
        _mistype_births,
        _say_what_is_not_listed,
        _write_unreadable,
        _write_old_codes,
        _repeat,
        _copy_with_a_flaw,
        _wait_for_appointment,
        _register_others,
        _register_what_has_no_day,
        _plan_ahead,
        _double_a_child_coordinator,
        _register_other_plans,
        _disagree_on_plans,
        _disagree_on_births,
        _note_what_is_merged,
    ):
        mess(desk)


class _Desk:
    """Where the registrations of one municipality are messed up."""

    def __init__(self, town: Town, told: dict[str, list[Registration]], seed: int) -> None:
        self.town = town
        self.chance = town_chance(seed, town.place.code, "mess")
        self.names = Registry(self.chance)
        self._told = told
        self._numbers = {name: len(registrations) for name, registrations in told.items()}
        self._of_record: dict[str, list[Registration]] = defaultdict(list)
        for registrations in told.values():
            for registration in registrations:
                self._of_record[registration.specification.record].append(registration)

    def of(self, *records: str) -> list[Registration]:
        """Return the registrations of some record types with which nothing is wrong yet."""
        return [one for one in self.all_of(*records) if not one.marks]

    def all_of(self, *records: str) -> list[Registration]:
        """Return all registrations of some record types."""
        return [one for record in records for one in self._of_record[record]]

    def sources(self, record: str) -> list[Specification]:
        """Return the sources of a record type that have told anything."""
        told = (registrations for registrations in self._told.values() if registrations)
        found = [registrations[0].specification for registrations in told]
        return [specification for specification in found if specification.record == record]

    def some(self, of: list[Registration], share: float = 1.0) -> list[Registration]:
        """Pick some registrations, as many as the record type has gone wrong with; one at least."""
        if not of:
            return []
        record = of[0].specification.record
        per_mille = _PER_MILLE[record] * self.town.place.untidy * share
        many = max(1, round(len(self.all_of(record)) * per_mille / 1000))
        return self.chance.sample(of, min(many, len(of)))

    def add(
        self,
        specification: Specification,
        known: int,
        values: dict[str, Value],
        person: Person | None,
        *rules: str,
    ) -> Registration:
        """Add a registration to a source, known within the days of its deliveries."""
        known = min(known, specification.last_day)
        marks = [Mark(rule) for rule in rules]
        added = Registration(specification, "", known, values, person, marks=marks)
        self._numbers[specification.name] += 1
        numbered(added, self._numbers[specification.name])
        self._told[specification.name].append(added)
        self._of_record[specification.record].append(added)
        return added

    def persons(self, fits: Callable[[Person], bool], many: int) -> list[Person]:
        """Pick some persons of the register who fit."""
        found = [
            person
            for person in self.town.persons
            if person.registered and not person.namesake and fits(person)
        ]
        return self.chance.sample(found, min(many, len(found)))


def _mark(registration: Registration, *rules: str) -> None:
    registration.marks += [Mark(rule) for rule in rules]


def _note_what_is_so(desk: _Desk) -> None:
    """Mark what is a mess already as the sources tell it."""
    for registration in desk.all_of("koordinator", "tjeneste"):
        person = registration.person
        if person is not None and not person.registered:
            _mark(registration, "person_not_in_register")
            if not person.birth_known:
                _mark(registration, "age_unknown")
    for registration in desk.of("koordinator"):
        if "koordinator_id" not in registration.specification.columns:
            _mark(registration, "joined_without_id")


def _note_what_is_merged(desk: _Desk) -> None:
    """Mark the plans that several sources tell, in each of them."""
    told = Counter(id(one.fact) for one in desk.all_of("ip") if one.fact is not None)
    for registration in desk.all_of("ip"):
        if registration.fact is not None and told[id(registration.fact)] > 1:
            _mark(registration, "plans_merged")


def _leave_open(desk: _Desk) -> None:
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
            _mark(registration, rule)


def _next(person: Person, spell: Spell) -> Spell:
    return person.spells[person.spells.index(spell) + 1]


def _leave_plans_open(desk: _Desk) -> None:
    """Leave plans open likewise, or close them without saying when."""
    for registration in desk.of("ip"):
        plan = registration.fact
        if not isinstance(plan, Plan):
            continue
        evaluated = "sist_evaluert_dato" in registration.specification.columns
        if plan.ending is Ending.AT_EVALUATION and evaluated and desk.chance.random() < 0.7:
            registration.values["avsluttet_dato"] = None
            _mark(registration, "closed_at_evaluation")
        elif plan.ending in _LEFT_OPEN and desk.chance.random() < 0.5:
            registration.values |= {"avsluttet_dato": None, "status": "active"}
            _mark(registration, _LEFT_OPEN[plan.ending][0])


def _split(desk: _Desk) -> None:
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
        registration.values["til_dato"] = Told(((last + 1, last),))
        _mark(registration, "bridged")
        desk.add(registration.specification, again, values, person, "bridged")


def _call_child_coordinator_early(desk: _Desk) -> None:
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
        _mark(registration, "child_before_2022")


def _leave_out_coordinator_id(desk: _Desk) -> None:
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
        _mark(registration, "joined_without_id")


def _mistype_ids(desk: _Desk) -> None:
    """Lose leading zeros, mistype ids, and leave them out where a name stands beside."""
    for record in ("person", "tjeneste", "koordinator", "ip", "mote", "melding", "endring"):
        zero = [one for one in desk.of(record) if _fnr(one).startswith("0")]
        for registration in desk.some(zero):
            as_number = registration.specification.layout.kind is FileKind.WORKBOOK
            digits = _fnr(registration)
            registration.values["fnr"] = int(digits) if as_number else Raw(digits[1:])
            _mark(registration, "id_leading_zero")
    for record in ("koordinator", "ip"):
        named = [one for one in desk.of(record) if _may_be_found_by_name(one)]
        for at, registration in enumerate(desk.some(named, 2)):
            if at % 2:
                registration.values["fnr"] = None
                _mark(registration, "person_by_name")
            else:
                registration.values["fnr"] = Raw(_invalid(_fnr(registration)))
                _mark(registration, "id_invalid", "person_by_name")


def _fnr(registration: Registration) -> str:
    value = registration.values.get("fnr")
    return value if isinstance(value, str) and "fnr" in registration.specification.columns else ""


def _may_be_found_by_name(registration: Registration) -> bool:
    person = registration.person
    enough = {"fnr", "navn", "fodselsdato"} <= registration.specification.columns
    return enough and person is not None and person.registered and not person.namesake


def _invalid(digits: str) -> str:
    """Return the id with its last digit mistyped, so that no rule takes it for an id."""
    mistyped = (f"{digits[:-1]}{(int(digits[-1]) + step) % 10}" for step in range(1, 10))
    return next(number for number in mistyped if not may_be_person_id(number))


def _use_earlier_ids(desk: _Desk) -> None:
    for registration in desk.of("koordinator", "ip", "mote", "melding", "endring"):
        person = registration.person
        if person is not None and person.earlier_id and desk.chance.random() < 0.5:
            registration.values["fnr"] = person.earlier_id
            _mark(registration, "earlier_id_linked")


def _mistype_births(desk: _Desk) -> None:
    for record in ("koordinator", "ip"):
        for registration in desk.some([one for one in desk.of(record) if _knows_birth(one)]):
            if registration.person is not None:
                birth = registration.person.birth + desk.chance.randint(1, 200)
                registration.values["fodselsdato"] = birth
                _mark(registration, "birth_date_differs")


def _knows_birth(registration: Registration) -> bool:
    return _may_be_found_by_name(registration) and registration.values.get("fnr") is not None


def _say_what_is_not_listed(desk: _Desk) -> None:
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
            registration.values[field] = Raw(_NAMED_LIKE[field])
            _mark(registration, "unknown_value_noted")


def _write_unreadable(desk: _Desk) -> None:
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
            _mark(registration, "unreadable_date_noted")
    meetings = [one for one in desk.of("mote") if "varighet_min" in one.specification.columns]
    for field, text, candidates in (
        ("varighet_min", "en time", meetings),
        ("stillingsprosent", "ringevakt", desk.of("ansatt")),
        ("onsket_aar", "snarest", desk.of("bolig")),
    ):
        for registration in desk.some(candidates):
            registration.values[field] = Raw(text)
            _mark(registration, "unreadable_number_noted")


def _write_old_codes(desk: _Desk) -> None:
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
                _mark(registration, "municipality_split")
            elif place.later_codes:
                registration.values["kommune"] = Raw(home.part)
                _mark(registration, "municipality_recoded")


def _repeat(desk: _Desk) -> None:
    """Write rows twice: alike, or first with something that was put right below."""
    for record in ("person", "tjeneste", "koordinator", "ip", "mote", "melding", "ansatt"):
        for registration in desk.some(desk.of(record)):
            registration.alike = 1
            _mark(registration, "duplicate_row")
    ended = [one for one in desk.of("koordinator") if isinstance(one.values["til_dato"], Told)]
    for registration in desk.some(ended):
        registration.before.append({"til_dato": None})
        _mark(registration, "same_id_in_file")
    ended = [one for one in desk.of("ip") if isinstance(one.values["avsluttet_dato"], Told)]
    for registration in desk.some(ended):
        registration.before.append({"avsluttet_dato": None, "status": "active"})
        _mark(registration, "same_id_in_file")
    for registration in desk.some(desk.of("endring")):
        at = registration.values["endringsdato"]
        if isinstance(at, int):
            registration.before.append({"endringsdato": at - desk.chance.randint(3, 30)})
            _mark(registration, "same_id_in_file", "form_superseded")


def _copy_with_a_flaw(desk: _Desk) -> None:
    """Put beside right registrations copies that lose what a row needs to be counted."""
    for record in ("koordinator", "ip", "tjeneste", "mote", "melding", "endring"):
        right = [one for one in desk.of(record) if one.person is not None and one.person.registered]
        for rule, flaw in _FLAWS.items():
            for registration in desk.some([one for one in right if flaw(one) is not None], 0.2):
                copied = _copy(desk, registration, rule)
                copied.values |= flaw(registration) or {}
                copied.overflow = "se journal" if rule == "row_shape" else None
    for registration in desk.some(desk.of("psfs")):
        _copy(desk, registration, "unreadable_number").values["aktivitet_nr"] = Raw("to")
    for registration in desk.some(desk.of("mote"), 0.3):
        ahead = _copy(desk, registration, "meeting_after_delivery")
        ahead.known = registration.specification.last_day
        ahead.values["motedato"] = ahead.known + desk.chance.randint(7, 60)
    for registration in desk.some([one for one in desk.of("koordinator") if _is_of_namesake(one)]):
        _copy(desk, registration, "person_unresolved").values["fnr"] = None


def _copy(desk: _Desk, registration: Registration, rule: str) -> Registration:
    specification, values = registration.specification, dict(registration.values)
    return desk.add(specification, registration.known, values, registration.person, rule)


def _is_of_namesake(registration: Registration) -> bool:
    person = registration.person
    enough = {"fnr", "navn", "fodselsdato"} <= registration.specification.columns
    return enough and person is not None and person.namesake


# What a flaw changes of a right registration, or None where it cannot be.
_Flaw = Callable[[Registration], "dict[str, Value] | None"]


def _overflows(registration: Registration) -> dict[str, Value] | None:
    return {} if registration.specification.layout.kind is FileKind.TEXT else None


def _lacks_a_day(registration: Registration) -> dict[str, Value] | None:
    return {_DAY_OF[registration.specification.record]: None}


def _has_unlisted_code(registration: Registration) -> dict[str, Value] | None:
    column = _CODE_OF.get(registration.specification.record)
    return {column: Raw(_NEVER_SAID[column])} if column else None


def _has_unreadable_day(registration: Registration) -> dict[str, Value] | None:
    return {_DAY_OF[registration.specification.record]: Raw("høst 2021")}


def _is_reversed(registration: Registration) -> dict[str, Value] | None:
    if registration.specification.record not in ("koordinator", "tjeneste"):
        return None
    first = registration.values["fra_dato"]
    return {"til_dato": first - 20} if isinstance(first, int) else None


def _names_nobody(registration: Registration) -> dict[str, Value] | None:
    """Give an id that is none, and a name of which only the initial is left."""
    columns, person = registration.specification.columns, registration.person
    digits = _fnr(registration)
    if person is None or not digits:
        return None
    initial = f"{person.name.given[0]}. {person.name.surname.split('-')[-1]}"
    return {"fnr": Raw(_invalid(digits))} | ({"navn": initial} if "navn" in columns else {})


def _lives(rule: str) -> _Flaw:
    def elsewhere(registration: Registration) -> dict[str, Value] | None:
        if "kommune" not in registration.specification.columns:
            return None
        written = _ELSEWHERE[rule]
        return {"kommune": Raw(written[registration.variant % len(written)])}

    return elsewhere


_FLAWS: dict[str, _Flaw] = {
    "row_shape": _overflows,
    "missing_required": _lacks_a_day,
    "unknown_value": _has_unlisted_code,
    "unreadable_date": _has_unreadable_day,
    "reversed_interval": _is_reversed,
    "person_unresolved": _names_nobody,
    **{rule: _lives(rule) for rule in _ELSEWHERE},
}


def _in_need(person: Person) -> bool:
    """Whether a person with a complex need has neither coordinator nor plan, and stays."""
    told = person.spells or person.plans or person.notices
    return person.complex_need and person.stays and not told


def _assignment_of(desk: _Desk, specification: Specification, person: Person) -> dict[str, Value]:
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


def _wait_for_appointment(desk: _Desk) -> None:
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


def _register_others(desk: _Desk) -> None:
    """Register those whose title sounds alike: contact nurses, cancer nurses, the hospital's."""
    journal = [one for one in desk.sources("koordinator") if _is_journal(one)]
    for specification in journal:
        elders = desk.persons(lambda one: _in_need(one) and one.age(LAST_DAY) >= 67, _ALL)
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


def _register_what_has_no_day(desk: _Desk) -> None:
    """Register a coordinator for somebody who has moved out or died by then."""
    for specification in desk.sources("koordinator"):
        if not _tells_all(specification):
            continue
        since = max(desk.town.place.begins, specification.scope.opens)
        for person in desk.persons(partial(_is_gone_after, since), 2):
            first = person.resident_until + desk.chance.randint(2, 20)
            values = _assignment_of(desk, specification, person) | {"fra_dato": first}
            if first < specification.last_day:
                desk.add(specification, first, values, person, "no_day_left")


def _is_gone_after(day: int, person: Person) -> bool:
    return not person.stays and not person.spells and person.resident_until > day


def _tells_all(specification: Specification) -> bool:
    scope = specification.scope
    return scope.main and scope.part is None and scope.closes == OPEN


def _plan_ahead(desk: _Desk) -> None:
    """Register coordinators who are to begin after the last delivery."""
    for specification in desk.sources("koordinator"):
        if not _tells_all(specification):
            continue
        for at, person in enumerate(desk.persons(_in_need, _AHEAD), start=1):
            first = LAST_DAY + 7 * at
            values = _assignment_of(desk, specification, person) | {"fra_dato": first}
            desk.add(specification, LAST_DAY - 5, values, person, "planned_start")


def _double_a_child_coordinator(desk: _Desk) -> None:
    """Give a child who has a child coordinator an ordinary one besides, for a while."""
    for specification in desk.sources("koordinator"):
        if not _tells_all(specification):
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


def _register_other_plans(desk: _Desk) -> None:
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
            copied = _copy(desk, registration, "closed_without_date")
            copied.values |= {"status": "closed", "avsluttet_dato": None}
            copied.values["sist_evaluert_dato"] = None


_NOT_ACTIVE = ("in_preparation", "in_assessment", "dormant", "refused", "declined", "unknown")


def _disagree_on_plans(desk: _Desk) -> None:
    """Let the journal say that there is no plan where the planning tool has an active one."""
    for specification in desk.sources("ip"):
        if specification.scope.main:
            continue
        told = {
            one.person.id_number
            for one in desk.all_of("ip")
            if one.person is not None and one.specification is specification
        }
        planned = desk.persons(lambda one: bool(one.plans), _ALL)
        for person in (one for one in planned if one.id_number not in told):
            if desk.chance.random() < 0.2:
                at = min(person.plans[0].first + 30, LAST_DAY)
                values = of_person(specification, person) | {
                    "status": desk.chance.choice(("none", "declined")),
                    "opprettet_dato": at,
                    "avsluttet_dato": None,
                }
                desk.add(specification, at, values, person, "systems_disagree")


def _disagree_on_births(desk: _Desk) -> None:
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
            _mark(registration, "person_sources_disagree")
