"""The source contract as data: record types, their columns, and the headers that name them.

This is the public interface towards the operational systems; `docs/contract.md` is made from it.
What a value may say (the code lists) is data too: `seeds/code_map.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dagster_project.values import fold


class Kind(StrEnum):
    """What a column holds, which decides what may be written of it (see `identity.protect`)."""

    PERSON_ID = "person_id"  # becomes a pseudonym
    PERSON_NAME = "person_name"  # becomes, with the birth date, match keys
    BIRTH_DATE = "birth_date"
    EMPLOYEE_ID = "employee_id"  # becomes a keyed hash
    EMPLOYEE_NAME = "employee_name"  # becomes a keyed hash, or stays where it is no name at all
    FAMILY_ID = "family_id"  # becomes a keyed hash
    REGISTRATION_ID = "registration_id"  # stays, unless it may be an id or a name
    MUNICIPALITY = "municipality"  # becomes today's code
    DATE = "date"
    NUMBER = "number"
    YEAR = "year"  # a year, or the year of a date
    AGE = "age"  # a year of age, or the open one at the top
    CODE = "code"  # a value of a code list
    LABEL = "label"  # free words that name a thing: a unit, a topic
    CODE_LIST = "code_list"  # several values of a code list in one cell
    FREE_TEXT = "free_text"  # only whether there is any is kept


@dataclass(frozen=True)
class Column:
    """One canonical column: its kind, whether a row counts without it, its other headers."""

    name: str
    kind: Kind
    required: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordType:
    """One record type: what a row is, its columns, and what tells two registrations apart."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def column(self, name: str) -> Column:
        """Return the column of that canonical name, or raise KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names_persons(self) -> bool:
        """Whether rows are about persons, and so carry keys that identity makes."""
        return any(column.kind is Kind.PERSON_ID for column in self.columns)


_ALIASES: dict[str, tuple[str, ...]] = {
    "fnr": (
        "fødselsnummer",
        "fødselsnr",
        "personnummer",
        "personnr",
        "f.nr",
        "pid",
        "bruker-id",
    ),
    "tidligere_id": ("tidligere fnr", "d-nummer", "dnr", "gammelt fnr"),
    "navn": (
        "bruker",
        "brukernavn",
        "pasient",
        "tjenestemottaker",
        "planeier",
        "planeigar",
    ),
    "fodselsdato": ("født", "fødd", "f.dato", "fdato"),
    "rolle": ("koordinatorrolle", "koordinatortype", "type koordinator", "funksjon"),
    "koordinator_id": ("ansattnr", "ansattnummer", "koordinator ansattnr", "ressursnr"),
    "koordinator_navn": ("koordinator", "ansvarlig", "ansvarleg"),
    "koordinator_tjeneste": ("avdeling", "tjenestested", "tenestestad", "enhet koordinator"),
    "tjenesteomrade": ("tjenesteområde", "tenesteområde", "område", "sektor"),
    "fra_dato": (
        "fra",
        "frå",
        "startdato",
        "start",
        "gyldig fra",
        "oppnevnt",
        "oppnemnd",
        "oppnevnt dato",
    ),
    "til_dato": ("til", "sluttdato", "slutt", "gyldig til", "avsluttet", "avslutta"),
    "status": ("ip-status", "planstatus", "ip"),
    "opprettet_dato": (
        "opprettet",
        "oppretta",
        "opprettet ip",
        "plan startet",
        "vedtaksdato ip",
    ),
    "avsluttet_dato": (
        "avsluttet",
        "avslutta",
        "ip avsluttet",
        "plan avsluttet",
        "plan avslutta",
    ),
    "sist_evaluert_dato": (
        "sist evaluert",
        "siste evaluering",
        "evaluert dato",
        "sist oppdatert",
    ),
    "motedato": ("dato", "møtedato", "dato for møte"),
    "motetype": ("type møte", "møte", "møteform"),
    "endringsdato": ("dato", "dato for endring", "gjelder fra", "gjeld frå"),
    "endringstype": ("endring", "type endring", "hva er endret"),
}


def _column(name: str, kind: Kind, required: bool = False) -> Column:
    return Column(name, kind, required, _ALIASES.get(name, ()))


# Every record may say which municipality a row belongs to; the default is its source's.
_MUNICIPALITY = _column("kommune", Kind.MUNICIPALITY)


def _record(name: str, grain: str, key: tuple[str, ...], *columns: Column) -> RecordType:
    return RecordType(name, grain, (*columns, _MUNICIPALITY), key)


_POPULATION = (
    _column("region", Kind.MUNICIPALITY, required=True),
    _column("alder", Kind.AGE, required=True),
    _column("aar", Kind.YEAR, required=True),
    _column("kjonn", Kind.CODE),
    _column("personer", Kind.NUMBER, required=True),
)

# Statistics of the population, of the whole country whoever the installation belongs to.
WHOLE_COUNTRY = frozenset({"befolkning", "framskriving"})

RECORD_TYPES: dict[str, RecordType] = {
    record.name: record
    for record in (
        _record(
            "person",
            "a person known to the electronic patient journal",
            ("fnr",),
            _column("fnr", Kind.PERSON_ID, required=True),
            _column("tidligere_id", Kind.PERSON_ID),
            _column("navn", Kind.PERSON_NAME),
            _column("fodselsdato", Kind.BIRTH_DATE),
            _column("kjonn", Kind.CODE),
            _column("innflyttet_dato", Kind.DATE),
            _column("utflyttet_dato", Kind.DATE),
            _column("dod_dato", Kind.DATE),
        ),
        _record(
            "tjeneste",
            "one service a person receives",
            ("tjeneste_id",),
            _column("tjeneste_id", Kind.REGISTRATION_ID, required=True),
            _column("fnr", Kind.PERSON_ID, required=True),
            _column("tjenestetype", Kind.LABEL),
            _column("tjenesteomrade", Kind.CODE, required=True),
            _column("fra_dato", Kind.DATE, required=True),
            _column("til_dato", Kind.DATE),
        ),
        _record(
            "koordinator",
            "one coordinator assignment",
            ("registrering_id",),
            _column("registrering_id", Kind.REGISTRATION_ID, required=True),
            _column("fnr", Kind.PERSON_ID),
            _column("navn", Kind.PERSON_NAME),
            _column("fodselsdato", Kind.BIRTH_DATE),
            _column("rolle", Kind.CODE, required=True),
            _column("koordinator_id", Kind.EMPLOYEE_ID),
            _column("koordinator_navn", Kind.EMPLOYEE_NAME),
            _column("koordinator_tjeneste", Kind.CODE),
            _column("fra_dato", Kind.DATE, required=True),
            _column("til_dato", Kind.DATE),
            _column("samtykke", Kind.CODE),
            _column("familie_id", Kind.FAMILY_ID),
        ),
        _record(
            "ip",
            "one individual plan registration",
            ("registrering_id",),
            _column("registrering_id", Kind.REGISTRATION_ID, required=True),
            _column("fnr", Kind.PERSON_ID),
            _column("navn", Kind.PERSON_NAME),
            _column("fodselsdato", Kind.BIRTH_DATE),
            _column("status", Kind.CODE, required=True),
            _column("opprettet_dato", Kind.DATE, required=True),
            _column("avsluttet_dato", Kind.DATE),
            _column("sist_evaluert_dato", Kind.DATE),
            _column("koordinator_id", Kind.EMPLOYEE_ID),
            _column("plantype", Kind.CODE),
            _column("samtykke", Kind.CODE),
        ),
        _record(
            "mote",
            "one person in one logged meeting",
            ("mote_id", "fnr"),
            _column("mote_id", Kind.REGISTRATION_ID, required=True),
            _column("fnr", Kind.PERSON_ID, required=True),
            _column("motedato", Kind.DATE, required=True),
            _column("motetype", Kind.CODE, required=True),
            _column("koordinator_id", Kind.EMPLOYEE_ID),
            _column("deltakere", Kind.CODE_LIST),
            _column("varighet_min", Kind.NUMBER),
            _column("referat", Kind.FREE_TEXT),
        ),
        _record(
            "koordinatortall",
            "counts that a unit's leader reports",
            ("enhet", "tjenesteomrade", "telledato"),
            _column("enhet", Kind.LABEL, required=True),
            _column("tjenesteomrade", Kind.CODE, required=True),
            _column("telledato", Kind.DATE, required=True),
            _column("antall_koordinatorer", Kind.NUMBER),
            _column("antall_med_koordinator", Kind.NUMBER),
            _column("antall_ip", Kind.NUMBER),
            _column("antall_moter", Kind.NUMBER),
            _column("rapportert_dato", Kind.DATE),
        ),
        _record(
            "melding",
            "one notice of need",
            ("melding_id",),
            _column("melding_id", Kind.REGISTRATION_ID, required=True),
            _column("fnr", Kind.PERSON_ID, required=True),
            _column("mottatt_dato", Kind.DATE, required=True),
            _column("melder", Kind.CODE),
            _column("kanal", Kind.LABEL),
            _column("samtykke", Kind.CODE),
            _column("vurdert_dato", Kind.DATE),
            _column("utfall", Kind.CODE),
            _column("vedtak_dato", Kind.DATE),
        ),
        _record(
            "endring",
            "one change form",
            ("endring_id",),
            _column("endring_id", Kind.REGISTRATION_ID, required=True),
            _column("fnr", Kind.PERSON_ID, required=True),
            _column("endringsdato", Kind.DATE, required=True),
            _column("endringstype", Kind.CODE, required=True),
            _column("gammel_koordinator_id", Kind.EMPLOYEE_ID),
            _column("ny_koordinator_id", Kind.EMPLOYEE_ID),
        ),
        _record(
            "ansatt",
            "one employment of one employee",
            ("koordinator_id", "ansatt_fra"),
            _column("koordinator_id", Kind.EMPLOYEE_ID, required=True),
            _column("navn", Kind.EMPLOYEE_NAME),
            _column("tjenesteomrade", Kind.CODE),
            _column("ansatt_fra", Kind.DATE),
            _column("ansatt_til", Kind.DATE),
            _column("stillingsprosent", Kind.NUMBER),
        ),
        _record(
            "kompetanse",
            "one training need or completion of one coordinator",
            ("koordinator_id", "tema", "behov_meldt_dato"),
            _column("koordinator_id", Kind.EMPLOYEE_ID, required=True),
            _column("tema", Kind.LABEL, required=True),
            _column("behov_meldt_dato", Kind.DATE),
            _column("tilbudt_dato", Kind.DATE),
            _column("gjennomfort_dato", Kind.DATE),
        ),
        _record(
            "psfs",
            "one activity's score at one conversation",
            ("fnr", "samtale_nr", "aktivitet_nr"),
            _column("fnr", Kind.PERSON_ID, required=True),
            _column("samtale_nr", Kind.NUMBER, required=True),
            _column("dato", Kind.DATE, required=True),
            _column("aktivitet_nr", Kind.NUMBER, required=True),
            _column("skar", Kind.NUMBER, required=True),
        ),
        _record(
            "bolig",
            "one registered housing need",
            ("fnr", "meldt_dato"),
            _column("fnr", Kind.PERSON_ID, required=True),
            _column("meldt_dato", Kind.DATE, required=True),
            _column("onsket_aar", Kind.YEAR),
            _column("boligtype", Kind.LABEL),
            _column("heldogn", Kind.CODE),
        ),
        _record(
            "befolkning",
            "persons by municipality, age and year (Statistics Norway, table 07459)",
            ("region", "alder", "aar", "kjonn"),
            *_POPULATION,
        ),
        _record(
            "framskriving",
            "projected persons by municipality, age and year (Statistics Norway)",
            ("region", "alder", "aar", "kjonn"),
            *_POPULATION,
        ),
    )
}


@dataclass(frozen=True)
class Vocabulary:
    """The code lists: for each field, the folded accepted values and what they mean."""

    fields: Mapping[str, Mapping[str, str]]

    def canonical(self, field: str, value: str) -> str | None:
        """Return the canonical value of a cell, or None where it is not listed."""
        return self.fields.get(field, {}).get(fold(value))


def read_vocabulary(code_map: Path) -> Vocabulary:
    """Return the code lists of `seeds/code_map.csv`; a canonical value stands for itself."""
    fields: dict[str, dict[str, str]] = {}
    with code_map.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            values = fields.setdefault(row["field"], {})
            values[fold(row["accepted"])] = row["canonical"]
            values.setdefault(fold(row["canonical"]), row["canonical"])
    return Vocabulary(fields)


def code_list(column: str) -> str:
    """Return the code list that a coded column uses; most have their own."""
    return {"koordinator_tjeneste": "tjenesteomrade"}.get(column, column)
