"""The units of one municipality, and the day that it asks for beside the months' ends."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from dagster_project.demo.places import FIRST_DAY, LAST_DAY, day

FILE = "enheter.csv"
_LISTED_BY = "4602"
# Day and month of the day that is asked for in each year.
_OWN_DAYS: dict[str, tuple[int, int]] = {"4602": (15, 11)}


@dataclass(frozen=True)
class Unit:
    """A unit as the municipality has listed it; `area` is a service area's code."""

    name: str
    written: str
    area: str
    area_written: str
    owner: str
    first: str = ""
    last: str = ""


_UNITS = (
    Unit(
        "Pleie og omsorg",
        "Heimetenesta|Hjemmetjenesten",
        "home_care",
        "heimeteneste",
        "omsorgssjef",
        "",
        "31.12.2021",
    ),
    Unit(
        "Heimetenesta",
        "Pleie og omsorg|Hjemmetjenesten",
        "home_care",
        "heimeteneste",
        "leiar heimetenesta",
        "01.01.2022",
    ),
    Unit(
        "Psykisk helse og rus",
        "Enhet for psykisk helse og rus",
        "mental_health",
        "psykisk helse",
        "leiar psykisk helse og rus",
    ),
    Unit(
        "Habilitering og bu",
        "Habilitering og bo",
        "disability",
        "habilitering",
        "leiar habilitering",
    ),
    Unit("Fysio og ergo", "", "rehabilitation", "fysio/ergo", "fagleiar rehabilitering"),
    Unit("Helsestasjonen", "", "child_health", "helsestasjon", "leiande helsesjukepleiar"),
    Unit("Tildelingskontoret", "", "allocation", "tildelingskontor", "leiar koordinerande eining"),
    Unit("Skulane", "Skolene", "school", "skule", "skulesjef"),
    Unit("Barnehagane", "Barnehagene", "kindergarten", "barnehage", "barnehagesjef"),
    Unit("PP-tenesta", "PP-tjenesten", "educational_psychology", "ppt", "leiar PPT"),
    Unit(
        "Barnevernstenesta", "Barneverntjenesten", "child_welfare", "barnevern", "barnevernsleiar"
    ),
    Unit("NAV", "", "social_services", "nav", "leiar NAV"),
    Unit(
        "Flyktningtenesta",
        "Flyktningtjenesten",
        "integration",
        "flyktningteneste",
        "leiar flyktningtenesta",
    ),
    # Has coordinators in no register yet, and has never reported.
    Unit(
        "Rask psykisk helsehjelp",
        "",
        "mental_health",
        "psykisk helse",
        "leiar psykisk helse og rus",
    ),
)


def unit_in_writing(municipality: str, area: str, number: str) -> str | None:
    """Return the unit that a coordinator's register writes; None where the area is written.

    Every second writes an earlier name or another one, as they are used to.
    """
    if municipality != _LISTED_BY:
        return None
    unit = next((each for each in _UNITS if each.area == area and not each.last), None)
    if unit is None:
        return None
    names = [unit.name, *filter(None, unit.written.split("|"))]
    return names[int(number) % len(names)]


def own_days(municipality: str) -> list[int]:
    """Return the days that a municipality asks for beside the months' ends, as ordinals."""
    if municipality not in _OWN_DAYS:
        return []
    of_month, month = _OWN_DAYS[municipality]
    first, last = dt.date.fromordinal(FIRST_DAY), dt.date.fromordinal(LAST_DAY)
    years = range(first.year, last.year + 1)
    return [on for year in years if (on := day(year, month, of_month)) < LAST_DAY]


def settings(towns: set[str]) -> dict[str, object]:
    """Return what `sources.yml` says of units and days, for the municipalities there are."""
    dates = [
        {"kommune": code, "date": f"{of_month:02}.{month:02}"}
        for code, (of_month, month) in _OWN_DAYS.items()
        if code in towns
    ]
    listed = {"units": FILE} if _LISTED_BY in towns else {}
    return {**({"reference_dates": dates} if dates else {}), **listed}


def write_units(file: Path, towns: set[str]) -> None:
    """Write the list of units, where the municipality that has one is there."""
    file.unlink(missing_ok=True)
    if _LISTED_BY not in towns:
        return
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, delimiter=";", lineterminator="\n")
        writer.writerow(
            ("kommune", "enhet", "skrives", "tjenesteomrade", "ansvarlig", "fra", "til")
        )
        for unit in _UNITS:
            row = (unit.name, unit.written, unit.area_written, unit.owner, unit.first, unit.last)
            writer.writerow((_LISTED_BY, *row))
