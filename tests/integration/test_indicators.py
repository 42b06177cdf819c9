"""Every indicator at the edges of its window, counted by hand: one municipality for each, one home.

`D` is 2024-06-30 unless a case says otherwise. The 365 days up to and including it begin on
2023-07-02; those that end 365 days before it last from 2022-07-02 to 2023-07-01; those that end 183
days before it, from 2022-12-31 to 2023-12-30.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import duckdb
import pytest

from tests.support.persons import fnr
from tests.support.small_home import SmallHome

D = "2024-06-30"
BEFORE, NOW = "20240131", "20240630"
# The home has one source of each record type, and one person register for each municipality.
RECORDS = {
    "epj": "koordinator",
    "innlagt": "koordinator",
    "like_under": "koordinator",
    "samspill": "ip",
    "moter": "mote",
    "moter2": "mote",
    "meldinger": "melding",
    "skjema": "endring",
    "opplaering": "kompetanse",
    "psfs": "psfs",
    "bolig": "bolig",
    "tiltak": "tjeneste",
    "lonn": "ansatt",
    "befolkning": "befolkning",
}
# Any municipalities will do.
CODES = iter("0301 1101 1103 1106 1108 1111 1112 1114 1119 1120 1121 1122 1124 1127 1130".split())


@dataclass
class Answer:
    """One figure: how many, of how many, and the value where it is not one by the other."""

    indicator: str
    numerator: int | None
    denominator: int | None
    value: float | None = None
    day: str = D
    group: str = "all"
    scheme: str = "standard"
    area: str = "all"


@dataclass
class Town:
    """A municipality in which one thing is shown, and the answers that it must give."""

    code: str
    rows: dict[tuple[str, str], list[dict[str, Any]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    answers: list[Answer] = field(default_factory=list)

    def add(self, source: str, deliveries: tuple[str, ...] = (NOW,), **row: Any) -> None:
        for delivery in deliveries:
            self.rows[source, delivery].append({"kommune": self.code, **row})

    def person(self, born: str = "", **said: Any) -> Person:
        number = next(NUMBERS)
        born = born or (dt.date(1950, 1, 1) + dt.timedelta(days=number)).isoformat()
        who = Person(self, fnr(born, number % 7))
        self.add(f"folk_{self.code}", fnr=who.id, fodselsdato=born, **said)
        return who

    def gives(self, indicator: str, numerator: int | None, *rest: Any, **said: Any) -> None:
        self.answers.append(Answer(indicator, numerator, *rest, **said))


@dataclass
class Person:
    """Somebody of a town, and what is registered of them; every registration has its own number."""

    town: Town
    id: str

    def add(self, source: str, deliveries: tuple[str, ...] = (NOW,), **row: Any) -> Person:
        self.town.add(source, deliveries, fnr=self.id, **row)
        return self

    def coordinator(self, first: str, last: str = "", source: str = "epj", **said: Any) -> Person:
        number = str(next(NUMBERS))
        row: dict[str, Any] = {
            "registrering_id": number,
            "rolle": "koordinator",
            "koordinator_id": number,
            **said,
        }
        return self.add(source, fra_dato=first, til_dato=last, **row)

    def plan(self, created: str, **said: Any) -> Person:
        row: dict[str, Any] = {"registrering_id": str(next(NUMBERS)), "status": "aktiv", **said}
        return self.add("samspill", opprettet_dato=created, **row)

    def meeting(self, day: str, kind: str, by: str = "", source: str = "moter") -> Person:
        row: dict[str, Any] = {"mote_id": str(next(NUMBERS)), "motedato": day, "motetype": kind}
        return self.add(source, deltakere=by, **row)

    def notice(self, received: str, assessed: str = "", **said: Any) -> Person:
        row: dict[str, Any] = {"melding_id": str(next(NUMBERS)), "mottatt_dato": received, **said}
        return self.add("meldinger", vurdert_dato=assessed, **row)

    def form(self, change: str, day: str) -> Person:
        row: dict[str, Any] = {
            "endring_id": str(next(NUMBERS)),
            "endringstype": change,
            "endringsdato": day,
        }
        return self.add("skjema", **row)

    def talk(self, number: int, day: str, *scores: object) -> Person:
        for activity, score in enumerate(scores):
            row: dict[str, Any] = {
                "samtale_nr": number,
                "dato": day,
                "aktivitet_nr": activity,
                "skar": score,
            }
            self.add("psfs", **row)
        return self

    def service(self, area: str, first: str, last: str = "") -> Person:
        row: dict[str, Any] = {"tjeneste_id": str(next(NUMBERS)), "tjenesteomrade": area}
        return self.add("tiltak", fra_dato=first, til_dato=last, **row)


NUMBERS = count(1)
TOWNS: dict[str, Town] = {}


def town(tell: Callable[[Town], None]) -> Callable[[Town], None]:
    """Register a town under what it shows."""
    TOWNS[tell.__name__] = made = Town(next(CODES))
    tell(made)
    return tell


@town
def meetings(t: Town) -> None:
    t.person().coordinator("2022-01-04").meeting("2023-07-02", "Koordineringsmøte")
    t.person().coordinator("2022-01-05").meeting("2023-07-01", "IP-møte")
    t.person().coordinator("2022-01-06").meeting(D, "OT")
    # What is no coordination or collaboration meeting does not count.
    other = t.person().coordinator("2022-01-07")
    other.meeting("2024-05-05", "Telefon").meeting("2024-05-06", "Overgangsmøte")
    # Logged twice, once with the GP: one meeting, with the GP.
    twice = t.person().coordinator("2022-01-08").meeting("2024-05-05", "Samarb.møte", "PPT; skole")
    twice.meeting("2024-05-05", "Nettverksmøte", "Fastlege, skole", source="moter2")
    # Two words for one type are one meeting; another type on the same day is another.
    words = t.person().coordinator("2022-01-09").meeting("2024-05-05", "Ansvarsgruppe")
    words.meeting("2024-05-05", "Koordineringsmøte", source="moter2")
    words.meeting("2024-05-05", "Samarbeidsmøte")
    # Without a coordinator: a meeting, but nobody who had to have one.
    t.person().meeting("2024-05-05", "Koordineringsmøte", "Lege")
    # Two siblings in one meeting.
    for child in (t.person(), t.person()):
        child.add("moter", mote_id="S", motedato="2023-01-05", motetype="AG-møte")
    t.gives("meeting_coverage", 4, 6)
    t.gives("gp_participation", 2, 6)
    t.gives("gp_participation", 0, 4, day="2023-07-31")


@town
def living_plans(t: Town) -> None:
    t.person().plan("2023-07-01")
    t.person().plan("2023-06-30")
    t.person().plan("2020-01-01", sist_evaluert_dato="2023-07-01")
    t.person().plan("2020-01-01", sist_evaluert_dato="2023-06-30")
    t.person().plan("2020-01-01", sist_evaluert_dato="2024-08-01")
    # Told of by an older version only.
    older: dict[str, Any] = {
        "registrering_id": "V",
        "deliveries": (BEFORE,),
        "sist_evaluert_dato": "2024-01-10",
    }
    t.person().plan("2020-01-01", **older).plan("2020-01-01", registrering_id="V")
    t.gives("living_plan_share", 3, 6)
    t.gives("living_plan_share", 5, 6, day="2024-05-31")
    t.gives("plan_without_coordinator", 6, 6)


@town
def answers(t: Town) -> None:
    t.person().notice("2023-07-02", "2023-07-12")
    t.person().notice("2023-07-01", "2023-10-09")
    t.person().notice(D, D)
    t.person().notice("2024-05-01", "2024-05-21")
    # The newest version of a notice stands.
    older: dict[str, Any] = {"melding_id": "V", "deliveries": (BEFORE,)}
    t.person().notice("2024-01-12", **older).notice("2024-03-12", "2024-04-11", melding_id="V")
    t.gives("answer_days", None, 4, 15.0)


@town
def appointments(t: Town) -> None:
    t.person().notice("2023-07-01").coordinator("2023-07-01")
    t.person().notice("2022-07-02").coordinator("2022-08-01")
    t.person().notice("2022-07-01").coordinator("2022-07-06")
    t.person().notice("2023-07-02").coordinator("2023-07-09")
    t.person().notice("2022-10-01").coordinator("2023-10-01")
    t.person().notice("2022-10-01").coordinator("2023-10-02")
    before = t.person().notice("2022-10-01").coordinator("2022-09-30", "2022-10-05")
    before.coordinator("2022-12-10")
    t.person().notice("2022-10-01").coordinator("2022-10-04", rolle="Primærkontakt")
    t.gives("appointment_days", None, 4, 50.0)


@town
def training(t: Town) -> None:
    def need(reported: str, offered: str = "") -> None:
        row: dict[str, Any] = {"koordinator_id": str(next(NUMBERS)), "tema": "Ny koordinator"}
        t.add("opplaering", behov_meldt_dato=reported, tilbudt_dato=offered, **row)

    need("2023-12-30", "2024-06-30")
    need("2023-06-01", "2023-12-01")
    need("2023-06-01", "2023-12-02")
    need("2022-12-31", "2022-12-31")
    need("2022-12-30", "2022-12-31")
    need("2023-12-31", "2024-01-05")
    need("2023-03-01")
    t.person().coordinator("2022-02-02")
    t.gives("training_within_6_months", 3, 5)


@town
def declines(t: Town) -> None:
    t.person().form("Takket nei til koordinator", "2023-07-02")
    t.person().form("Takket nei til koordinator", "2023-07-01")
    t.person().form("Ønsker ikke koordinator", D)
    t.person().form("Takket nei til IP", "2024-01-02")
    t.person().coordinator("2022-01-12").form("Takka nei til koordinator", "2024-02-02")
    t.person().coordinator("2023-07-02")
    t.person().coordinator("2023-07-01")
    t.person().coordinator("2023-09-01", "2023-10-01")
    t.person().coordinator("2022-01-11").coordinator("2024-01-01")
    bridged = t.person().coordinator("2023-01-11", "2023-12-31", koordinator_id="b")
    bridged.coordinator("2024-01-10", koordinator_id="b")
    t.gives("decline_share", 3, 6)


@town
def changes(t: Town) -> None:
    t.person().coordinator("2022-01-13").coordinator("2024-01-04")
    t.person().coordinator("2022-01-14").coordinator("2023-07-01")
    t.person().coordinator("2022-01-17").coordinator("2024-02-05").coordinator("2024-04-05")
    bridged = t.person().coordinator("2022-01-15", "2023-12-01", koordinator_id="b")
    bridged.coordinator("2023-12-15", koordinator_id="b")
    # The same coordinator in another role is no change.
    child = t.person(born="2012-01-01").coordinator("2022-01-16", koordinator_id="c")
    child.coordinator("2024-02-01", koordinator_id="c", rolle="Barnekoordinator")
    t.gives("coordinator_changes", 3, 5, 60.0)


@town
def consent(t: Town) -> None:
    for written in ("Ja", "x", "Ikke innhentet", "", "kanskje"):
        t.person().coordinator("2022-01-18", samtykke=written)
    t.person().coordinator("2022-01-23", "2024-06-29", samtykke="Ja")
    t.person().coordinator("2022-01-24", D, samtykke="Nei")
    t.gives("consent_share", 2, 4)


@town
def rates(t: Town) -> None:
    """The inhabitants are those of D's own year; a year that is not delivered has no rate."""
    for born in ("2014-05-05", "2016-05-05", "2018-07-01"):
        child = t.person(born=born)
        child.coordinator("2022-09-01", rolle="Barnekoordinator", familie_id="F")
    t.person(born="2010-05-05").coordinator("2022-09-03")
    for year, adults, children in ((2023, 1600, (120, 160, 120)), (2024, 900, (30, 40, 30))):
        for age, persons in zip((0, 6, 13, 40), (*children, adults), strict=True):
            for sex in "12":
                row: dict[str, Any] = {"region": t.code, "alder": age, "aar": year, "kjonn": sex}
                t.add("befolkning", personer=persons // 2, **row)
    t.gives("child_coordinator_rate", 3, 100, 30.0)
    t.gives("child_coordinator_rate", 3, 100, 30.0, group="0-17")
    t.gives("child_coordinator_rate", 3, 400, 7.5, day="2023-12-31")
    t.gives("child_coordinator_rate", 2, 40, 50.0, scheme="childhood", group="6-12")
    t.gives("child_coordinator_rate", 0, 30, 0.0, scheme="childhood", group="13-15")
    t.gives("coordinator_rate", 4, 1000, 4.0)
    t.gives("coordinator_rate", 0, 900, 0.0, group="18-49")
    t.gives("coordinator_rate", None, None, day="2022-12-31")


@town
def goals(t: Town) -> None:
    t.person().talk(1, "2023-01-10", 2, 4).talk(2, "2024-01-10", 5, 5)
    t.person().talk(1, "2023-01-10", 2, 4).talk(2, "2024-01-10", 5, "4,8")
    t.person().talk(1, "2023-01-10", 2, 4)
    t.person().talk(1, "2023-01-10", 2).talk(2, "2023-05-10", 8).talk(3, "2023-09-10", 3)
    t.person().talk(1, "2023-01-10", 2).talk(2, "2024-06-15", 8)
    t.person().talk(1, "2023-01-10", 2).talk(2, "2024-01-10", 11)
    t.person().coordinator("2023-01-10")
    t.gives("goal_improvement", 2, 4)
    t.gives("goal_improvement", 1, 3, day="2024-05-31")
    t.gives("goal_improvement", 1, 1, day="2023-08-31")


@town
def housing(t: Town) -> None:
    for left in ("", "2024-01-01"):
        who = t.person(utflyttet_dato=left).add("bolig", meldt_dato="2023-01-10", onsket_aar="2025")
        who.add("bolig", meldt_dato="2023-02-10", onsket_aar="2026")
    t.person().add("bolig", meldt_dato=D, onsket_aar="2025")
    t.person().add("bolig", meldt_dato="2023-01-10")
    t.gives("housing_need", 3, None, 3.0)


@town
def coordinators(t: Town) -> None:
    """A coordinator's area is that of the assignment, else that of the employment."""
    for number, area in enumerate(("Hjemmetjeneste", "", "", "Sykehus")):
        row: dict[str, Any] = {"koordinator_id": f"h{number // 2}", "koordinator_tjeneste": area}
        t.person().coordinator("2022-03-01", **row)
    t.person().coordinator("2022-03-02", koordinator_id="s", koordinator_tjeneste="Skule")
    for _ in range(2):
        t.person().coordinator("2022-03-05", koordinator_id="", koordinator_navn="Per Prøve")
    t.person().coordinator("2022-03-07", koordinator_id="l")
    t.person().coordinator("2022-03-08", koordinator_id="d")
    for who, area in (("l", "Helsestasjon"), ("d", "DPS")):
        t.add("lonn", koordinator_id=who, tjenesteomrade=area, ansatt_fra="2020-01-01")
    # Not counted: the hospital's own, said by the assignment or by the employment.
    t.gives("persons_per_coordinator", 7, 5, 1.4)
    t.gives("health_sector_share", 2, 3)


@town
def target_group(t: Town) -> None:
    def with_two(**said: Any) -> None:
        t.person(**said).service("Heimeteneste", "2023-04-01").service("NAV", "2023-04-01")

    t.person().service("Heimeteneste", "2024-04-01").service("Skule", "2024-04-01")
    t.person().service("Heimeteneste", "2024-04-01").service("Skule", "2024-04-02")
    t.person().service("Heimeteneste", "2023-04-01").service("Heimesjukepleie", "2023-04-01")
    t.person().service("Heimeteneste", "2023-04-01").service("Skule", "2023-04-01", "2024-06-29")
    t.person().service("Heimeteneste", "2023-04-01").service("Skule", "2023-04-01", D)
    # The area must have a service that has lasted, not one that ended and one that is new.
    again = t.person().service("Heimeteneste", "2024-01-01", "2024-03-01")
    again.service("Heimeteneste", "2024-06-01").service("Skule", "2023-01-01")
    t.person().coordinator("2023-03-03")
    t.person().plan("2023-03-03")
    for gone in ("utflyttet_dato", "dod_dato"):
        with_two(**{gone: D})
        with_two(**{gone: "2024-07-01"})
    with_two(innflyttet_dato=D)
    with_two(innflyttet_dato="2024-07-01")
    t.gives("coordinator_coverage", 1, 7)
    t.gives("plan_coverage", 1, 7)
    t.gives("both_coverage", 0, 7)
    # Everybody in each of their areas, and once in all.
    t.gives("coordinator_coverage", 0, 5, area="home_care")
    t.gives("coordinator_coverage", 0, 2, area="school")
    t.gives("coordinator_coverage", 0, 3, area="social_services")


@town
def ages(t: Town) -> None:
    """One person on the birthday of each age at which a group begins or that is its last."""
    for age in (0, 5, 6, 10, 11, 12, 13, 15, 16, 17, 18, 24, 25, 49, 50, 66, 67, 79, 80, 89, 90):
        t.person(born=f"{2024 - age}-06-30").coordinator(D)
    d_number = fnr("1990-01-01", kind="d_number")
    Person(t, d_number).coordinator(D)
    for scheme, groups in {
        "standard": {"0-17": 10, "18-49": 4, "50-66": 2, "67-79": 2, "80-89": 2, "90+": 1},
        "childhood": {"0-5": 2, "6-12": 4, "13-15": 2, "16-17": 2, "18-24": 2},
        "sintef": {"0-10": 4, "11-17": 6, "18-49": 4, "50+": 7},
    }.items():
        for group, persons in {**groups, "all": 22, "unknown": 1}.items():
            t.gives("coordinator_coverage", persons, persons, scheme=scheme, group=group)


@town
def backlog(t: Town) -> None:
    """Six of 25 starts on one day are typed in; five of 25, exactly a fifth, are not."""
    for source, together in (("innlagt", 6), ("like_under", 5)):
        for number in range(25):
            day = 1 if number < together else number + 2
            t.person().coordinator(f"2024-02-{day:02}", source=source)
    t.person().form("Takket nei til koordinator", "2024-03-02")
    t.gives("decline_share", 1, 45)
    t.gives("coordinator_coverage", 50, 50)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    home = SmallHome(tmp_path_factory.mktemp("indicators") / "home")
    files: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    # So many starts on other days that no day of a case holds a fifth of a year's.
    elsewhere = Town("4602")
    for number in range(5 * 80):
        day = f"{2020 + number // 80}-{number % 80 // 14 + 1:02}-{number % 14 * 2 + 1:02}"
        elsewhere.person().coordinator(day, day)
    for made in (elsewhere, *TOWNS.values()):
        home.source(f"folk_{made.code}", "person", kommune=made.code)
        for place, rows in made.rows.items():
            files[place] += rows
    for source, record in RECORDS.items():
        home.source(source, record)
    for (source, delivery), rows in files.items():
        home.deliver(source, delivery, rows)
    return home.build()


@pytest.mark.parametrize("name", TOWNS)
def test_indicator(warehouse: duckdb.DuckDBPyConnection, name: str) -> None:
    for answer in TOWNS[name].answers:
        found = warehouse.execute(
            "select numerator, denominator, value from marts.coverage where municipality_code = ? "
            "and indicator = ? and reference_date = ? and age_scheme = ? and age_group = ? "
            "and service_area = ?",
            [
                TOWNS[name].code,
                answer.indicator,
                answer.day,
                answer.scheme,
                answer.group,
                answer.area,
            ],
        ).fetchall()
        if answer.numerator is answer.denominator is None:
            assert found == [], answer
            continue
        assert [row[:2] for row in found] == [(answer.numerator, answer.denominator)], answer
        if answer.value is not None:
            assert found[0][2] == pytest.approx(answer.value), answer
