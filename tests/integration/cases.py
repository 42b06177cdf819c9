"""The smallest data that shows each rule: one person or two for each, all in one home.

A case adds rows to the sources and says what must come of them. The home is built once; the tests
then look at what each case said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.persons import fnr
from tests.small_home import SmallHome, as_csv, name

FIRST, SECOND = "20230630", "20240131"
BORN = "1980-05-15"
# The sources of the home, in the order in which sources.yml names them.
SOURCES = {
    "folk": "person",
    "folk2": "person",
    "epj": "koordinator",
    "ke": "koordinator",
    "nye": "koordinator",
    "samspill": "ip",
    "iplos": "ip",
    "tiltak": "tjeneste",
    "skjema": "endring",
    "lonn": "ansatt",
    "moter": "mote",
    "tall": "koordinatortall",
}
Assignment = tuple[str, str | None, str]


@dataclass
class Case:
    """What one rule is shown by, and what must come of it."""

    rule: str
    number: int
    rows: dict[tuple[str, str], list[dict[str, Any]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    touched: list[tuple[str, str]] = field(default_factory=list)
    assignments: list[Assignment] | None = None
    plans: list[tuple[str, str | None]] | None = None
    born: str = BORN

    @property
    def id(self) -> str:
        """The fødselsnummer of the case's person."""
        return fnr(self.born, self.number)

    def add(self, source: str, delivery: str = SECOND, **row: Any) -> None:
        """Add a row to a delivery of a source."""
        self.rows[source, delivery].append(row)

    def person(
        self, source: str = "folk", deliveries: tuple[str, ...] = (FIRST, SECOND), **said: Any
    ) -> None:
        """Put the person in the register."""
        row = {"fnr": self.id, "navn": name(self.number), "fodselsdato": self.born, **said}
        for delivery in deliveries:
            self.add(source, delivery, **row)

    def coordinator(
        self,
        first: str,
        last: str = "",
        *,
        source: str = "epj",
        deliveries: tuple[str, ...] = (FIRST, SECOND),
        part: int = 1,
        **said: Any,
    ) -> str:
        """Register a coordinator, and return the registration's id."""
        registration = f"K{self.number}-{part}"
        row = {
            "registrering_id": registration,
            "fnr": self.id,
            "rolle": "koordinator",
            "koordinator_id": f"{1000 + self.number}",
            "fra_dato": first,
            "til_dato": last,
            **said,
        }
        for delivery in deliveries:
            self.add(source, delivery, **row)
        return registration

    def plan(
        self,
        created: str,
        closed: str = "",
        *,
        source: str = "samspill",
        part: int = 1,
        deliveries: tuple[str, ...] = (FIRST, SECOND),
        **said: Any,
    ) -> str:
        """Register a plan, and return the registration's id."""
        registration = f"P{self.number}-{part}"
        row = {
            "registrering_id": registration,
            "fnr": self.id,
            "status": "aktiv",
            "opprettet_dato": created,
            "avsluttet_dato": closed,
            **said,
        }
        for delivery in deliveries:
            self.add(source, delivery, **row)
        return registration

    def form(self, change: str, day: str) -> None:
        """Send a change form."""
        for delivery in (FIRST, SECOND):
            self.add(
                "skjema",
                delivery,
                endring_id=f"E{self.number}",
                fnr=self.id,
                endringsdato=day,
                endringstype=change,
            )

    def finds(self, source: str, registration: str | None = None) -> None:
        """Say that the rule touches a row of that source and registration."""
        self.touched.append((source, registration or ""))

    def comes_to(self, *assignments: Assignment) -> None:
        """Say which counting assignments (first day, last day, role) the person ends up with."""
        self.assignments = sorted(assignments)

    def plans_come_to(self, *plans: tuple[str, str | None]) -> None:
        """Say which plans the person ends up with."""
        self.plans = sorted(plans)


CASES: dict[str, Case] = {}


def case(rule: str) -> Callable[[Callable[[Case], None]], Callable[[Case], None]]:
    """Register a case under the rule that it shows."""

    def register(tell: Callable[[Case], None]) -> Callable[[Case], None]:
        made = Case(rule, number=len(CASES) + 10)
        tell(made)
        CASES[rule] = made
        return tell

    return register


def deliver(home: SmallHome) -> SmallHome:
    """Put every case's rows in the home."""
    for source, record in SOURCES.items():
        mode = {"delivery": "incremental"} if source == "nye" else {}
        home.source(source, record, **mode)
    files: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for made in CASES.values():
        for place, rows in made.rows.items():
            files[place] += rows
    for (source, delivery), rows in files.items():
        wide = [row for row in rows if "_too_wide" in row]
        text = as_csv([{k: v for k, v in row.items() if k != "_too_wide"} for row in rows])
        if wide:
            lines = text.splitlines()
            lines = [
                f"{line};for;mange"
                if any(str(row["registrering_id"]) in line for row in wide)
                else line
                for line in lines
            ]
            text = "\n".join(lines) + "\n"
        home.deliver(source, delivery, text)
    return home


# --- Rows -----------------------------------------------------------------------------------------


@case("duplicate_row")
def _(c: Case) -> None:
    c.person()
    for _ in range(2):
        registration = c.coordinator("2021-01-01", deliveries=(SECOND,))
    c.finds("epj", registration)
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("same_id_in_file")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", deliveries=(SECOND,))
    c.finds("epj", c.coordinator("2021-02-01", deliveries=(SECOND,)))
    c.comes_to(("2021-02-01", None, "coordinator"))


@case("withdrawn")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", deliveries=(FIRST,)))
    c.comes_to(("2021-01-01", "2024-01-30", "coordinator"))


@case("row_shape")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", _too_wide=True))
    c.comes_to()


@case("missing_required")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", rolle=""))
    c.comes_to()


@case("unknown_value")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", rolle="Stedfortreder"))
    c.comes_to()


@case("unknown_value_noted")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", samtykke="kanskje"))
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("unreadable_date")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("høst 2021"))
    c.comes_to()


@case("unreadable_date_noted")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", "snart"))
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("unreadable_number_noted")
def _(c: Case) -> None:
    c.add(
        "tall",
        enhet="Sone nord",
        tjenesteomrade="hjemmetjeneste",
        telledato="2023-11-15",
        antall_ip="ti-tolv",
    )
    c.finds("tall")


@case("municipality_recoded")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", kommune="1401 Flora"))
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("municipality_unknown")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", kommune="9876 Andeby"))
    c.comes_to()


@case("municipality_ambiguous")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", kommune="1507 Ålesund"))
    c.comes_to()


@case("municipality_not_held")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", kommune="Oslo"))
    c.comes_to()


# --- Persons --------------------------------------------------------------------------------------


@case("id_leading_zero")
def _(c: Case) -> None:
    c.born = "1980-05-05"
    while not c.id.startswith("0"):
        c.number += 1
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", fnr=c.id[1:]))
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("id_invalid")
def _(c: Case) -> None:
    c.person()
    wrong = f"{c.id[:10]}{(int(c.id[10]) + 1) % 10}"
    c.finds("epj", c.coordinator("2021-01-01", fnr=wrong))
    c.comes_to()


@case("earlier_id_linked")
def _(c: Case) -> None:
    earlier = fnr(c.born, c.number, kind="d_number")
    c.person(tidligere_id=earlier)
    c.finds("epj", c.coordinator("2021-01-01", fnr=earlier))
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("person_not_in_register")
def _(c: Case) -> None:
    c.finds("epj", c.coordinator("2021-01-01"))
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("age_unknown")
def _(c: Case) -> None:
    d_number = fnr(c.born, c.number, kind="d_number")
    c.finds("epj", c.coordinator("2021-01-01", fnr=d_number))


@case("person_by_name")
def _(c: Case) -> None:
    c.person()
    surname, given = name(c.number).split()[1], name(c.number).split()[0]
    registration = c.coordinator(
        "2021-01-01", fnr="", navn=f"{surname.upper()}, {given} A.", fodselsdato="15.5.80"
    )
    c.finds("epj", registration)
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("person_unresolved")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", fnr="", navn=name(c.number), fodselsdato="16.5.80"))
    c.comes_to()


@case("birth_date_differs")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", fodselsdato="1980-05-16"))
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("person_sources_disagree")
def _(c: Case) -> None:
    c.person(dod_dato="2022-02-02")
    c.person("folk2", dod_dato="2022-03-03")
    c.finds("folk")


# --- Coordinators ---------------------------------------------------------------------------------


@case("reversed_interval")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-02", "2021-01-01"))
    c.comes_to()


@case("awaiting_appointment")
def _(c: Case) -> None:
    c.person()
    c.finds(
        "epj",
        c.coordinator("2021-01-01", koordinator_id="", koordinator_navn="Koordinerende enhet"),
    )
    c.comes_to()


@case("planned_start")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2024-03-01", deliveries=(SECOND,)))
    c.comes_to(("2024-03-01", None, "coordinator"))


@case("role_not_counted")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", rolle="Primærkontakt"))
    c.comes_to()


@case("specialist_coordinator")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", koordinator_tjeneste="BUP"))
    c.comes_to()


@case("closed_by_death")
def _(c: Case) -> None:
    c.person(dod_dato="2022-06-10")
    c.finds("epj", c.coordinator("2021-01-01"))
    c.comes_to(("2021-01-01", "2022-06-09", "coordinator"))


@case("closed_by_move")
def _(c: Case) -> None:
    c.person(utflyttet_dato="2022-06-10")
    c.finds("epj", c.coordinator("2021-01-01", "2023-01-01"))
    c.comes_to(("2021-01-01", "2022-06-09", "coordinator"))


@case("closed_by_decline")
def _(c: Case) -> None:
    c.person()
    c.form("Takket nei til koordinator", "2022-06-10")
    c.finds("epj", c.coordinator("2021-01-01"))
    c.comes_to(("2021-01-01", "2022-06-09", "coordinator"))


@case("closed_by_end_form")
def _(c: Case) -> None:
    c.person()
    c.form("Ikke lenger behov", "2022-06-10")
    c.finds("epj", c.coordinator("2021-01-01"))
    c.comes_to(("2021-01-01", "2022-06-09", "coordinator"))


@case("closed_by_employment")
def _(c: Case) -> None:
    c.person()
    for delivery in (FIRST, SECOND):
        c.add(
            "lonn",
            delivery,
            koordinator_id=f"0{1000 + c.number}",
            ansatt_fra="2015-01-01",
            ansatt_til="2022-06-10",
        )
    c.finds("epj", c.coordinator("2021-01-01"))
    c.comes_to(("2021-01-01", "2022-06-10", "coordinator"))


@case("closed_by_age_18")
def _(c: Case) -> None:
    c.born = "2005-02-10"
    c.person()
    c.finds("epj", c.coordinator("2022-09-01", rolle="Barnekoordinator"))
    c.comes_to(("2022-09-01", "2023-02-09", "child_coordinator"))


@case("no_day_left")
def _(c: Case) -> None:
    c.person(dod_dato="2020-06-10")
    c.finds("epj", c.coordinator("2021-01-01"))
    c.comes_to()


@case("child_before_2022")
def _(c: Case) -> None:
    c.born = "2012-02-10"
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", rolle="bk"))
    c.comes_to(
        ("2021-01-01", "2022-07-31", "coordinator"),
        ("2022-08-01", "2030-02-09", "child_coordinator"),
    )


@case("bridged")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", "2021-06-30", part=1)
    c.finds("epj", c.coordinator("2021-07-30", "", part=2))
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("joined_without_id")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", "2022-06-30", part=1)
    c.finds(
        "ke",
        c.coordinator(
            "2021-03-01",
            "2022-12-31",
            part=2,
            source="ke",
            koordinator_id="",
            koordinator_navn="O. Prøvesen",
        ),
    )
    c.comes_to(("2021-01-01", "2022-12-31", "coordinator"))


@case("one_at_a_time")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", part=1))
    c.coordinator("2022-03-01", "2022-12-31", part=2, koordinator_id="77")
    c.comes_to(
        ("2021-01-01", "2022-02-28", "coordinator"), ("2022-03-01", "2022-12-31", "coordinator")
    )


@case("child_precedence")
def _(c: Case) -> None:
    c.born = "2012-02-10"
    c.person()
    c.coordinator("2022-09-01", "2023-03-31", part=1, rolle="Barnekoordinator")
    c.finds("ke", c.coordinator("2023-01-01", part=2, source="ke", koordinator_id="77"))
    c.comes_to(
        ("2022-09-01", "2023-03-31", "child_coordinator"), ("2023-04-01", None, "coordinator")
    )


# --- Plans ----------------------------------------------------------------------------------------


@case("plan_type_other")
def _(c: Case) -> None:
    c.person()
    c.finds("samspill", c.plan("2021-01-01", plantype="Stafettlogg"))
    c.plans_come_to()


@case("closed_at_evaluation")
def _(c: Case) -> None:
    c.person()
    c.finds("samspill", c.plan("2021-01-01", status="avsluttet", sist_evaluert_dato="2022-05-05"))
    c.plans_come_to(("2021-01-01", "2022-05-05"))


@case("closed_without_date")
def _(c: Case) -> None:
    c.person()
    c.finds("samspill", c.plan("2021-01-01", status="arkivert"))
    c.plans_come_to()


@case("plans_merged")
def _(c: Case) -> None:
    c.person()
    c.plan("2021-01-01", "2022-06-01")
    c.finds("iplos", c.plan("2021-03-01", source="iplos"))
    c.plans_come_to(("2021-01-01", None))


@case("systems_disagree")
def _(c: Case) -> None:
    c.person()
    c.plan("2021-01-01")
    c.finds("iplos", c.plan("2022-01-01", source="iplos", status="takket nei"))
    c.plans_come_to(("2021-01-01", None))


# --- Meetings -------------------------------------------------------------------------------------


@case("meeting_after_delivery")
def _(c: Case) -> None:
    c.person()
    c.add("moter", mote_id=f"M{c.number}", fnr=c.id, motedato="2024-02-01", motetype="OT-møte")
    c.finds("moter", f"M{c.number}")


@case("meetings_merged")
def _(c: Case) -> None:
    c.person()
    for place in range(2):
        said = {"motedato": "2023-02-01", "motetype": ["OT-møte", "ansvarsgruppe"][place]}
        c.add("moter", mote_id=f"M{c.number}-{place}", fnr=c.id, **said)
    c.finds("moter", f"M{c.number}-1")


@case("backlog_start")
def _(c: Case) -> None:
    c.person()
    c.coordinator("1999-06-01", "1999-06-30")
    c.finds("epj", c.coordinator("1999-06-01", "1999-07-30", part=2, koordinator_id="77"))
