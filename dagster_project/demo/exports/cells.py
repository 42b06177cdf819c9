"""Writes the values of a registration as a system would: its dates, names, words and numbers."""

from __future__ import annotations

import datetime as dt
import functools

from dagster_project.contract import RECORD_TYPES, ColumnKind
from dagster_project.demo.exports.registration import HomeOf, Raw, Registration, Value, Versions
from dagster_project.demo.exports.specification import DateForm, HomeForm, NameForm, Specification
from dagster_project.demo.identities import Name
from dagster_project.demo.places import PLACES

Cell = str | int | dt.date | None

_SERIAL_ORIGIN = dt.date(1899, 12, 30).toordinal()
_WITHOUT_LETTERS = str.maketrans({"å": "aa", "Å": "Aa", "æ": "ae", "Æ": "Ae", "ø": "oe", "Ø": "Oe"})
_ENDS = frozenset({"til_dato", "avsluttet_dato", "utflyttet_dato", "ansatt_til"})
_USUAL = 6  # of seven registrations, six are written in the usual form
_NOTED = 9  # one registration of so many has a note
_NOTES = (
    "Ringt {given}, ønsker møte i neste uke",
    "Mor {given} {surname} deltar i møtene",
    "Se referat.\nAvtalt med {given} {surname}",
    "Koordinator bytter etter ferien",
    "Samtykke innhentet på telefon",
    "Tolk nødvendig",
)
_ZONES = ("Sone nord", "Sone sør", "Sone øst", "Sentrum")


class CellWriter:
    """Writes the cells of one source."""

    def __init__(self, specification: Specification) -> None:
        self._specification = specification
        self._style = specification.style
        self._municipality = specification.municipality
        self._columns = [
            (name, None if name.startswith("~") else self._kind(name))
            for name in specification.headers.values()
        ]

    def _kind(self, name: str) -> ColumnKind:
        record = RECORD_TYPES[self._specification.record]
        if name not in record.not_taken:
            return record.column(name).kind
        # Exports have it all the same.
        return ColumnKind.CODE if name in self._specification.words else ColumnKind.LABEL

    def write(self, registration: Registration, row: dict[str, Value], day: int) -> list[Cell]:
        """Return the cells of a row in the order of the source's headers."""
        return [
            _filler(name, registration)
            if kind is None
            else self._cell(name, kind, row.get(name), registration.variant, day)
            for name, kind in self._columns
        ]

    def _cell(self, name: str, kind: ColumnKind, value: Value, variant: int, day: int) -> Cell:
        if isinstance(value, Versions):
            value = value.on(day)
        if value is None:
            forms = self._style.open_ended if name in _ENDS else ("",)
            return forms[variant % len(forms)] or None
        if isinstance(value, int):
            if kind is ColumnKind.DATE:
                return write_date(value, _usual(self._style.dates, variant))
            return write_date(value, self._style.births) if kind is ColumnKind.BIRTH_DATE else value
        if isinstance(value, str):
            if kind is ColumnKind.CODE:
                return self._specification.word(name, value, variant)
            if kind is ColumnKind.PERSON_ID and self._style.spaced_ids:
                return f"{value[:6]} {value[6:]}"
            return value
        if isinstance(value, Raw):
            return value.text
        if isinstance(value, HomeOf):
            return write_home(self._municipality, self._style.homes, value.part, day)
        return _participants(self._specification, value, variant)


def _usual(forms: tuple[DateForm, ...], variant: int) -> DateForm:
    """Return the first form for most registrations, the others for the rest."""
    return forms[0] if variant % (_USUAL + 1) < _USUAL else forms[variant % len(forms)]


@functools.cache
def write_date(day: int, form: DateForm) -> Cell:
    """Return a date in one of the forms of the contract."""
    date = dt.date.fromordinal(day)
    match form:
        case DateForm.CELL:
            return date
        case DateForm.SERIAL:
            return day - _SERIAL_ORIGIN
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
    if form is NameForm.WITHOUT_LETTERS:
        return name.full.translate(_WITHOUT_LETTERS)
    return name.full


@functools.cache
def write_home(municipality: str, form: HomeForm, part: str, day: int) -> str:
    """Return a municipality as it was called in the year of a delivery."""
    place = PLACES[municipality]
    year = dt.date.fromordinal(day).year
    code, name = place.code_in(year, part), place.name_in(year, part)
    match form:
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
    choices = [known.get(who) or areas[who] for who in present]
    words = [words[variant % len(words)] for words in choices]
    return ("; " if variant % 3 else ", ").join(words)


def _filler(name: str, registration: Registration) -> Cell:
    """Return a cell of a column that the contract does not know; some hold names."""
    variant = registration.variant
    match name:
        case "~note":
            if registration.person is None or variant % _NOTED:
                return None
            name_of = registration.person.name
            note = _NOTES[variant // _NOTED % len(_NOTES)]
            return note.format(given=name_of.given, surname=name_of.surname)
        case "~zone":
            return _ZONES[variant % len(_ZONES)]
        case "~number":
            return 2 + variant % 8
        case "~address":
            return f"test{variant % 900 + 100}@eksempel.no"
        case _:
            raise ValueError(name)
