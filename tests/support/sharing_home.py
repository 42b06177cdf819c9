"""Homes that share: registers of some hundred test persons, delivered, counted and published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.support.leaks import Planted
from tests.support.persons import fnr
from tests.support.small_home import SmallHome

_AREAS = ("hjemmetjeneste", "psykisk helse", "fysioterapi", "nav")
_BORN = ("1934-03-02", "1958-05-15", "1983-09-21", "2012-02-11")
PERSONS = 320


def person(code: str, number: int) -> Planted:
    """Return the number-th test person of a municipality; no other has a name like it."""
    letters = "".join(
        "bdfgklmnpr"[int(digit)] + "aeiouæøåya"[int(digit)] for digit in f"{number:03}"
    )
    place = "".join("xqzwvkhjtc"[int(digit)] for digit in code)
    born = _BORN[number % len(_BORN)]
    # The municipalities' persons differ in their numbers too.
    return Planted(
        fnr(born, number // len(_BORN) + int(code) % 90),
        f"Qv{place}{letters}",
        f"Zw{letters}{place}",
    )


def persons(code: str) -> list[Planted]:
    """Return every test person of a municipality."""
    return [person(code, number) for number in range(PERSONS)]


def sharing_home(root: Path, code: str, **top: object) -> SmallHome:
    """Return a home of a municipality with its registers in the inbox."""
    small = SmallHome(root, code, **top)
    for name, record in (
        ("epj_person", "person"),
        ("epj_tjeneste", "tjeneste"),
        ("epj_koordinator", "koordinator"),
        ("epj_ip", "ip"),
        ("epj_mote", "mote"),
    ):
        small.source(name, record)
    deliver(small, code)
    return small


def deliver(small: SmallHome, code: str, day: str = "20251231", more: int = 0) -> None:
    """Deliver the registers as of a day; `more` have a coordinator than before."""
    chance = Random(int(code))
    registers: dict[str, list[dict[str, object]]] = {
        name: [] for name in ("epj_person", "epj_tjeneste", "epj_koordinator", "epj_ip", "epj_mote")
    }
    for number in range(PERSONS):
        one, born = person(code, number), _BORN[number % len(_BORN)]
        registers["epj_person"].append(
            {"fnr": one.fnr, "navn": f"{one.given} {one.surname}", "fodselsdato": born}
        )
        areas = chance.sample(_AREAS, 2 + chance.randrange(2))
        registers["epj_tjeneste"] += [
            {
                "tjeneste_id": f"t{number}{at}",
                "fnr": one.fnr,
                "tjenesteomrade": area,
                "fra_dato": "2023-01-01",
                "til_dato": "",
            }
            for at, area in enumerate(areas)
        ]
        has_coordinator, has_plan = chance.random() < 0.5, chance.random() < 0.4
        lately = not has_coordinator and more > 0
        more -= lately
        if has_coordinator or lately:
            registers["epj_koordinator"].append(
                {
                    "registrering_id": f"k{number}",
                    "fnr": one.fnr,
                    "rolle": "koordinator",
                    "koordinator_id": str(number % 40),
                    "fra_dato": "2025-12-15" if lately else "2023-02-01",
                    "til_dato": "",
                }
            )
        if has_plan:
            registers["epj_ip"].append(
                {
                    "registrering_id": f"p{number}",
                    "fnr": one.fnr,
                    "status": "aktiv",
                    "opprettet_dato": "2024-03-01" if number % 3 else "2025-06-01",
                    "avsluttet_dato": "",
                }
            )
        if has_coordinator and number % 2:
            registers["epj_mote"].append(
                {"mote_id": f"m{number}", "fnr": one.fnr, "motetype": "ag", "dato": "2025-05-20"}
            )
    for name, rows in registers.items():
        _write(small, name, day, rows)


def _write(small: SmallHome, name: str, day: str, rows: Sequence[dict[str, object]]) -> None:
    small.deliver(name, day, list(rows))
