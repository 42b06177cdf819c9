"""Small wild registers: what a municipality's systems may deliver, with everything that goes wrong.

A world is what one home holds: some twenty municipalities share their sources, as in a joint data
system, and each has a coordinator register of its own. Everything follows from one seed.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dagster_project.reference import SEEDS
from tests.oracle.days import newest_day
from tests.support.persons import fnr
from tests.support.small_home import SmallHome, as_csv, name

Cells = dict[str, str]
DAY = dt.timedelta(days=1)
FIRST, LAST = dt.date(2020, 1, 1), dt.date(2025, 6, 30)
DELIVERIES = ("20221231", "20240229", "20250331")
POPULATION_DELIVERY = "20250301"
RIGHT_TO_CHILD_COORDINATOR = dt.date(2022, 8, 1)
NOT_HELD = "0301"  # Oslo: no world has it
UNKNOWN_MUNICIPALITY = "9876 Andeby"
SOMEWHERE_ELSE = ("Oslo", UNKNOWN_MUNICIPALITY, NOT_HELD)
TOGETHER = 20  # municipalities that share their sources
# How far from a day that matters to a person another day lies.
NEAR = (-366, -365, -364, -90, -89, -31, -30, -29, -2, -1, 0, 0, 0, 1, 2, 29, 30, 31, 32, 89, 90)

AREAS = (
    *("hjemmetjeneste",) * 4,
    *("SKOLE",) * 4,
    "Heimeteneste",
    "sykehjem",
    "Psykisk helse og rus",
    "barnehage",
    "PPT",
    "barnevern",
    "NAV",
    "helsestasjon",
    "BUP",
    "Team Nord",
    "Enhet for det meste",
)
ROLES = (
    *("koordinator",) * 5,
    "Koord.",
    *("barnekoordinator",) * 4,
    "BK",
    "primærkontakt",
    "kreftkoordinator",
)
STATUSES = (
    *("aktiv",) * 5,
    *("virksom", "Ikke aktuell", "1", "2", "03", "4.0"),
    "avsluttet",
    "avsluttet",
    "vurderes",
    "takket nei",
    "nei",
    "",
    "hvilende",
)
PLAN_TYPES = (*("",) * 5, "individuell plan", "IOP")
MEETING_TYPES = (
    "ansvarsgruppe",
    "oppfølgingsteam",
    "IP-møte",
    "samarbeidsmøte",
    "telefon",
    "koordinatormøte",
)
PARTICIPANTS = ("bruker", "fastlege", "mor", "koordinator", "lege", "skole")
FORMS = (
    *("takket nei til koordinator",) * 2,
    "koordinator avsluttet",
    "takket nei til IP",
    "IP avsluttet",
    *("bytte av koordinator",) * 4,
    "flyttet",
    "død",
)
# One is a month's end, one comes in leap years, one is as near to a year before as another is.
OWN_DATES = ("15.11", "31.12", "29.02", "01.03", "16.06", "2023-11-15", "2024-02-10", "2031-01-01")
# What the personnel register says of each employee: two have one name.
_EMPLOYEES = {
    "1": {"navn": "Kari Prøvesen", "epost": "Kari.P@kinn.example"},
    "2": {"navn": "Tor Testmann", "epost": "tor@kinn.example"},
    "3": {"navn": "Tor Testmann", "epost": ""},
}
# Whom a course is of, as lists of courses say it.
_NAMED = (
    *({"koordinator_id": number} for number in ("1", "2", "1", "2", "3")),
    {"koordinator_id": "", "epost": "kari.p@kinn.example", "navn": "Tor Testmann"},
    {"koordinator_id": "", "epost": "privat@kinn.example", "navn": "Prøvesen, Kari"},
    {"koordinator_id": "", "epost": "", "navn": "Tor Testmann"},
    {"koordinator_id": "", "epost": "tor@kinn.example", "navn": ""},
)
CONSENTS = ("ja", "skriftlig", "nei", "", "kanskje", "1", "0", "2")
# By which code list the numbers of some sources of plans are read.
CODES = ("", "bufdir_ip", "kostra_11f", "samordna_ip")
VACANT = ("KE", "Koordinerende enhet", "vakant", "ikke avklart")
FULL_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y%m%d", "%Y-%m-%dT10:00:00")
FORMS_OF_DATES = (*("%Y-%m-%d",) * 6, *FULL_FORMS, "short", "serial", "%d.%m.%y")
NOT_KNOWN = ("", "", "", "31.12.9999", "00.00.0000")
UNREADABLE = ("høst 2021", "2021-13-01", "snart", "31.02.2022")

# Most count as the rules do by default, but in fewer years: there is nothing else in those before.
USUAL: dict[str, object] = {"reference_years": 5}
OTHERWISE: dict[str, object] = {
    "reference_years": 2,
    "count_primary_contact": True,
    "bridge_days": 10,
    "slip_days": 200,
    "reporting_days": 30,
    "second_coordinator_share": 0.5,
    "living_plan_days": 200,
    "appointment_limit_days": 100,
    "target_service_areas": 1,
    "target_service_days": 30,
    "minutes_keep_plan": True,
    "backlog_share": 0.05,
    "backlog_least": 2,
}


@dataclass
class Source:
    """One source, with the rows of each of its deliveries.

    These go by date (yyyymmdd); what follows the date tells files of one day apart.
    """

    name: str
    record: str
    kommune: str
    delivery: str = "snapshot"
    deliveries: dict[str, list[Cells]] = field(default_factory=dict)
    encoding: str = "utf-8"
    delimiter: str = ";"
    codes: str = ""


@dataclass
class World:
    """The sources of one home, and the definitions that it sets for some municipalities."""

    sources: list[Source]
    definition: dict[str, dict[str, object]] = field(default_factory=dict)
    # Of each municipality: `15.11` is a day of every year, `2023-11-15` of one.
    own_dates: dict[str, list[str]] = field(default_factory=dict)

    @property
    def newest(self) -> dt.date:
        """The day of the latest delivery of registrations, of whomever."""
        return max(
            dt.date.fromisoformat(delivery[:8])
            for source in self.sources
            if source.record != "befolkning"
            for delivery in source.deliveries
        )

    def of(self, municipality: str, at: str = "") -> World:
        """Return the world of one municipality's rows only, told of another one if so wished."""
        at = at or municipality
        kept = []
        for source in self.sources:
            told = {
                date: [
                    {**row, "_of": at, **_place(row, at)}
                    for row in rows
                    if row["_of"] == municipality
                ]
                for date, rows in source.deliveries.items()
            }
            if any(told.values()):
                # An empty file is an error; what is empty here had others' rows, so it has one.
                somebody = next(row for rows in told.values() for row in rows)
                nobody = {**dict.fromkeys(somebody, ""), "kommune": UNKNOWN_MUNICIPALITY}
                told = {date: rows or [nobody] for date, rows in told.items()}
                name = source.name if at == municipality else f"{source.name}_{at}"
                kept.append(
                    Source(name, source.record, at, source.delivery, told, codes=source.codes)
                )
        own = {at: self.own_dates[municipality]} if municipality in self.own_dates else {}
        return World(kept, {at: self.definition[municipality]}, own)

    def __add__(self, other: World) -> World:
        """Return two worlds that know nothing of one another as one."""
        return World(
            self.sources + other.sources,
            self.definition | other.definition,
            self.own_dates | other.own_dates,
        )

    def deliver(self, root: Path) -> SmallHome:
        """Put everything in a home."""
        definition = {"municipalities": self.definition}
        own = [
            {"kommune": code, "date": day} for code, days in self.own_dates.items() for day in days
        ]
        top = {"definition": definition, "reference_dates": own}
        home = SmallHome(root, self.sources[0].kommune, **top)
        for source in self.sources:
            declared = {"codes": source.codes} if source.codes else {}
            home.source(
                source.name,
                source.record,
                kommune=source.kommune,
                delivery=source.delivery,
                **declared,
            )
            for date, rows in source.deliveries.items():
                told = [{k: v for k, v in row.items() if k != "_of"} for row in rows]
                text = as_csv(told, source.delimiter)
                home.deliver(source.name, date, text.encode(source.encoding))
        return home


def _place(row: Cells, municipality: str) -> Cells:
    """Return what names the municipality in a row of its own."""
    if "region" in row:
        return {"region": municipality}
    elsewhere = row.get("kommune", "") in SOMEWHERE_ELSE
    return {"kommune": row["kommune"] if elsewhere else ""}


def municipalities() -> list[str]:
    """Return today's codes, without the one that no world holds."""
    return sorted({code for code, _ in _history() if code != NOT_HELD})


def _history() -> Iterator[tuple[str, str]]:
    """Yield today's code and every code, alone and with its name, that means it or a part of it."""
    with (SEEDS / "municipalities.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for today in row["split_into"].split() or [row["code_2024"]]:
                yield today, row["municipality_code"]
                yield today, f"{row['municipality_code']} {row['municipality_name']}"


def make(seed: int, codes: Sequence[str], years: int = 0) -> World:
    """Return a world of those municipalities, all of it from the seed, moved by so many years."""
    chance = random.Random(seed)
    definition = {code: OTHERWISE if chance.random() < 0.3 else USUAL for code in codes}
    written: dict[str, list[str]] = {}
    for code, text in _history():
        written.setdefault(code, []).append(text)
    sources: list[Source] = []
    for start in range(0, len(codes), TOGETHER):
        together = codes[start : start + TOGETHER]
        shared = _shared_sources(chance, start // TOGETHER, together[0])
        sources += shared.values()
        for code in together:
            own = Source(
                f"egen{code}", "koordinator", code, chance.choice(("snapshot", "incremental"))
            )
            own.deliveries = {date: [] for date in _dates(chance)}
            sources.append(own)
            _Register(chance, code, written[code], {**shared, "egen": own}, years).fill()
    for source in sources:
        source.deliveries = {
            str(int(date) + 10_000 * years): rows
            for date, rows in source.deliveries.items()
            if rows
        }
    sources = [source for source in sources if source.deliveries]
    # By a chance of its own, so that the registers of a seed stay what they are.
    of_dates = random.Random(f"own dates {seed}")
    own = {
        code: of_dates.sample(OWN_DATES, of_dates.choice((1, 2)))
        for code in codes
        if of_dates.random() < 0.5
    }
    return World([*sources, _population(chance, codes)], definition, own)


def _dates(chance: random.Random, among: Sequence[str] = DELIVERIES) -> list[str]:
    chosen = sorted(chance.sample(DELIVERIES, chance.choice((1, 2, 2, 3))))
    return [date for date in chosen if date in among] or [among[-1]]


def _shared_sources(chance: random.Random, number: int, kommune: str) -> dict[str, Source]:
    records = {
        "folk": "person",
        "folk2": "person",
        "tiltak": "tjeneste",
        "epj": "koordinator",
        "ke": "koordinator",
        "samspill": "ip",
        "iplos": "ip",
        "moter": "mote",
        "skole": "mote",
        "meldinger": "melding",
        "skjema": "endring",
        "lonn": "ansatt",
        "kurs": "kompetanse",
        "psfs": "psfs",
        "bolig": "bolig",
    }
    # Every other group has its newest day a year before: some of it have a newer one of their own.
    among = DELIVERIES[:-1] if number % 2 else DELIVERIES
    made = {}
    for short, record in records.items():
        mode = chance.choice(("snapshot", "snapshot", "incremental"))
        codes = CODES[number % len(CODES)] if short == "iplos" else ""
        made[short] = Source(f"{short}{number}", record, kommune, mode, codes=codes)
        made[short].deliveries = {date: [] for date in _dates(chance, among)}
    return made


def _population(chance: random.Random, codes: Sequence[str]) -> Source:
    rows = [
        {"region": code, "alder": age, "aar": str(year), "personer": str(chance.randint(5, 60))}
        for code in codes
        for year in (2021, 2022, 2023, 2024, 2025)
        for age in ("5", "17", "18", "66", "90")
        if chance.random() < 0.9
    ]
    for row in rows:
        row["_of"] = row["region"]
    # Of municipalities that were divided: one goes on as the first, nobody as the second.
    rows += [
        {"region": region, "alder": age, "aar": year, "personer": "70", "_of": of}
        for region, of in (("1507 Ålesund", "1508"), ("5012 Snillfjord", "5059"))
        for year in ("2019", "2022", "2023", "2024")
        for age in ("17", "66")
        if of in codes
    ]
    return Source("folketall", "befolkning", codes[0], "snapshot", {POPULATION_DELIVERY: rows})


@dataclass
class _Person:
    id: str
    name: str
    born: dt.date
    in_register: bool
    days: list[dt.date]
    earlier: str = ""


class _Register:
    """One municipality's persons and what its systems tell of them."""

    def __init__(
        self,
        chance: random.Random,
        code: str,
        written: list[str],
        sources: dict[str, Source],
        years: int,
    ) -> None:
        self.chance, self.code, self.written, self.sources = chance, code, written, sources
        self.years = years
        self.serial = 0

    def _number(self, born: dt.date, number: int, kind: str = "fnr") -> str:
        return fnr(_birthday(born, self.years), number, kind=kind)

    def fill(self) -> None:
        """Tell of a handful of persons in every source."""
        number = self.chance.randint(0, 400)
        for step in range(self.chance.randint(2, 6)):
            self._person(number + step)
        if self.chance.random() < 0.7:
            self._employments()
        self._training()

    # --- What is told of one person ---------------------------------------------------------------

    def _person(self, number: int) -> None:
        chance = self.chance
        born = self._birth()
        kind = chance.choices(("fnr", "d_number"), (9, 1))[0]
        person = _Person(
            self._number(born, number % 30, kind),
            name(number),
            born,
            chance.random() < 0.85,
            [
                self._any_day(),
                self._any_day(),
                RIGHT_TO_CHILD_COORDINATOR,
                _birthday(born, 18),
                dt.date(2024, 12, 31),
            ],
        )
        if person.in_register:
            self._register_rows(person)
        for _ in range(chance.choice((0, 1, 2, 3, 4))):
            self._service(person)
        for _ in range(chance.choice((0, 1, 1, 2, 3, 4, 5))):
            self._coordinator(person, chance.choice(("epj", "epj", "ke", "egen")))
        if not any(self.sources["egen"].deliveries.values()):
            self._coordinator(person, "egen")  # else nothing would hold the municipality
        for _ in range(chance.choice((0, 1, 1, 2, 3))):
            self._plan(person)
        for _ in range(chance.choice((0, 0, 1, 2, 3))):
            self._meeting(person)
        if chance.random() < 0.35:
            self._notice(person)
        for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 3))):
            self._form(person)
        if chance.random() < 0.2:
            self._scores(person)
        if chance.random() < 0.2:
            self._housing(person)

    def _birth(self) -> dt.date:
        chance = self.chance
        if chance.random() < 0.4:  # turns 18 while the registers tell of it
            day = RIGHT_TO_CHILD_COORDINATOR + chance.randint(-800, 800) * DAY
            born = day.replace(year=day.year - 18, day=min(day.day, 28))
            return dt.date(2004, 2, 29) if chance.random() < 0.15 else born
        return dt.date(chance.randint(1941, 2018), chance.randint(1, 12), chance.randint(1, 28))

    def _register_rows(self, person: _Person) -> None:
        chance = self.chance
        if chance.random() < 0.15:
            person.earlier = self._number(person.born, chance.randint(31, 60), "d_number")
        row = {
            "fnr": person.id,
            "tidligere_id": person.earlier,
            "navn": person.name,
            "fodselsdato": self._written(person.born),
            "kjonn": chance.choice(("K", "mann", "1", "?")),
            "innflyttet_dato": "",
            "utflyttet_dato": "",
            "dod_dato": "",
        }
        if chance.random() < 0.25:
            row["innflyttet_dato"] = self._written(self._day(person))
        if chance.random() < 0.25:
            row["utflyttet_dato"] = self._written(self._day(person))
        if chance.random() < 0.2:
            row["dod_dato"] = self._written(self._day(person))
        if chance.random() < 0.08:
            row["fodselsdato"] = chance.choice(("", "ukjent"))
        self._tell("folk", row)
        if chance.random() < 0.15:
            self._tell("folk2", {**row, "dod_dato": self._written(self._day(person))})
        if chance.random() < 0.05:  # somebody of the same name and birth date
            self._tell("folk", {**row, "fnr": self._number(person.born, 70), "tidligere_id": ""})

    def _service(self, person: _Person) -> None:
        first = self._day(person)
        row = {
            "tjeneste_id": self._id("T"),
            "fnr": self._fnr(person),
            "tjenesteomrade": self._code(self.chance.choice(AREAS)),
            "fra_dato": self._required(first),
            "til_dato": self._end(person, first),
        }
        self._tell("tiltak", row, open_end="til_dato", person=person)

    def _coordinator(self, person: _Person, source: str) -> None:
        chance = self.chance
        first = self._day(person)
        row = {
            "registrering_id": self._id("K"),
            **self._who(person),
            "rolle": self._code(chance.choice(ROLES)),
            "koordinator_id": chance.choice(("1", "2", "2", "3", "")),
            "koordinator_navn": chance.choice(("", "", "Kari Nordmann", "Ola Hansen")),
            "koordinator_tjeneste": chance.choice(
                (*("",) * 8, *("helsestasjon", "skole") * 4, "BUP", "rart")
            ),
            "fra_dato": self._required(first),
            "til_dato": self._end(person, first),
            "samtykke": chance.choice(CONSENTS),
            "familie_id": chance.choice(("", "", "F1", "F2")),
        }
        if chance.random() < 0.05:
            row["koordinator_navn"] = chance.choice(VACANT)
        self._tell(source, row, open_end="til_dato", person=person)
        if chance.random() < 0.3:  # somebody who follows in the same system, or is there beside
            begins = first + chance.choice((100, 300, 600)) * DAY
            person.days.append(begins)
            number = chance.choice(("1", "2", "3"))
            follows = {"registrering_id": self._id("K"), "koordinator_id": number}
            follows["fra_dato"] = self._required(begins)
            follows["til_dato"] = self._end(person, begins)
            self._tell(source, {**row, **follows}, open_end="til_dato", person=person)
            if chance.random() < 0.3:
                self._form(
                    person, begins + chance.choice(NEAR) * DAY, row["koordinator_id"], number
                )
        if chance.random() < 0.2:  # the same assignment in another system, nearly alike
            other = {**row, "registrering_id": self._id("K"), "samtykke": chance.choice(CONSENTS)}
            if chance.random() < 0.5:
                other["koordinator_id"] = ""
            if chance.random() < 0.5:
                other["fra_dato"] = self._required(first + chance.choice(NEAR) * DAY)
            self._tell(chance.choice(("epj", "ke")), other, open_end="til_dato", person=person)

    def _plan(self, person: _Person) -> None:
        chance = self.chance
        first = self._day(person)
        row = {
            "registrering_id": self._id("P"),
            **self._who(person),
            "status": self._code(chance.choice(STATUSES)),
            "opprettet_dato": self._required(first),
            "avsluttet_dato": self._end(person, first),
            "sist_evaluert_dato": self._written(first + chance.randint(0, 700) * DAY)
            if chance.random() < 0.6
            else chance.choice(NOT_KNOWN),
            "koordinator_id": chance.choice(("", "1", "2")),
            "plantype": self._code(chance.choice(PLAN_TYPES)),
            "samtykke": chance.choice(CONSENTS),
        }
        self._tell(
            chance.choice(("samspill", "iplos")), row, open_end="avsluttet_dato", person=person
        )

    def _meeting(self, person: _Person) -> None:
        chance = self.chance
        row = {
            "mote_id": self._id("M"),
            "fnr": self._fnr(person),
            "motedato": self._required(self._day(person)),
            "motetype": self._code(chance.choice(MEETING_TYPES)),
            "deltakere": ";".join(chance.sample(PARTICIPANTS, chance.randint(0, 3))),
            "referat": chance.choice(("", "Ja", "Gjekk gjennom måla.")),
            "koordinator_id": chance.choice(("", "1", "2", "3")),
        }
        self._tell("moter", row)
        if chance.random() < 0.3:
            self._tell(
                "skole", {**row, "mote_id": self._id("M"), "deltakere": chance.choice(PARTICIPANTS)}
            )

    def _notice(self, person: _Person) -> None:
        chance = self.chance
        received = self._day(person)
        for _ in range(chance.choice((1, 1, 2))):
            answered = received + chance.choice((-3, 0, 1, 7, 14, 30, 60)) * DAY
            row = {
                "melding_id": self._id("N"),
                "fnr": self._fnr(person),
                "mottatt_dato": self._required(received),
                "melder": chance.choice(("fastlege", "skole", "nabo", "")),
                "vurdert_dato": self._written(answered) if chance.random() < 0.7 else "",
                "utfall": chance.choice(("koordinator", "avslag", "", "rart")),
            }
            self._tell("meldinger", row)
            received += chance.choice((0, 1, 100)) * DAY

    def _form(
        self, person: _Person, day: dt.date | None = None, old: str = "", new: str = ""
    ) -> None:
        number = ("", "1", "2", "3", "9")
        change = "skifte av koordinator" if day else self.chance.choice(FORMS)
        row = {
            "endring_id": self._id("E"),
            "fnr": self._fnr(person),
            "endringsdato": self._required(day or self._day(person)),
            "endringstype": self._code(change),
            "gammel_koordinator_id": old if day else self.chance.choice(number),
            "ny_koordinator_id": new if day else self.chance.choice(number),
        }
        self._tell("skjema", row)

    def _scores(self, person: _Person) -> None:
        chance = self.chance
        day = self._day(person)
        for conversation in range(1, chance.randint(2, 4)):
            for activity in range(1, chance.randint(2, 4)):
                row = {
                    "fnr": person.id,
                    "samtale_nr": str(conversation),
                    "dato": self._required(day),
                    "aktivitet_nr": str(activity),
                    "skar": chance.choice((*"0123456789" * 3, "10", "11", "")),
                }
                self._tell("psfs", row)
            day += chance.choice((0, 30, 200)) * DAY

    def _housing(self, person: _Person) -> None:
        for _ in range(self.chance.choice((1, 1, 2))):
            row = {
                "fnr": person.id,
                "meldt_dato": self._required(self._day(person)),
                "onsket_aar": self.chance.choice(("2025", "2026", "", "snart")),
            }
            self._tell("bolig", row)

    # --- What is told of coordinators -------------------------------------------------------------

    def _employments(self) -> None:
        chance = self.chance
        for employee in ("1", "2", "3"):
            has_no_day = False
            for _ in range(chance.choice((0, 1, 1, 2))):
                first = self._any_day()
                row = {
                    "koordinator_id": employee,
                    **_EMPLOYEES[employee],
                    "tjenesteomrade": chance.choice(("", "skole", "helsestasjon", "rart")),
                    "ansatt_fra": self._written(first) if chance.random() < 0.8 else "",
                    "ansatt_til": self._written(first + chance.randint(100, 1500) * DAY)
                    if chance.random() < 0.4
                    else chance.choice(NOT_KNOWN),
                }
                # Two without a day are one registration, of which the content decides by the home's
                # key: no recount can know which one stands.
                if row["ansatt_fra"] or not has_no_day:
                    self._tell("lonn", row)
                has_no_day = has_no_day or not row["ansatt_fra"]

    def _training(self) -> None:
        chance = self.chance
        for _ in range(chance.choice((0, 0, 1, 2))):
            need = self._any_day()
            offer = need + chance.choice((-5, 0, 100, 182, 183, 184, 300)) * DAY
            row = {
                **chance.choice(_NAMED),
                "tema": chance.choice(("IP", "Barnekoordinator", "ip ")),
                "behov_meldt_dato": self._written(need) if chance.random() < 0.9 else "",
                "tilbudt_dato": self._written(offer) if chance.random() < 0.7 else "",
                "gjennomfort_dato": self._written(offer + 20 * DAY)
                if chance.random() < 0.3
                else "",
            }
            self._tell("kurs", row)

    # --- Delivering -------------------------------------------------------------------------------

    def _tell(
        self, short: str, row: Cells, *, open_end: str = "", person: _Person | None = None
    ) -> None:
        """Put a row into the deliveries of a source: it may come late, change, go and return."""
        chance = self.chance
        source = self.sources[short]
        row = {**row, "kommune": self._municipality(source), "_of": self.code}
        dates = list(source.deliveries)
        arrives = min(chance.choice((0, 0, 0, 1, 2)), len(dates) - 1)
        leaves = arrives + chance.choice((1, 2)) if chance.random() < 0.12 else len(dates)
        for place, date in enumerate(dates):
            if place < arrives or place == leaves:
                continue
            if place > leaves and chance.random() < 0.5:
                continue
            if place and chance.random() < 0.15:
                row = self._edited(row, open_end, person)
            elif place and source.delivery == "incremental" and chance.random() < 0.5:
                continue
            rows = source.deliveries[date]
            rows.append(row)
            if chance.random() < 0.04:
                rows.append(row)
            if chance.random() < 0.04:
                other = self._edited(row, open_end, person)
                # Where no day tells them apart, nothing that a recount can see does.
                if newest_day(source.record, other) != newest_day(source.record, row):
                    rows.insert(chance.randint(0, len(rows)), other)

    def _edited(self, row: Cells, open_end: str, person: _Person | None) -> Cells:
        """Return another version of a row: most often it is ended."""
        if not open_end or person is None:
            return row
        edited = dict(row)
        if self.chance.random() < 0.8:
            edited[open_end] = self._end(person, self._any_day())
        if "rolle" in row and self.chance.random() < 0.5:  # written over with the next one
            edited["koordinator_id"] = self.chance.choice(("1", "2", "3", ""))
            edited["koordinator_navn"] = self.chance.choice(("", "Kari Nordmann", "Ola Hansen"))
            if self.chance.random() < 0.3:
                edited["rolle"] = self._code(self.chance.choice(ROLES))
            if self.chance.random() < 0.3:
                edited["fra_dato"] = self._required(self._day(person))
        if "status" in row and self.chance.random() < 0.5:
            edited["status"] = self.chance.choice(STATUSES)
            edited["sist_evaluert_dato"] = self._written(self._day(person))
        return edited

    def _municipality(self, source: Source) -> str:
        chance = self.chance
        if chance.random() < 0.01:
            return chance.choice(SOMEWHERE_ELSE)
        if source.kommune == self.code and chance.random() < 0.7:
            return ""
        return chance.choice(self.written)

    # --- Cells ------------------------------------------------------------------------------------

    def _id(self, letter: str) -> str:
        self.serial += 1
        return "" if self.chance.random() < 0.01 else f"{letter}{self.code}-{self.serial}"

    def _fnr(self, person: _Person) -> str:
        chance = self.chance
        if person.earlier and chance.random() < 0.4:
            return person.earlier
        odd = chance.random()
        if odd < 0.02:
            return f"{person.id[:10]}{(int(person.id[10]) + 1) % 10}"
        if odd < 0.04:
            return f"{person.id[:6]} {person.id[6:]}"
        if odd < 0.06 and person.id.startswith("0"):
            return person.id[1:]
        return "" if odd < 0.07 else person.id

    def _who(self, person: _Person) -> Cells:
        """Name a person by id, or by name and birth date."""
        given, surname = person.name.split()
        chance = self.chance
        if chance.random() < 0.8:
            birth = self._written(person.born) if chance.random() < 0.3 else ""
            return {"fnr": self._fnr(person), "navn": "", "fodselsdato": birth}
        shown = chance.choice(
            (
                f"{given} {surname}",
                f"{surname}, {given}",
                f"{surname.upper()} {given.upper()}",
                f"{given} M. {surname}",
                f"{surname}, {given} Marie",
                f"{given.replace('ø', 'oe').replace('å', 'aa')} {surname.replace('æ', 'ae')}",
                f"{given}s {surname}",
            )
        )
        born = person.born + (DAY if chance.random() < 0.05 else 0 * DAY)
        return {"fnr": "", "navn": shown, "fodselsdato": self._written(born)}

    def _code(self, value: str) -> str:
        odd = self.chance.random()
        if odd < 0.015:
            return "noe ganske annet"
        return f"  {value.upper()} " if odd < 0.1 else value

    def _required(self, day: dt.date) -> str:
        odd = self.chance.random()
        if odd < 0.015:
            return self.chance.choice(UNREADABLE)
        return self.chance.choice(NOT_KNOWN) if odd < 0.025 else self._written(day)

    def _end(self, person: _Person, first: dt.date) -> str:
        odd = self.chance.random()
        if odd < 0.35:
            return self.chance.choice(NOT_KNOWN)
        if odd < 0.38:
            return self.chance.choice(UNREADABLE)
        if odd < 0.4:
            return self._written(first - self.chance.choice((1, 100)) * DAY)
        if odd < 0.7:
            return self._written(max(self._day(person), first))
        return self._written(first + self.chance.choice((0, 1, 30, 100, 400, 800)) * DAY)

    def _written(self, day: dt.date) -> str:
        """Write a day, moved, in one of the forms that can hold it."""
        form = self.chance.choice(FORMS_OF_DATES)
        day = _birthday(day, self.years)
        if form == "short":
            return f"{day.day}.{day.month}.{day.year}"
        if form == "serial" and day >= dt.date(1960, 1, 1):
            return str((day - dt.date(1899, 12, 30)).days)
        if form == "%d.%m.%y" and day >= dt.date(1970, 1, 1):
            return day.strftime(form)
        return day.strftime(form) if form in FULL_FORMS else day.isoformat()

    def _any_day(self) -> dt.date:
        return FIRST + self.chance.randint(0, (LAST - FIRST).days) * DAY

    def _day(self, person: _Person) -> dt.date:
        """Return a day of a person's life, mostly near another one that matters."""
        if self.chance.random() < 0.3:
            day = self._any_day()
        else:
            day = self.chance.choice(person.days) + self.chance.choice(NEAR) * DAY
        person.days.append(day)
        return day


def _birthday(born: dt.date, age: int) -> dt.date:
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return dt.date(born.year + age, 3, 1)
