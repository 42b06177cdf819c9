"""The smallest data that shows each rule: one person or two for each, all in one home.

A case adds rows to the sources and says what must come of them. The home is built once; the tests
then look at what each case said. A rule's first case shows that it works; the others, which say of
what, where it begins and ends. Sentences that leave no finding go by their number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.persons import fnr
from tests.support.small_home import SmallHome, as_csv, name

EARLIER, FIRST, SECOND = "20221231", "20230630", "20240131"
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
    untouched: list[str] = field(default_factory=list)
    plans: list[tuple[str, str | None]] | None = None
    changes: int | None = None
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

    def form(
        self, change: str, day: str, old: str = "", new: str = "", part: int = 1, **said: Any
    ) -> str:
        """Send a change form, and return its id."""
        number = f"E{self.number}-{change}-{part}"
        row = {
            "endring_id": number,
            "fnr": self.id,
            "endringsdato": day,
            "endringstype": change,
            "gammel_koordinator_id": old,
            "ny_koordinator_id": new,
            **said,
        }
        for delivery in (FIRST, SECOND):
            self.add("skjema", delivery, **row)
        return number

    def finds(self, source: str, registration: str | None = None) -> None:
        """Say that the rule touches a row of that source and registration."""
        self.touched.append((source, registration or ""))

    def finds_not(self, *rules: str) -> None:
        """Say which rules do not touch the person's rows."""
        self.untouched += rules

    def employed(self, first: str, last: str, coordinator: str = "") -> None:
        """Put an employment of the person's coordinator in the personnel system."""
        for delivery in (FIRST, SECOND):
            self.add(
                "lonn",
                delivery,
                koordinator_id=coordinator or f"{1000 + self.number}",
                ansatt_fra=first,
                ansatt_til=last,
            )

    def comes_to(self, *assignments: Assignment) -> None:
        """Say which counting assignments (first day, last day, role) the person ends up with."""
        self.assignments = sorted(assignments)

    def changes_coordinator(self, times: int) -> None:
        """Say how many changes of coordinator are counted of the person."""
        self.changes = times

    def plans_come_to(self, *plans: tuple[str, str | None]) -> None:
        """Say which plans the person ends up with."""
        self.plans = sorted(plans)


CASES: dict[str, Case] = {}


def case(rule: str, what: str = "") -> Callable[[Callable[[Case], None]], Callable[[Case], None]]:
    """Register a case under the rule that it shows, or the sentence of the counting rules."""

    def register(tell: Callable[[Case], None]) -> Callable[[Case], None]:
        name = f"{rule}, {what}" if what else rule
        assert name not in CASES, f"two cases are called {name}"
        CASES[name] = made = Case(rule, number=len(CASES) + 10)
        tell(made)
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


@case("number_undeclared")
def _(c: Case) -> None:
    c.person()
    c.finds("samspill", c.plan("2021-01-01", status="3"))
    c.plans_come_to()


@case("number_undeclared_noted")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", samtykke="2"))
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("unknown_unit")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", koordinator_tjeneste="Enhet for det meste"))
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("unknown_unit", "not where none is written, nor where the code list knows it")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", "2021-06-30", koordinator_tjeneste="")
    c.coordinator("2022-01-01", koordinator_tjeneste="PPT", part=2)
    c.finds_not("unknown_unit")
    c.comes_to(("2021-01-01", "2021-06-30", "coordinator"), ("2022-01-01", None, "coordinator"))


@case("unknown_unit", "of a service, written or not")
def _(c: Case) -> None:
    c.person()
    for part, area in enumerate(("Enhet for det meste", "")):
        row = {"tjeneste_id": f"T{c.number}-{part}", "fnr": c.id, "fra_dato": "2021-01-01"}
        c.add("tiltak", **row, tjenesteomrade=area)
        c.finds("tiltak", row["tjeneste_id"])


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


@case("stands_for_nothing")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", koordinator_id="NULL", kommune="-"))
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("cell_without_value")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", koordinator_id="#REF!", familie_id="#N/A"))
    c.finds_not("stands_for_nothing")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("last_day_without_value")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", "#VERDI!"))
    c.finds_not("unreadable_date_noted")
    c.comes_to()


@case("last_day_without_value", "of a plan")
def _(c: Case) -> None:
    c.person()
    c.finds("samspill", c.plan("2021-01-01", "########"))
    c.plans_come_to()


@case("cell_holds_object")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", koordinator_id='{"id": 17}', familie_id='{"a": 1}'))
    c.finds_not("cell_without_value")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("last_day_holds_object")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", '{"dato": "2023-01-01"}'))
    c.finds_not("last_day_without_value")
    c.finds_not("unreadable_date_noted")
    c.comes_to()


@case("last_day_holds_object", "of a plan")
def _(c: Case) -> None:
    c.person()
    c.finds("samspill", c.plan("2021-01-01", '{"dato": {"$date": 1672531200000}}'))
    c.plans_come_to()


@case("birth_date_century")
def _(c: Case) -> None:
    c.person(fodselsdato="2080-05-15")
    c.finds("folk")
    c.finds_not("birth_date_against_id")


@case("birth_date_against_id")
def _(c: Case) -> None:
    # By the birth date that is written, she was no child any longer.
    c.born = "2008-05-15"
    c.person(fodselsdato="1998-05-15")
    c.finds("folk")
    c.coordinator("2022-09-01", "2023-08-31", rolle="barnekoordinator")
    c.comes_to(("2022-09-01", "2023-08-31", "child_coordinator"))


@case("earlier_id_ambiguous")
def _(c: Case) -> None:
    for number in (1, 2):
        for delivery in (FIRST, SECOND):
            row = {"fnr": fnr("1981-02-03", number), "navn": "", "tidligere_id": c.id}
            c.add("folk", delivery, **row)
    c.finds("folk")
    c.coordinator("2021-01-01")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("2.2", "two ids that each follow the other are one person")
def _(c: Case) -> None:
    other = fnr("1981-02-03", 3)
    c.person(tidligere_id=other)
    for delivery in (FIRST, SECOND):
        c.add("folk", delivery, fnr=other, tidligere_id=c.id, fodselsdato=BORN)
    c.coordinator("2021-01-01", part=1)
    c.coordinator("2022-01-01", part=2, fnr=other, koordinator_id="77")
    c.comes_to(("2021-01-01", "2021-12-31", "coordinator"), ("2022-01-01", None, "coordinator"))


for first_row in (0, 1):

    @case("same_id_in_file", f"stays in the order {first_row}")
    def _(c: Case, first_row: int = first_row) -> None:
        stays = [
            {"innflyttet_dato": "2015-01-01", "utflyttet_dato": "2020-05-01"},
            {"innflyttet_dato": "2021-02-01", "utflyttet_dato": ""},
        ]
        for place in (first_row, 1 - first_row):
            c.person(**stays[place])
        c.finds("folk")
        c.coordinator("2022-03-01")
        c.comes_to(("2022-03-01", None, "coordinator"))


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


@case("withdrawn", "and back in a later delivery")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", deliveries=(EARLIER, SECOND))
    c.finds_not("withdrawn")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("withdrawn", "had ended before")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", "2023-06-30", deliveries=(FIRST,))
    c.comes_to(("2021-01-01", "2023-06-30", "coordinator"))


@case("withdrawn", "was to end later")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", "2025-06-30", deliveries=(FIRST,))
    c.comes_to(("2021-01-01", "2024-01-30", "coordinator"))


@case("withdrawn", "before it began")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2024-02-01", deliveries=(FIRST,))
    c.comes_to()


@case("withdrawn", "plan")
def _(c: Case) -> None:
    c.person()
    c.plan("2021-01-01", deliveries=(FIRST,))
    c.plans_come_to(("2021-01-01", "2024-01-30"))


@case("1.2", "incremental: nothing is withdrawn by absence")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", source="nye", deliveries=(FIRST,))
    c.finds_not("withdrawn")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("1.2", "incremental: the newest version wins")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", source="nye", deliveries=(FIRST,))
    c.coordinator("2021-02-01", "2023-12-31", source="nye", deliveries=(SECOND,))
    c.comes_to(("2021-02-01", "2023-12-31", "coordinator"))


# Dates as exports write them, and the days that they are.
for written, first in {
    "2021-03-05T10:00:00": "2021-03-05",
    "5.3.2021": "2021-03-05",
    "05/03/2021": "2021-03-05",
    "20210305": "2021-03-05",
    "44260": "2021-03-05",
    "20000": "1954-10-03",
    "05.03.68": "2068-03-05",
    "05.03.69": "1969-03-05",
    "31.12.2099": None,
    "31.12.9999": None,
    "01.01.1900": None,
    "00.00.0000": None,
    "19999": None,
    "60001": None,
    "30.02.2021": None,
}.items():

    @case("dates", written)
    def _(c: Case, written: str = written, first: str | None = first) -> None:
        c.person()
        c.coordinator(written, deliveries=(SECOND,))
        c.comes_to(*([(first, None, "coordinator")] if first else []))


@case("dates", "a last day that is not known")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", "31.12.9999")
    c.finds_not("unreadable_date_noted")
    c.comes_to(("2021-01-01", None, "coordinator"))


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


@case("2.2", "an earlier id of an earlier id")
def _(c: Case) -> None:
    first, second = (fnr(c.born, c.number, kind="d_number"), fnr("1980-05-14", c.number))
    for delivery in (FIRST, SECOND):
        c.add("folk", delivery, fnr=second, navn="Prøve", tidligere_id=first)
    c.person(tidligere_id=second)
    c.coordinator("2021-01-01", fnr=first, part=1)
    c.coordinator("2022-01-01", source="ke", part=2)
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("2.1", "spaces and hyphens in an id")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", "2021-05-31", fnr=f"{c.id[:6]} {c.id[6:]}", part=1)
    c.coordinator("2022-01-01", fnr=f"{c.id[:6]}-{c.id[6:]}", part=2)
    c.finds_not("id_invalid")
    c.comes_to(("2021-01-01", "2021-05-31", "coordinator"), ("2022-01-01", None, "coordinator"))


# The name in the register, the name in the row, and whether they are the same.
for number, (known, written, is_same) in enumerate(
    [
        ("Kari Nordmann", "NORDMANN KARI", True),
        ("Kari Nordmann", "Nordmann, Kari Anne", True),
        ("Kari Anne Nordmann", "Kari Nordmann", True),
        ("Kari B. Nordmann", "kari  nordmann", True),
        ("Åse Håland", "Aase Haaland", True),
        ("Bjørn Sæther", "Bjoern Saether", True),
        ("Bjørn Sæther", "Bjorn Saether", True),
        ("André Müller", "Andre Muller", True),
        ("Anne-Kari Berg-Hansen", "Anne Hansen", True),
        ("Kari Nordmann", "K. Nordmann", False),
        ("Kari Nordmann", "Per Nordmann", False),
        ("Kari Nordmann", "Kari Hansen", False),
    ]
):

    @case("2.4", f"{known} as {written}")
    def _(
        c: Case,
        number: int = number,
        known: str = known,
        written: str = written,
        is_same: bool = is_same,
    ) -> None:
        c.born = f"1981-01-{number + 1:02}"
        c.person(navn=known)
        c.coordinator("2021-01-01", part=1)
        row: dict[str, Any] = {
            "fnr": "",
            "navn": written,
            "fodselsdato": c.born,
            "koordinator_id": "77",
        }
        c.coordinator("2022-01-01", part=2, **row)
        later = ("2022-01-01", None, "coordinator")
        before = ("2021-01-01", "2021-12-31" if is_same else None, "coordinator")
        c.comes_to(before, *([later] if is_same else []))


@case("2.4", "two of one name and birth date")
def _(c: Case) -> None:
    c.born = "1981-02-01"
    c.person(navn="Kari Nordmann")
    for delivery in (FIRST, SECOND):
        c.add("folk", delivery, fnr=fnr(c.born, c.number + 1), navn="K Kari Nordmann")
    row: dict[str, Any] = {"fnr": "", "navn": "Kari Nordmann", "fodselsdato": c.born}
    c.coordinator("2021-01-01", **row)
    c.comes_to()


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
    c.employed("2015-01-01", "2022-06-10", coordinator=f"0{1000 + c.number}")
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


@case("awaiting_appointment", "but not with a coordinator's id")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", koordinator_navn="KE")
    c.finds_not("awaiting_appointment")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("3.2", "a single day")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", "2021-01-01")
    c.comes_to(("2021-01-01", "2021-01-01", "coordinator"))


@case("closed_by_end_form", "the day after the first")
def _(c: Case) -> None:
    c.person()
    c.form("Koordinator avslutta", "2021-01-02")
    c.finds("epj", c.coordinator("2021-01-01"))
    c.comes_to(("2021-01-01", "2021-01-01", "coordinator"))


@case("closed_by_end_form", "not one dated on the first day")
def _(c: Case) -> None:
    c.person()
    c.form("Koordinator avsluttet", "2021-01-01")
    c.coordinator("2021-01-01")
    c.finds_not("closed_by_end_form")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("closed_by_end_form", "the earliest of two forms")
def _(c: Case) -> None:
    c.person()
    c.form("Takka nei til koordinator", "2022-06-10")
    c.form("Ikkje lenger behov", "2022-04-10")
    c.finds("epj", c.coordinator("2021-01-01", "2023-01-01"))
    c.comes_to(("2021-01-01", "2022-04-09", "coordinator"))


@case("closed_by_end_form", "not what begins after it")
def _(c: Case) -> None:
    c.person()
    c.form("Ikke lenger behov", "2022-06-10")
    c.finds("epj", c.coordinator("2021-01-01", part=1))
    c.coordinator("2022-09-01", part=2)
    c.comes_to(("2021-01-01", "2022-06-09", "coordinator"), ("2022-09-01", None, "coordinator"))


@case("3.3", "other forms end nothing")
def _(c: Case) -> None:
    c.person()
    for change in ("Takket nei til IP", "IP avsluttet"):
        c.form(change, "2022-06-10")
    c.coordinator("2021-01-01")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("3.3", "one employment goes on")
def _(c: Case) -> None:
    c.person()
    c.employed("2015-01-01", "2022-06-10")
    c.employed("2022-06-11", "")
    c.coordinator("2021-01-01")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("closed_by_employment", "the last of several to end")
def _(c: Case) -> None:
    c.person()
    c.employed("2015-01-01", "2022-06-10")
    c.employed("2016-01-01", "2022-10-31")
    c.finds("epj", c.coordinator("2021-01-01"))
    c.comes_to(("2021-01-01", "2022-10-31", "coordinator"))


@case("no_day_left", "begins after the employment")
def _(c: Case) -> None:
    c.person()
    c.employed("2015-01-01", "2020-12-31")
    c.finds("epj", c.coordinator("2021-01-01"))
    c.comes_to()


@case("no_day_left", "a child coordinator of an adult")
def _(c: Case) -> None:
    c.person()
    c.finds("epj", c.coordinator("2022-09-01", rolle="Barnekoordinator"))
    c.comes_to()


@case("closed_by_age_18", "born on 29 February")
def _(c: Case) -> None:
    c.born = "2004-02-29"
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", rolle="Barnekoordinator"))
    c.comes_to(("2021-01-01", "2022-02-28", "coordinator"))


@case("child_before_2022", "the last day before and the first day of the right")
def _(c: Case) -> None:
    c.born = "2012-02-10"
    c.person()
    c.finds("epj", c.coordinator("2022-07-31", "2022-08-01", rolle="bk"))
    c.comes_to(
        ("2022-07-31", "2022-07-31", "coordinator"),
        ("2022-08-01", "2022-08-01", "child_coordinator"),
    )


@case("child_before_2022", "ended before")
def _(c: Case) -> None:
    c.born = "2012-02-10"
    c.person()
    c.finds("epj", c.coordinator("2021-01-01", "2022-07-31", rolle="bk"))
    c.comes_to(("2021-01-01", "2022-07-31", "coordinator"))


@case("bridged", "not over 31 days")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", "2021-06-30", part=1)
    c.coordinator("2021-07-31", "", part=2)
    c.finds_not("bridged")
    c.comes_to(("2021-01-01", "2021-06-30", "coordinator"), ("2021-07-31", None, "coordinator"))


@case("bridged", "a short one within a long one")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", "2021-12-31", part=1)
    c.coordinator("2021-02-01", "2021-03-01", part=2)
    c.finds("ke", c.coordinator("2022-01-20", "2022-02-20", source="ke", part=3))
    c.comes_to(("2021-01-01", "2022-02-20", "coordinator"))


@case("joined_without_id", "from the day that both have")
def _(c: Case) -> None:
    c.person()
    nameless: dict[str, Any] = {"koordinator_id": "", "koordinator_navn": "Aud Prøve"}
    c.finds("ke", c.coordinator("2021-01-01", "2021-06-30", part=1, source="ke", **nameless))
    c.coordinator("2021-06-30", "2021-12-31", part=2)
    c.comes_to(("2021-01-01", "2021-12-31", "coordinator"))


@case("joined_without_id", "not one that only lies close")
def _(c: Case) -> None:
    c.person()
    nameless: dict[str, Any] = {"koordinator_id": "", "koordinator_navn": "Aud Prøve"}
    c.coordinator("2021-01-01", "2021-06-29", part=1, source="ke", **nameless)
    c.coordinator("2021-06-30", "2021-12-31", part=2)
    c.finds_not("joined_without_id")
    c.comes_to(
        ("2021-01-01", "2021-06-29", "coordinator"), ("2021-06-30", "2021-12-31", "coordinator")
    )


@case("one_at_a_time", "of two that begin on one day, the longest")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", part=1)
    c.coordinator("2021-01-01", "2021-08-31", part=2, koordinator_id="77")
    c.finds("epj", f"K{c.number}-2")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("3.6", "one that does not count ends nothing")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", part=1)
    c.coordinator("2022-01-01", part=2, koordinator_id="77", rolle="Kreftkoordinator")
    c.coordinator("2022-02-01", part=3, koordinator_id="78", rolle="Tjenesteansvarlig")
    c.coordinator("2022-03-01", part=4, koordinator_id="79", koordinator_tjeneste="Sykehus")
    c.finds_not("one_at_a_time")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("3.6", "an ordinary one that a child coordinator ended does not come back")
def _(c: Case) -> None:
    c.born = "2012-02-10"
    c.person()
    c.coordinator("2021-01-01", part=1)
    c.coordinator("2022-09-01", "2022-12-31", part=2, rolle="bk", koordinator_id="77")
    c.comes_to(
        ("2021-01-01", "2022-08-31", "coordinator"),
        ("2022-09-01", "2022-12-31", "child_coordinator"),
    )


@case("child_precedence", "both begin on one day")
def _(c: Case) -> None:
    c.born = "2012-02-10"
    c.person()
    c.finds("epj", c.coordinator("2022-09-01", part=1))
    c.coordinator("2022-09-01", "2022-12-31", part=2, rolle="bk", koordinator_id="77")
    c.comes_to(
        ("2022-09-01", "2022-12-31", "child_coordinator"), ("2023-01-01", None, "coordinator")
    )


@case("child_precedence", "an ordinary one that ends meanwhile")
def _(c: Case) -> None:
    c.born = "2012-02-10"
    c.person()
    c.coordinator("2022-09-01", "2022-12-31", part=1, rolle="bk")
    c.finds("epj", c.coordinator("2022-10-01", "2022-12-31", part=2, koordinator_id="77"))
    c.comes_to(("2022-09-01", "2022-12-31", "child_coordinator"))


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


@case("plan_reopened")
def _(c: Case) -> None:
    c.person()
    c.plan("2021-01-01", "2022-03-01", part=1)
    # As in the probe: closed on 1 March, opened under another number on the 11th.
    c.finds("samspill", c.plan("2022-03-11", part=2))
    c.plans_come_to(("2021-01-01", None))


@case("plan_reopened", "from one day to the next, in another system")
def _(c: Case) -> None:
    c.person()
    c.plan("2021-01-01", "2022-06-01")
    c.finds("iplos", c.plan("2022-06-01", "2023-01-01", source="iplos"))
    c.finds_not("plans_merged")
    c.plans_come_to(("2021-01-01", "2022-12-31"))


@case("plan_reopened", "not after 31 days")
def _(c: Case) -> None:
    c.person()
    c.plan("2021-01-01", "2022-03-02", part=1)
    c.plan("2022-04-01", part=2)
    c.finds_not("plan_reopened")
    c.plans_come_to(("2021-01-01", "2022-03-01"), ("2022-04-01", None))


@case("4.1", "ends the day before it was closed")
def _(c: Case) -> None:
    c.person()
    c.plan("2021-01-01", "2022-05-05", part=1)
    c.plan("2022-07-01", "2023-05-05", part=2, status="avsluttet", sist_evaluert_dato="2023-01-01")
    c.plans_come_to(("2021-01-01", "2022-05-04"), ("2022-07-01", "2023-05-04"))


@case("no_day_left", "a plan closed on the day it was made")
def _(c: Case) -> None:
    c.person()
    c.finds("samspill", c.plan("2021-01-01", "2021-01-01"))
    c.plans_come_to()


for status in (
    "Under arbeid",
    "Vurderes",
    "Hvilende",
    "Avslag",
    "Takka nei",
    "Nei",
    "Ukjent",
    "",
):

    @case("4.1", f"status {status or 'empty'}")
    def _(c: Case, status: str = status) -> None:
        c.person()
        c.plan("2021-01-01", status=status)
        c.plans_come_to()


@case("closed_by_decline", "plan")
def _(c: Case) -> None:
    c.person()
    c.form("Ønsker ikke IP", "2022-06-10")
    c.finds("samspill", c.plan("2021-01-01"))
    c.coordinator("2021-01-01")
    c.plans_come_to(("2021-01-01", "2022-06-09"))
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("closed_by_end_form", "plan, not on its first day")
def _(c: Case) -> None:
    c.person()
    c.form("IP avsluttet", "2021-01-01")
    c.plan("2021-01-01")
    c.plans_come_to(("2021-01-01", None))


@case("plans_merged", "with one day in common")
def _(c: Case) -> None:
    c.person()
    c.plan("2021-01-01", "2022-06-02")
    c.finds("iplos", c.plan("2022-06-01", "2023-01-01", source="iplos"))
    c.plans_come_to(("2021-01-01", "2022-12-31"))


@case("systems_disagree", "a no without a day, while the plan lasts")
def _(c: Case) -> None:
    c.person()
    c.plan("2021-01-01")
    c.finds("iplos", c.plan("", source="iplos", status="nei"))
    c.plans_come_to(("2021-01-01", None))


@case("systems_disagree", "not after the plan")
def _(c: Case) -> None:
    c.person()
    c.plan("2021-01-01", "2021-06-01")
    c.plan("2022-01-01", source="iplos", status="takket nei")
    c.finds_not("systems_disagree")
    c.plans_come_to(("2021-01-01", "2021-05-31"))


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
    for part in range(1, 5):
        c.coordinator("1999-06-01", "1999-06-30", part=part, koordinator_id=f"7{part}")
    c.finds("epj", c.coordinator("1999-06-01", "1999-07-30", part=5, koordinator_id="75"))


@case("backlog_start", "not of four, though the year has no more")
def _(c: Case) -> None:
    c.person()
    for part in range(1, 5):
        c.coordinator("1998-06-01", "1998-06-30", part=part, koordinator_id=f"7{part}")
    c.finds_not("backlog_start")


@case("backlog_start", "not of siblings and a few others")
def _(c: Case) -> None:
    c.person()
    for part in range(1, 8):
        family = "F-1997" if part < 5 else ""
        c.coordinator(
            "1997-06-01", "1997-06-30", part=part, koordinator_id=f"7{part}", familie_id=family
        )
    c.finds_not("backlog_start")


# --- History that was written over ----------------------------------------------------------------


@case("history_overwritten")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", koordinator_id="17", deliveries=(FIRST,))
    c.finds("epj", c.coordinator("2021-01-01", koordinator_id="18", deliveries=(SECOND,)))
    c.comes_to(("2021-01-01", "2024-01-30", "coordinator"), ("2024-01-31", None, "coordinator"))
    c.changes_coordinator(1)


@case("history_overwritten", "the row tells the day")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", koordinator_id="17", deliveries=(FIRST,))
    c.coordinator("2023-09-01", koordinator_id="18", deliveries=(SECOND,))
    c.finds("epj", f"K{c.number}-1")
    c.comes_to(("2021-01-01", "2023-08-31", "coordinator"), ("2023-09-01", None, "coordinator"))
    c.changes_coordinator(1)


@case("history_overwritten", "a form tells the day, and counts no second change")
def _(c: Case) -> None:
    c.person()
    c.form("skifte av koordinator", "2023-10-01", "17", "18")
    c.coordinator("2021-01-01", koordinator_id="17", deliveries=(FIRST,))
    c.finds("epj", c.coordinator("2021-01-01", koordinator_id="18", deliveries=(SECOND,)))
    c.finds_not("change_by_form", "form_day_differs", "form_contradicted")
    c.comes_to(("2021-01-01", "2023-09-30", "coordinator"), ("2023-10-01", None, "coordinator"))
    c.changes_coordinator(1)


@case("history_overwritten", "a meeting with the new one tells the day")
def _(c: Case) -> None:
    c.person()
    for day in ("2023-11-01", "2023-12-01"):
        c.add(
            "moter",
            mote_id=f"M{c.number}-{day}",
            fnr=c.id,
            motedato=day,
            motetype="samarbeidsmøte",
            koordinator_id="18",
        )
    c.coordinator("2021-01-01", koordinator_id="17", deliveries=(FIRST,))
    c.coordinator("2021-01-01", koordinator_id="18", deliveries=(SECOND,))
    c.comes_to(("2021-01-01", "2023-10-31", "coordinator"), ("2023-11-01", None, "coordinator"))


@case("history_overwritten", "the first one's employment tells the day")
def _(c: Case) -> None:
    c.person()
    c.employed("2015-01-01", "2023-08-15")
    c.coordinator("2021-01-01", deliveries=(FIRST,))
    c.coordinator("2021-01-01", koordinator_id="18", deliveries=(SECOND,))
    c.comes_to(("2021-01-01", "2023-08-15", "coordinator"), ("2023-08-16", None, "coordinator"))


@case("history_overwritten", "several changes over several deliveries")
def _(c: Case) -> None:
    c.person()
    for number, delivery in zip(("17", "18", "19"), (EARLIER, FIRST, SECOND), strict=True):
        c.coordinator("2021-01-01", koordinator_id=number, deliveries=(delivery,))
    c.comes_to(
        ("2021-01-01", "2023-06-29", "coordinator"),
        ("2023-06-30", "2024-01-30", "coordinator"),
        ("2024-01-31", None, "coordinator"),
    )
    c.changes_coordinator(2)


@case("history_overwritten", "incremental, and back to the first one")
def _(c: Case) -> None:
    c.person()
    for number, delivery in zip(("17", "18", "17"), (EARLIER, FIRST, SECOND), strict=True):
        c.coordinator("2021-01-01", source="nye", koordinator_id=number, deliveries=(delivery,))
    c.comes_to(
        ("2021-01-01", "2023-06-29", "coordinator"),
        ("2023-06-30", "2024-01-30", "coordinator"),
        ("2024-01-31", None, "coordinator"),
    )
    c.changes_coordinator(2)


@case("history_overwritten", "only names")
def _(c: Case) -> None:
    c.person()
    for shown, delivery in (("Kari Prøve", FIRST), ("Ola Hansen", SECOND)):
        c.coordinator(
            "2021-01-01", koordinator_id="", koordinator_navn=shown, deliveries=(delivery,)
        )
    c.comes_to(("2021-01-01", "2024-01-30", "coordinator"), ("2024-01-31", None, "coordinator"))
    c.changes_coordinator(1)


@case("history_overwritten", "another role of the same coordinator")
def _(c: Case) -> None:
    c.born = "2012-02-10"
    c.person()
    for role, delivery in (("koordinator", FIRST), ("barnekoordinator", SECOND)):
        c.coordinator("2022-09-01", rolle=role, deliveries=(delivery,))
    c.comes_to(
        ("2022-09-01", "2024-01-30", "coordinator"),
        ("2024-01-31", "2030-02-09", "child_coordinator"),
    )
    c.changes_coordinator(0)


@case("history_overwritten", "nobody any longer")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", koordinator_id="17", deliveries=(FIRST,))
    c.coordinator("2021-01-01", koordinator_id="", koordinator_navn="vakant", deliveries=(SECOND,))
    c.comes_to(("2021-01-01", "2024-01-30", "coordinator"))


@case("history_overwritten", "the new one had left again by then")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", koordinator_id="17", deliveries=(FIRST,))
    c.coordinator("2021-01-01", "2023-12-31", koordinator_id="18", deliveries=(SECOND,))
    c.comes_to(
        ("2021-01-01", "2023-12-30", "coordinator"), ("2023-12-31", "2023-12-31", "coordinator")
    )


@case("history_overwritten", "the first one had ended before")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", "2022-06-30", koordinator_id="17", deliveries=(FIRST,))
    c.coordinator("2023-09-01", koordinator_id="18", deliveries=(SECOND,))
    c.comes_to(("2021-01-01", "2022-06-30", "coordinator"), ("2023-09-01", None, "coordinator"))


@case("3.8", "the same name under another number is the same coordinator")
def _(c: Case) -> None:
    c.person()
    for number, shown, delivery in (("17", "Kari Prøve", FIRST), ("A017", "PRØVE, KARI", SECOND)):
        c.coordinator(
            "2021-01-01", koordinator_id=number, koordinator_navn=shown, deliveries=(delivery,)
        )
    c.finds_not("history_overwritten", "coordinator_corrected")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("3.8", "a number that was not known is no other")
def _(c: Case) -> None:
    c.person()
    for number, delivery in (("", EARLIER), ("17", FIRST), ("", SECOND)):
        c.coordinator("2021-01-01", koordinator_id=number, deliveries=(delivery,))
    c.finds_not("history_overwritten", "coordinator_corrected")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("3.8", "another person was written down wrong")
def _(c: Case) -> None:
    other = fnr("1981-02-03", c.number)
    c.person()
    c.coordinator("2021-01-01", koordinator_id="17", fnr=other, deliveries=(FIRST,))
    c.coordinator("2021-01-01", koordinator_id="18", deliveries=(SECOND,))
    c.finds_not("history_overwritten")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("coordinator_corrected")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2023-12-25", koordinator_id="17", deliveries=(FIRST,))
    c.finds("epj", c.coordinator("2023-12-25", koordinator_id="18", deliveries=(SECOND,)))
    c.finds_not("history_overwritten")
    c.comes_to(("2023-12-25", None, "coordinator"))
    c.changes_coordinator(0)


@case("coordinator_corrected", "the new one had left before the first was told")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", koordinator_id="17", deliveries=(FIRST,))
    registration = c.coordinator(
        "2021-01-01", "2022-12-31", koordinator_id="18", deliveries=(SECOND,)
    )
    c.finds("epj", registration)
    c.finds_not("history_overwritten")
    c.comes_to(("2021-01-01", "2022-12-31", "coordinator"))


# --- What change forms tell -----------------------------------------------------------------------

CHANGE = "skifte av koordinator"


@case("change_by_form")
def _(c: Case) -> None:
    c.person()
    c.finds("skjema", c.form(CHANGE, "2022-05-01", f"{1000 + c.number}", "99"))
    c.coordinator("2021-01-01")
    c.finds_not("form_contradicted", "form_old_coordinator_differs")
    c.comes_to(("2021-01-01", "2022-04-30", "coordinator"), ("2022-05-01", None, "coordinator"))
    c.changes_coordinator(1)


@case("change_by_form", "the register ends the first one, and lacks the next")
def _(c: Case) -> None:
    c.person()
    c.finds("skjema", c.form(CHANGE, "2022-05-01", f"{1000 + c.number}", "99"))
    c.coordinator("2021-01-01", "2022-04-15")
    c.comes_to(("2021-01-01", "2022-04-15", "coordinator"), ("2022-05-01", None, "coordinator"))


@case("change_by_form", "ends when the registration ends, and a later form")
def _(c: Case) -> None:
    c.person()
    c.form(CHANGE, "2022-05-01", f"{1000 + c.number}", "99")
    c.form("koordinator avsluttet", "2023-03-01")
    c.coordinator("2021-01-01", "2023-12-31")
    c.comes_to(
        ("2021-01-01", "2022-04-30", "coordinator"), ("2022-05-01", "2023-02-28", "coordinator")
    )


@case("change_by_form", "a chain of three in one delivery")
def _(c: Case) -> None:
    c.person()
    chain = (f"{1000 + c.number}", "97", "98", "99")
    for part, day in enumerate(("2021-05-01", "2022-05-01", "2023-05-01")):
        c.finds("skjema", c.form(CHANGE, day, chain[part], chain[part + 1], part=part))
    c.coordinator("2021-01-01")
    c.comes_to(
        ("2021-01-01", "2021-04-30", "coordinator"),
        ("2021-05-01", "2022-04-30", "coordinator"),
        ("2022-05-01", "2023-04-30", "coordinator"),
        ("2023-05-01", None, "coordinator"),
    )
    c.changes_coordinator(3)


@case("change_by_form", "a chain that the register was written over with the end of")
def _(c: Case) -> None:
    c.person()
    chain = ("96", "97", "98", f"{1000 + c.number}")
    for part, day in enumerate(("2021-05-01", "2022-05-01", "2023-05-01")):
        c.finds("skjema", c.form(CHANGE, day, chain[part], chain[part + 1], part=part))
    c.coordinator("2021-01-01")
    c.comes_to(
        ("2021-01-01", "2021-04-30", "coordinator"),
        ("2021-05-01", "2022-04-30", "coordinator"),
        ("2022-05-01", "2023-04-30", "coordinator"),
        ("2023-05-01", None, "coordinator"),
    )
    c.changes_coordinator(3)


@case("change_by_form", "nobody is named")
def _(c: Case) -> None:
    c.person()
    c.finds("skjema", c.form("ny koordinator", "2022-05-01"))
    c.coordinator("2021-01-01")
    c.comes_to(("2021-01-01", "2022-04-30", "coordinator"), ("2022-05-01", None, "coordinator"))
    c.changes_coordinator(1)


@case("3.9", "form and row tell of the same change once")
def _(c: Case) -> None:
    c.person()
    c.form(CHANGE, "2022-05-01", f"{1000 + c.number}", "99")
    c.coordinator("2021-01-01", "2022-04-30", part=1)
    c.coordinator("2022-05-01", part=2, koordinator_id="99")
    c.finds_not("change_by_form", "form_day_differs", "form_contradicted")
    c.comes_to(("2021-01-01", "2022-04-30", "coordinator"), ("2022-05-01", None, "coordinator"))
    c.changes_coordinator(1)


@case("form_day_differs")
def _(c: Case) -> None:
    c.person()
    c.finds("skjema", c.form(CHANGE, "2022-05-01", f"{1000 + c.number}", "99"))
    c.coordinator("2021-01-01", part=1)
    c.coordinator("2022-05-20", part=2, koordinator_id="99")
    c.comes_to(("2021-01-01", "2022-05-19", "coordinator"), ("2022-05-20", None, "coordinator"))
    c.changes_coordinator(1)


@case("form_contradicted")
def _(c: Case) -> None:
    c.person()
    c.finds("skjema", c.form(CHANGE, "2022-05-01", f"{1000 + c.number}", "99"))
    c.coordinator("2021-01-01", "2022-04-30", part=1)
    c.coordinator("2022-05-15", part=2, koordinator_id="98")
    c.finds_not("change_by_form")
    c.comes_to(("2021-01-01", "2022-04-30", "coordinator"), ("2022-05-15", None, "coordinator"))


@case("form_contradicted", "moved on another day than the person register says")
def _(c: Case) -> None:
    c.person(utflyttet_dato="2022-06-01")
    c.finds("skjema", c.form("flyttet", "2022-05-01"))
    c.coordinator("2021-01-01")
    c.comes_to(("2021-01-01", "2022-05-31", "coordinator"))


@case("form_old_coordinator_differs")
def _(c: Case) -> None:
    c.person()
    c.finds("skjema", c.form(CHANGE, "2022-05-01", "55", "99"))
    c.coordinator("2021-01-01")
    c.comes_to(("2021-01-01", "2022-04-30", "coordinator"), ("2022-05-01", None, "coordinator"))


@case("form_unknown_coordinator")
def _(c: Case) -> None:
    c.person()
    c.finds("skjema", c.form(CHANGE, "2022-05-01", f"{1000 + c.number}", "987654"))
    c.coordinator("2021-01-01")
    c.comes_to(("2021-01-01", "2022-04-30", "coordinator"), ("2022-05-01", None, "coordinator"))


@case("form_without_assignment")
def _(c: Case) -> None:
    c.person()
    c.finds("skjema", c.form(CHANGE, "2020-05-01", "55", "99"))
    c.coordinator("2021-01-01")
    c.comes_to(("2021-01-01", None, "coordinator"))


@case("3.9", "moved and died end what goes on")
def _(c: Case) -> None:
    c.person()
    c.form("flyttet", "2022-05-01")
    c.coordinator("2021-01-01")
    c.plan("2021-01-01")
    c.comes_to(("2021-01-01", "2022-04-30", "coordinator"))
    c.plans_come_to(("2021-01-01", "2022-04-30"))


@case("3.9", "died")
def _(c: Case) -> None:
    c.person()
    c.form("Død", "2022-05-01")
    c.coordinator("2021-01-01")
    c.plan("2021-01-01")
    c.comes_to(("2021-01-01", "2022-04-30", "coordinator"))
    c.plans_come_to(("2021-01-01", "2022-04-30"))


# --- Two by design, and gaps ----------------------------------------------------------------------


@case("second_coordinator")
def _(c: Case) -> None:
    # The first one has met the person long after.
    c.person()
    c.add(
        "moter",
        mote_id=f"M{c.number}",
        fnr=c.id,
        motedato="2023-05-01",
        motetype="samarbeidsmøte",
        koordinator_id=f"{1000 + c.number}",
    )
    c.coordinator("2021-01-01", part=1)
    c.finds("epj", c.coordinator("2022-01-01", part=2, koordinator_id="77"))
    c.finds_not("one_at_a_time")
    c.comes_to(("2021-01-01", None, "coordinator"), ("2022-01-01", None, "coordinator"))
    c.changes_coordinator(0)


@case("second_coordinator", "not where a form tells of a change")
def _(c: Case) -> None:
    c.person()
    c.form(CHANGE, "2022-01-01", f"{1000 + c.number}", "77")
    c.add(
        "moter",
        mote_id=f"M{c.number}",
        fnr=c.id,
        motedato="2023-05-01",
        motetype="samarbeidsmøte",
        koordinator_id=f"{1000 + c.number}",
    )
    c.coordinator("2021-01-01", part=1)
    c.coordinator("2022-01-01", part=2, koordinator_id="77")
    c.finds_not("second_coordinator")
    c.comes_to(("2021-01-01", "2021-12-31", "coordinator"), ("2022-01-01", None, "coordinator"))
    c.changes_coordinator(1)


@case("successors_differ")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", "2022-01-31", part=1)
    c.coordinator("2022-02-01", part=2, koordinator_id="77")
    c.finds("ke", c.coordinator("2022-02-10", source="ke", part=3, koordinator_id="78"))
    c.comes_to(
        ("2021-01-01", "2022-01-31", "coordinator"),
        ("2022-02-01", "2022-02-09", "coordinator"),
        ("2022-02-10", None, "coordinator"),
    )


@case("coordinator_gap")
def _(c: Case) -> None:
    c.person()
    c.coordinator("2021-01-01", "2021-06-30", part=1)
    c.finds("epj", c.coordinator("2022-01-19", part=2, koordinator_id="77"))
    c.comes_to(("2021-01-01", "2021-06-30", "coordinator"), ("2022-01-19", None, "coordinator"))
