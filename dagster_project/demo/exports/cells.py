"""Writes the values of a registration as a system would: its dates, names, words and numbers."""

from __future__ import annotations

import datetime as dt
import random

from dagster_project.contract import RECORD_TYPES, Column, Kind
from dagster_project.demo.exports.registration import HomeOf, Raw, Registration, Value
from dagster_project.demo.exports.specification import DateForm, HomeForm, NameForm, Specification
from dagster_project.demo.identities import Name
from dagster_project.demo.places import PLACES

Cell = str | int | dt.date | None

_SERIAL_ORIGIN = dt.date(1899, 12, 30).toordinal()
_USUAL = 6  # of seven registrations, six are written in the usual form
_NOTES = (
    "Ringt {given}, ønsker møte i neste uke",
    "Mor {given} {surname} deltar i møtene",
    "Se referat.\nAvtalt med {given} {surname}",
    "Koordinator bytter etter ferien",
    "Samtykke innhentet på telefon",
    "Tolk nødvendig",
)
_ZONES = ("Sone nord", "Sone sør", "Sone øst", "Sentrum")


def write_cells(registration: Registration, row: dict[str, Value], day: int) -> list[Cell]:
    """Return the cells of a row in the order of the source's headers."""
    specification = registration.specification
    record = RECORD_TYPES[specification.record]
    cells = []
    for name in specification.headers.values():
        if name.startswith("~"):
            cells.append(_filler(name, registration, day))
        else:
            cells.append(_cell(registration, record.column(name), row.get(name), day))
    return cells


def _cell(registration: Registration, column: Column, value: Value, day: int) -> Cell:
    specification, variant = registration.specification, registration.variant
    if isinstance(value, Raw):
        return value.text
    if value is None:
        if column.name in ("til_dato", "avsluttet_dato", "utflyttet_dato", "ansatt_til"):
            forms = specification.style.open_ended
            return forms[variant % len(forms)] or None
        return None
    if isinstance(value, HomeOf):
        return write_home(specification, value.part, day)
    match column.kind:
        case Kind.DATE | Kind.BIRTH_DATE if isinstance(value, int):
            style = specification.style
            is_birth = column.kind is Kind.BIRTH_DATE
            return write_date(value, style.births if is_birth else _usual(style.dates, variant))
        case Kind.CODE if isinstance(value, str):
            return specification.word(column.name, value, variant)
        case Kind.CODE_LIST if isinstance(value, tuple):
            return _participants(specification, value, variant)
        case Kind.PERSON_ID if isinstance(value, str) and specification.style.spaced_ids:
            return f"{value[:6]} {value[6:]}"
        case _ if isinstance(value, int):
            return value
        case _:
            return str(value)


def _usual(forms: tuple[DateForm, ...], variant: int) -> DateForm:
    """Return the first form for most registrations, the others for the rest."""
    return forms[0] if variant % (_USUAL + 1) < _USUAL else forms[variant % len(forms)]


def write_date(day: int, form: DateForm) -> Cell:
    """Return a date in one of the forms of the contract."""
    date = dt.date.fromordinal(day)
    match form:
        case DateForm.CELL:
            return date
        case DateForm.SERIAL:
            return str(day - _SERIAL_ORIGIN)
        case DateForm.SHORT:
            return f"{date.day}.{date.month}.{date.year}"
        case DateForm.DOTTED:
            return f"{date:%d.%m.%Y}"
        case DateForm.TWO_DIGITS:
            return f"{date:%d.%m.%y}"
        case DateForm.SLASHED:
            return f"{date:%d/%m/%Y}"
        case DateForm.COMPACT:
            return f"{date:%Y%m%d}"
        case DateForm.WITH_TIME:
            return f"{date:%Y-%m-%d}T00:00:00"
        case DateForm.ISO:
            return f"{date:%Y-%m-%d}"


def write_name(name: Name, form: NameForm) -> str:
    """Return a name in one of its forms; those that would be read otherwise are written plainly."""
    given = " ".join(part for part in (name.given, name.middle) if part)
    if form is NameForm.LAST_FIRST:
        return f"{name.surname}, {given}"
    if form is NameForm.CAPITALS and "-" not in name.surname:
        return f"{name.surname} {given}".upper()
    if form is NameForm.INITIAL and name.middle:
        return f"{name.given} {name.middle[0]}. {name.surname}"
    return name.full


def write_home(specification: Specification, part: str, day: int) -> str:
    """Return a municipality as it was called in the year of a delivery."""
    place = PLACES[specification.municipality]
    year = dt.date.fromordinal(day).year
    code, name = place.code_in(year, part), place.name_in(year, part)
    match specification.style.homes:
        case HomeForm.CODE:
            return code
        case HomeForm.BOTH:
            return f"{code} {name}"
        case HomeForm.PREFIXED:
            return f"K-{code} {name}"


def name_form(specification: Specification, variant: int) -> NameForm:
    """Return the form in which a source writes a name."""
    forms = specification.style.names
    return forms[variant % len(forms)]


def _participants(specification: Specification, present: tuple[str, ...], variant: int) -> str:
    known = specification.words["deltakere"]
    areas = specification.words["tjenesteomrade"]
    words = [
        (words := known.get(who) or areas[who])[variant % len(words)]  # noqa: F821
        for who in present
    ]
    return ("; " if variant % 3 else ", ").join(words)


def _filler(name: str, registration: Registration, day: int) -> Cell:
    """Return a cell of a column that the contract does not know; some hold names."""
    chance = random.Random(registration.variant)
    match name:
        case "~note":
            if registration.person is None or chance.random() > 0.12:
                return None
            person = registration.person.name
            return chance.choice(_NOTES).format(given=person.given, surname=person.surname)
        case "~zone":
            return chance.choice(_ZONES)
        case "~number":
            return chance.randint(2, 9)
        case "~edited":
            return write_date(min(day, registration.known + chance.randint(0, 9)), DateForm.DOTTED)
        case "~address":
            return f"test{chance.randint(100, 999)}@eksempel.no"
    raise ValueError(name)
