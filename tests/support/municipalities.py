"""Three municipalities of different size, as their systems would deliver them, and one that has not.

The registrations are made by a chance that is the same each time: what is counted of them is what
the models make of it. Asker stands still but for its meetings, which become more; Senja gains
coordinators from year to year, changed its system, counts by a definition of its own, and changes
coordinators less often of late; Suldal is small, and has reported neither inhabitants nor housing
needs.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.support.persons import fnr
from tests.support.small_home import Row, SmallHome, name

LARGE, MIDDLE, SMALL, EMPTY = "3203", "5530", "1134", "1867"
NAMES = {LARGE: "Asker", MIDDLE: "Senja", SMALL: "Suldal", EMPTY: "Bø"}
SYSTEMS = {LARGE: "fagsystem", MIDDLE: "Gerica", SMALL: "Profil"}
SIZE = {LARGE: 900, MIDDLE: 320, SMALL: 45}
AS_OF = dt.date(2025, 12, 31)
BREAK = dt.date(2024, 1, 1)
FEWER_CHANGES_FROM = dt.date(2025, 7, 1)
REPORTED_ON = dt.date(2025, 11, 15)
YEARS = (2023, 2024, 2025)

# From age, to age, share of the persons, share of them with a coordinator.
_BANDS = (
    (0, 5, 0.05, 0.82),
    (6, 10, 0.06, 0.85),
    (11, 12, 0.03, 0.84),
    (13, 15, 0.05, 0.80),
    (16, 17, 0.04, 0.78),
    (18, 24, 0.07, 0.66),
    (25, 49, 0.17, 0.64),
    (50, 66, 0.15, 0.61),
    (67, 79, 0.16, 0.55),
    (80, 89, 0.16, 0.46),
    (90, 97, 0.06, 0.41),
)
# Service area, how usual among children and among adults, how much more often with a coordinator.
_AREAS = (
    ("hjemmetjeneste", 0.10, 0.70, -0.04),
    ("sykehjem", 0.0, 0.16, -0.10),
    ("psykisk helse", 0.20, 0.26, 0.02),
    ("habilitering", 0.30, 0.14, 0.12),
    ("fysioterapi", 0.25, 0.34, 0.0),
    ("helsestasjon", 0.40, 0.0, 0.03),
    ("fastlege", 0.12, 0.20, -0.02),
    ("tildelingskontor", 0.08, 0.10, 0.0),
    ("barnehage", 0.18, 0.0, 0.05),
    ("skole", 0.52, 0.0, 0.02),
    ("ppt", 0.36, 0.0, 0.06),
    ("barnevern", 0.14, 0.0, -0.08),
    ("nav", 0.03, 0.22, -0.12),
    ("flyktningtjeneste", 0.05, 0.04, -0.06),
)
# Where ten coordinators work, and how many persons each of them has.
_WORK = ("hjemmetjeneste",) * 3 + ("psykisk helse",) * 2 + ("habilitering",) * 2
_PLACES = (*_WORK, "skole", "barnevern", "")
_LOADS = (9, 4, 3, 2, 2, 2, 1, 1, 1, 1)
# In which share of the meetings somebody is.
_PRESENT = {
    "fastlege": 0.28,
    "bruker": 0.62,
    "foresatt": 0.38,
    "koordinator": 0.94,
    "hjemmetjeneste": 0.22,
    "psykisk helse": 0.34,
    "fysioterapi": 0.18,
    "skole": 0.24,
    "ppt": 0.15,
    "nav": 0.25,
    "sykehus": 0.12,
}
_SENDERS = {
    "kommunal tjeneste": 0.45, "fastlege": 0.15, "sykehus": 0.14, "bruker": 0.20, "annet": 0.04,
    "": 0.02,
}  # fmt: skip
_OUTCOMES = {
    "koordinator": 0.48, "koordinator og ip": 0.26, "ip": 0.02, "under behandling": 0.02,
    "": 0.01, "avslag": 0.13, "ønsker ikke": 0.08,
}  # fmt: skip
# Of each year, what units report: coordinators, persons with one, plans, meetings.
_UNITS = (
    ("Heimetenesta nord", "hjemmetjeneste"),
    ("Heimetenesta <sør>", "hjemmetjeneste"),
    ("Psykisk helse", "psykisk helse"),
)
_REPORTED = {
    LARGE: {
        2024: ((62, 210, 120, 160), (42, 150, 93, 130), (66, 140, 75, 104)),
        2025: ((60, 250, 122, 155), (43, 152, 96, 125), (63, 107, 79, 105)),
    },
    MIDDLE: {
        2024: ((20, 55, 27, 40), (17, 38, 18, 25), (21, 38, 17, 21)),
        2025: ((22, 77, 35, 65), (18, 54, 27, 47), (23, 38, 22, 36)),
    },
    SMALL: {},
}
_TARGETS = (
    (LARGE, "coordinator_coverage", 0.75, "2027"),
    (LARGE, "plan_coverage", 0.5, "2027"),
    (LARGE, "living_plan_share", 0.9, None),
    (MIDDLE, "coordinator_coverage", 0.7, "2026-06-30"),
    (MIDDLE, "plan_without_coordinator", 0.1, None),
    (MIDDLE, "persons_per_coordinator", 4.0, "2026"),
)
SETTINGS = {
    "definition": {"municipalities": {MIDDLE: {"bridge_days": 14}}},
    "breaks": [{"date": BREAK, "kind": "system_change", "kommune": MIDDLE, "note": "Gerica"}],
    "targets": [
        {"indicator": indicator, "value": value, "kommune": code, **({"by": by} if by else {})}
        for code, indicator, value, by in _TARGETS
    ],
}
_LEFT = (dt.date(2025, 8, 31), dt.date(2024, 8, 31))
_FIRST_DAY = dt.date(2023, 1, 2)
_DAY = dt.timedelta(days=1)


@dataclass
class Registers:
    """What the systems of one municipality hold on a day: the rows of each record type."""

    code: str
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    _chance: Random = field(init=False)
    _born: Counter[dt.date] = field(default_factory=Counter)
    _coordinators: int = 0
    _left: int = 0

    def __post_init__(self) -> None:
        self._chance = Random(f"registers of {self.code}")
        # Nobody lives in two of them.
        self._first = 100 * list(SIZE).index(self.code)
        for band in _BANDS:
            self._band(*band)
        self._notices()
        self._employees()
        self._training()
        self._unfit()
        self._units()
        self._register_view()
        self._beside()

    def add(self, record: str, **row: object) -> None:
        """Add a row, with an id of its own where the record type has one."""
        key = {"koordinator": "registrering_id", "ip": "registrering_id"}.get(
            record, f"{record}_id"
        )
        number = len(self.rows[record])
        has_id = record in ("koordinator", "ip", "tjeneste", "mote", "melding")
        self.rows[record].append({**({key: f"R-{number:05}"} if has_id else {}), **row})

    def _person(self, born: dt.date) -> str:
        number = self._first + self._born[born]
        self._born[born] += 1
        person = fnr(born, number)
        self.add("person", fnr=person, navn=name(len(self.rows["person"])), fodselsdato=born)
        return person

    def _band(self, first: int, last: int, weight: float, share: float) -> None:
        persons = round(SIZE[self.code] * weight)
        fewer = 0.05 if self.code == MIDDLE else 0.0
        for number in range(persons):
            place = (number + 0.5) / persons
            age = first + int((last - first + 1) * place)
            born = _years_before(AS_OF, age) - self._chance.randrange(365) * _DAY
            person = self._person(born)
            began = dt.date(2022, 1, 3) + round(300 * place) * _DAY
            if number % 14 == 13:
                began = dt.date(2023, 1, 10) + round(1000 * self._chance.random()) * _DAY
            began = max(began, born + 30 * _DAY)
            areas = self._services(person, age, began)
            added = sum(each[3] for each in _AREAS if each[0] in areas) / len(areas)
            self._coordination(person, born, began, number * 0.618 % 1, share + added - fewer)
            if self.code != SMALL and number % 10 == 4:
                self._housing(person)

    def _services(self, person: str, age: int, began: dt.date) -> list[str]:
        usual = {each[0]: each[1 if age < 18 else 2] for each in _AREAS}
        areas: list[str] = []
        for _ in range(2 + (self._chance.random() < 0.3)):
            left = {area: often for area, often in usual.items() if often and area not in areas}
            areas += self._chance.choices(list(left), list(left.values()))
        for area in areas:
            self.add(
                "tjeneste", fnr=person, tjenesteomrade=area, fra_dato=began,
                tjenestekode=self._code_of(area, began),
            )  # fmt: skip
        return areas

    def _code_of(self, area: str, began: dt.date) -> str:
        """Return KPR's code: Asker has it of all services, Senja of some, Suldal of none."""
        codes = {
            "hjemmetjeneste": "15",
            "sykehjem": "21",
            "psykisk helse": "15",
            "habilitering": "9",
        }
        is_coded = self.code == LARGE or (self.code == MIDDLE and began.day % 3)
        return codes.get(area, "ikke KPR") if is_coded else ""

    def _coordination(
        self, person: str, born: dt.date, began: dt.date, place: float, share: float
    ) -> None:
        """Give a coordinator to a share of the persons, and a plan to seven of ten of them."""
        has_plan, is_living = self._chance.random() < 0.7, self._chance.random() < 0.62
        if place >= share:
            if has_plan and place < share + 0.11:
                self._plan(person, max(began, _FIRST_DAY) + 9 * _DAY, is_living)
            return
        first = max(began + 30 * _DAY, _FIRST_DAY + self._chance.randrange(20) * _DAY)
        if self.code == MIDDLE and place > share - 0.5:
            first = max(first, AS_OF - round((share - place) / 0.5 * 3 * 365) * _DAY)
        self._assignment(person, first, role=self._role(born, first))
        if has_plan and self._chance.random() < 0.85:
            self._plan(person, first + self._chance.randrange(9) * _DAY, is_living)
        self._meetings(person, born, first)

    def _role(self, born: dt.date, first: dt.date) -> str:
        """Most children have a child coordinator."""
        is_child = (first - born).days < 14 * 365 and self._chance.random() < 0.75
        return "barnekoordinator" if is_child else "koordinator"

    def _assignment(
        self,
        person: str,
        first: dt.date,
        last: dt.date | None = None,
        role: str = "koordinator",
    ) -> None:
        """Appoint a coordinator, and another one where they change."""
        while True:
            changed = self._change_after(first) if last is None else None
            number = self._coordinator()
            self.add(
                "koordinator", fnr=person, rolle=role, koordinator_id=number,
                koordinator_tjeneste=_PLACES[number % 10], fra_dato=first,
                til_dato=last or changed or "", samtykke=self._consent(),
            )  # fmt: skip
            if changed is None:
                return
            first = changed + _DAY

    def _change_after(self, first: dt.date) -> dt.date | None:
        for year in YEARS:
            day = dt.date(year, 1, 1) + self._chance.randrange(365) * _DAY
            often = 0.12
            if self.code == MIDDLE:
                often = 0.35 if day < FEWER_CHANGES_FROM else 0.05
            if day > first + 60 * _DAY and self._chance.random() < often:
                return day
        return None

    def _coordinator(self) -> int:
        if not self._left:
            self._coordinators += 1
            self._left = _LOADS[self._coordinators % 10]
        self._left -= 1
        return self._coordinators

    def _consent(self) -> str:
        return self._chance.choices(("ja", "nei", ""), (0.9, 0.05, 0.05))[0]

    def _plan(
        self, person: str, created: dt.date, is_living: bool, closed: dt.date | None = None
    ) -> None:
        """Begin a plan; a living one is evaluated each year on the same day."""
        evaluated = self._chance.randrange(330) if is_living else None
        self.add(
            "ip", fnr=person, status="aktiv", opprettet_dato=created, avsluttet_dato=closed or "",
            evaluated=evaluated,
        )  # fmt: skip

    def _meetings(self, person: str, born: dt.date, first: dt.date) -> None:
        for year in (_FIRST_DAY.year - 1, *YEARS):
            age = year - born.year
            often = 0.35 if age >= 80 else 0.85 if age < 18 else 0.64
            if self.code == LARGE:
                often *= 1 - 0.08 * (2025 - year)
            counts = self._chance.random() < often
            for _ in range(self._chance.choice((1, 1, 2)) if counts else 0):
                self._meeting(person, first, year, self._follow_up(year))
            if self._chance.random() < 0.15:
                self._meeting(
                    person, first, year, self._chance.choice(("telefon", "overgangsmøte"))
                )

    def _follow_up(self, year: int) -> str:
        """Name a meeting: follow-up teams take over from year to year."""
        if self._chance.random() < 0.4:
            return "samarbeidsmøte"
        if self._chance.random() < 0.08:
            return "koordineringsmøte"
        return (
            "oppfølgingsteam"
            if self._chance.random() < 0.1 + 0.2 * (year - 2021)
            else "ansvarsgruppe"
        )

    def _meeting(self, person: str, first: dt.date, year: int, kind: str) -> None:
        day = dt.date(year, 1, 1) + self._chance.randrange(365) * _DAY
        if day < first and year > _FIRST_DAY.year:
            return
        present = [each for each, share in _PRESENT.items() if self._chance.random() < share]
        if self._chance.random() < 0.03:
            present = []
        self.add("mote", fnr=person, motedato=day, motetype=kind, deltakere=", ".join(present))

    def _housing(self, person: str) -> None:
        ahead = self._chance.choice((-2, -1, 0, 0, 1, 1, 2, 2, 4, None))
        self.add(
            "bolig", fnr=person, meldt_dato=dt.date(2022, 3, 1) + self._chance.randrange(1300) * _DAY,
            onsket_aar="" if ahead is None else 2025 + ahead,
            heldogn="ja" if self._chance.random() < 0.4 else "nei",
        )  # fmt: skip

    def _notices(self) -> None:
        """Notices of persons who come and go: most have a coordinator for about a year."""
        begin = _FIRST_DAY.replace(year=_FIRST_DAY.year - 1)
        days = (AS_OF - begin).days
        number = round(SIZE[self.code] * 0.18 * days / 365)
        for each in range(number):
            received = begin + round(days * each / number) * _DAY
            if received.month == 7 and each % 3:
                continue
            first, last, *_ = self._chance.choices(_BANDS, [band[2] for band in _BANDS])[0]
            age = self._chance.randint(max(first, 2), last)
            born = _years_before(received, age) - self._chance.randrange(300) * _DAY
            self._notice(self._person(born), born, received)

    def _notice(self, person: str, born: dt.date, received: dt.date) -> None:
        chance = self._chance
        sender = chance.choices(list(_SENDERS), list(_SENDERS.values()))[0]
        outcome = chance.choices(list(_OUTCOMES), list(_OUTCOMES.values()))[0]
        assessed = None if chance.random() < 0.03 else self._after(received, 2, 15)
        self.add(
            "melding", fnr=person, mottatt_dato=received, melder=sender, utfall=outcome,
            vurdert_dato=assessed or "",
        )  # fmt: skip
        refused = outcome in ("avslag", "ønsker ikke")
        if chance.random() < (0.04 if refused else 0.9):
            first = self._after(assessed or received, 5, 45)
            if not refused and chance.random() < 0.06:
                first = max(received - 200 * _DAY, _FIRST_DAY)
            if first < _FIRST_DAY:
                return
            last = first + (250 + chance.randrange(200)) * _DAY
            self._assignment(person, first, last)
            planned = self._after(first, 10, 90)
            if chance.random() < 0.5 and planned < last:
                self._plan(person, planned, True, last + _DAY)
            if chance.random() < 0.7:
                day = self._after(first, 14, 80)
                self._meeting(person, first, day.year, "oppfølgingsteam")

    def _after(self, day: dt.date, least: int, mean: float) -> dt.date:
        return day + (least + round(self._chance.expovariate(1 / mean))) * _DAY

    def _employees(self) -> None:
        """A few have left in the last year, and stand as coordinators still."""
        for number in range(1, self._coordinators + 1):
            left = _LEFT[number // 20 % 2] if number % 20 == 5 and self.code != SMALL else None
            self.add(
                "ansatt", koordinator_id=number, navn=name(5000 + number),
                tjenesteomrade=_PLACES[number % 10], ansatt_fra=dt.date(2015, 1, 1),
                ansatt_til=left or "",
            )  # fmt: skip

    def _training(self) -> None:
        for year in YEARS:
            for number in range(6 if self.code == SMALL else 24):
                needed = dt.date(year, 1, 1) + 15 * number * _DAY
                self.add(
                    "kompetanse", koordinator_id=number + 1, tema=f"Tema {year}",
                    behov_meldt_dato=needed,
                    tilbudt_dato=needed + 90 * _DAY if number % 4 else "",
                )  # fmt: skip

    def _units(self) -> None:
        for year, of_units in _REPORTED[self.code].items():
            for (unit, area), reported in zip(_UNITS, of_units, strict=True):
                coordinators, persons, plans, meetings = reported
                self.add(
                    "koordinatortall", enhet=unit, tjenesteomrade=area,
                    telledato=REPORTED_ON.replace(year=year), antall_koordinatorer=coordinators,
                    antall_med_koordinator=persons, antall_ip=plans, antall_moter=meetings,
                )  # fmt: skip

    def _register_view(self) -> None:
        """What somebody read in the register's own view; Asker alone has done it."""
        if self.code == LARGE:
            self.add(
                "koordinatortall", enhet="Koordinerende enhet", tjenesteomrade="tildelingskontor",
                telledato=AS_OF, kpr_mottakere=600, kpr_med_ip=200, kpr_med_koordinator=330,
                kostra_med_ip=290,
            )  # fmt: skip

    def _beside(self) -> None:
        """What is counted beside the indicators: own goals, and plans that are not in force."""
        chance = Random(f"beside of {self.code}")
        persons = [str(row["fnr"]) for row in self.rows["person"]]
        for person in chance.sample(persons, SIZE[self.code] // 9):
            held = AS_OF - (30 + chance.randrange(900)) * _DAY
            scores = [chance.randint(1, 5), chance.randint(1, 5)]
            for number in range(1, chance.choice((1, 2, 2, 3)) + 1):
                for activity, score in enumerate(scores, start=1):
                    self.add(
                        "psfs", fnr=person, samtale_nr=number, dato=held, aktivitet_nr=activity,
                        skar=score,
                    )  # fmt: skip
                held += (90 + chance.randrange(150)) * _DAY
                scores = [min(10, score + chance.randint(0, 4)) for score in scores]
                if held > AS_OF:
                    break
        planned = {row["fnr"] for row in self.rows["ip"]}
        without = [person for person in persons if person not in planned]
        statuses = ("under arbeid", "under arbeid", "vurderes", "takket nei")
        for person in chance.sample(without, SIZE[self.code] // 20):
            self.add(
                "ip", fnr=person, status=chance.choice(statuses), avsluttet_dato="", evaluated=None,
                opprettet_dato=dt.date(2024, 1, 1) + chance.randrange(700) * _DAY,
            )  # fmt: skip

    def _unfit(self) -> None:
        """Rows that rules set aside, note, mend or end."""
        persons = [str(row["fnr"]) for row in self.rows["person"][:20]]
        fits = {"rolle": "koordinator", "koordinator_id": 1, "fra_dato": dt.date(2025, 3, 3)}
        of_each = 2 if self.code == SMALL else 7
        for number in range(of_each):
            self.add("koordinator", **fits, fnr=f"123456{number:05}")
        for person in persons[: of_each // 2]:
            self.add("koordinator", **{**fits, "fra_dato": ""}, fnr=person)
            self.add("koordinator", **{**fits, "rolle": "=SUM(1;1)"}, fnr=person)
        for person in persons[:of_each]:
            self.add("tjeneste", fnr=person, tjenesteomrade="=1+1", fra_dato=dt.date(2025, 3, 3))


def _years_before(day: dt.date, years: int) -> dt.date:
    return day.replace(year=day.year - years, day=min(day.day, 28) if day.month == 2 else day.day)


_DAY_OF = {
    "tjeneste": "fra_dato", "koordinator": "fra_dato", "ip": "opprettet_dato", "mote": "motedato",
    "melding": "mottatt_dato", "bolig": "meldt_dato", "kompetanse": "behov_meldt_dato",
    "psfs": "dato",
}  # fmt: skip


def _known(registers: Registers, record: str, day: dt.date) -> Iterator[Row]:
    """Yield the rows of a record type as they are on a day."""
    for row in registers.rows[record]:
        if record not in _DAY_OF or (row[_DAY_OF[record]] or day) <= day:
            yield {**row, **_evaluated(row, day)} if record == "ip" else row


def _evaluated(row: Row, day: dt.date) -> Row:
    if (after := row["evaluated"]) is None:
        return {"evaluated": ""}
    days = [dt.date(year, 1, 1) + after * _DAY for year in (day.year - 1, day.year)]
    last = max(each for each in days if each <= day)
    return {"evaluated": "", "sist_evaluert_dato": last if last >= row["opprettet_dato"] else ""}


def deliver(home: SmallHome, registers: Sequence[Registers], day: dt.date) -> None:
    """Deliver what the systems hold on a day; of earlier ones the plans, for what was evaluated."""
    for each in registers:
        for record in each.rows if day == AS_OF else ("ip",):
            name = f"{record}_{NAMES[each.code].lower()}"
            if name not in (source["name"] for source in home.sources):
                home.source(name, record, kommune=each.code, system=SYSTEMS[each.code])
            home.deliver(name, f"{day:%Y%m%d}", list(_known(each, record, day)))


def deliver_besides(home: SmallHome) -> None:
    """Deliver the inhabitants of the larger two, and a file of each municipality that breaks off."""
    ages = range(106)
    home.source("ssb_folketall", "befolkning", system="ssb")
    home.deliver("ssb_folketall", "20250101", [
        {"region": code, "alder": age, "aar": year, "kjonn": sex, "personer": SIZE[code] * 30 // 106}
        for code in (LARGE, MIDDLE) for year in YEARS for age in ages for sex in ("k", "m")
    ])  # fmt: skip
    home.source("person_bo", "person", kommune=EMPTY, system="Profil")
    for code in SIZE:
        home.deliver(
            f"ip_{NAMES[code].lower()}", "20260105", '[{"registrering_id": "R-1", "fnr": ', "json"
        )
