"""Copies of right registrations that lose what a row needs to be counted."""

from __future__ import annotations

from collections.abc import Callable

from dagster_project.demo.errors.desk import Desk
from dagster_project.demo.errors.edits import fnr_of, invalid_id
from dagster_project.demo.exports.registration import Raw, Registration, Value
from dagster_project.demo.exports.specification import FileKind

_ELSEWHERE = {
    "municipality_ambiguous": ("1507 Ålesund", "Herøy"),
    "municipality_unknown": ("9876", "Utlandet"),
    "municipality_not_held": ("3201 Bærum", "K-4204 Kristiansand"),
}
_CODE_OF = {
    "koordinator": "rolle",
    "ip": "status",
    "mote": "motetype",
    "endring": "endringstype",
}
_DAY_OF = {
    "koordinator": "fra_dato",
    "ip": "opprettet_dato",
    "tjeneste": "fra_dato",
    "mote": "motedato",
    "melding": "mottatt_dato",
    "endring": "endringsdato",
}
_NOT_LISTED = {
    "rolle": "Ressursperson",
    "status": "Se journal",
    "motetype": "Kaffemøte",
    "endringstype": "Feriestengt",
}


def copy_with_a_flaw(desk: Desk) -> None:
    """Put beside right registrations copies that lose what a row needs to be counted."""
    for record in ("koordinator", "ip", "tjeneste", "mote", "melding", "endring"):
        right = [one for one in desk.of(record) if one.person is not None and one.person.registered]
        for rule, flaw in _FLAWS.items():
            for registration in desk.some([one for one in right if flaw(one) is not None], 0.2):
                copied = copy_of(desk, registration, rule)
                copied.values |= flaw(registration) or {}
                copied.overflow = "se journal" if rule == "row_shape" else None
    for registration in desk.some(desk.of("psfs")):
        copy_of(desk, registration, "unreadable_number").values["aktivitet_nr"] = Raw("to")
    for registration in desk.some(desk.of("mote"), 0.3):
        ahead = copy_of(desk, registration, "meeting_after_delivery")
        ahead.known = registration.specification.last_day
        ahead.values["motedato"] = ahead.known + desk.chance.randint(7, 60)
    for registration in desk.some([one for one in desk.of("koordinator") if _is_of_namesake(one)]):
        copy_of(desk, registration, "person_unresolved").values["fnr"] = None


def copy_of(desk: Desk, registration: Registration, rule: str) -> Registration:
    """Put a copy of a registration beside it, under a number of its own, and return it."""
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
    return {column: Raw(_NOT_LISTED[column])} if column else None


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
    digits = fnr_of(registration)
    if person is None or not digits:
        return None
    initial = f"{person.name.given[0]}. {person.name.surname.split('-')[-1]}"
    return {"fnr": Raw(invalid_id(digits))} | ({"navn": initial} if "navn" in columns else {})


def _lives_elsewhere(rule: str) -> _Flaw:
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
    **{rule: _lives_elsewhere(rule) for rule in _ELSEWHERE},
}
