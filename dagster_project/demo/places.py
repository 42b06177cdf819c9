"""The six municipalities of the pilot, and what the demo makes of each.

Names, codes and mergers are real (Statistics Norway, classification 131), as are the year in which
Bø's coordinating unit began and the growth of Senja's teams (SINTEF 2024:00149). How many have a
coordinator elsewhere, and all that is said of registers, is invented.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


def day(year: int, month: int, day_of_month: int) -> int:
    """Return a date as its ordinal number: the whole demo counts in days."""
    return dt.date(year, month, day_of_month).toordinal()


FIRST_DAY = day(2018, 9, 1)  # the pilot began; registrations of coordinators and plans begin
LAST_DAY = day(2025, 12, 31)
CHILD_RIGHT = day(2022, 8, 1)  # the right to a child coordinator came into force
# New plans and meetings fell while the right to a plan was suspended.
COVID_FIRST, COVID_LAST = day(2020, 3, 12), day(2021, 6, 30)


@dataclass(frozen=True)
class Part:
    """A municipality that was merged into today's (or that today's was before it was renumbered).

    `weight` is its share of the persons.
    """

    code: str
    name: str
    weight: float


@dataclass(frozen=True)
class Place:
    """One municipality.

    `with_coordinator` are points of a line: on that day, so many persons have a coordinator.
    `register_years` are the years at whose end the unit's own register of coordinators is
    delivered, `journal_years` those of the journal's services: what nobody reports as ended is seen
    to be gone then. `untidy` is how messy the registrations are (1 is the middle one).
    `coded` is the share of the services that the journal gives KPR's code.
    `part_with_own_register` had a register of coordinators of its own until the merger.
    """

    code: str
    name: str
    language: str
    parts: tuple[Part, ...]
    later_codes: dict[int, str]
    begins: int
    child_scheme_begins: int
    with_coordinator: tuple[tuple[int, int], ...]
    register_years: tuple[int, ...]
    journal_years: tuple[int, ...]
    need: float = 1.0
    years_with_coordinator: float = 3.2
    untidy: float = 1.0
    coded: float = 0.0
    part_with_own_register: str | None = None

    def code_in(self, year: int, part: str) -> str:
        """Return the code that the person's municipality had in a year."""
        current = part
        for since, code in sorted(self.later_codes.items()):
            if year >= since:
                current = code
        return current

    def name_in(self, year: int, part: str) -> str:
        """Return the name that the person's municipality had in a year."""
        if any(year >= since for since in self.later_codes):
            return self.name
        return next((other.name for other in self.parts if other.code == part), self.name)


_YEARLY = (2019, 2020, 2021, 2022, 2023, 2024, 2025)

PLACES: dict[str, Place] = {
    place.code: place
    for place in (
        Place(
            "3203",
            "Asker",
            "nb",
            (Part("0220", "Asker", 0.66), Part("0627", "Røyken", 0.24), Part("0628", "Hurum", 0.1)),
            {2020: "3025", 2024: "3203"},
            begins=day(2018, 9, 3),
            child_scheme_begins=CHILD_RIGHT,
            with_coordinator=(
                (day(2018, 9, 1), 0),
                (day(2018, 12, 31), 110),
                (day(2020, 2, 29), 255),
                (day(2021, 6, 30), 262),
                (day(2023, 12, 31), 375),
                (day(2025, 12, 31), 420),
            ),
            register_years=(2019, 2022, 2025),
            journal_years=(2019, 2025),
            need=1.05,
        ),
        Place(
            "1134",
            "Suldal",
            "nn",
            (Part("1134", "Suldal", 1.0),),
            {},
            begins=day(2018, 9, 10),
            child_scheme_begins=day(2022, 10, 1),
            with_coordinator=(
                (day(2018, 9, 1), 0),
                (day(2018, 12, 31), 11),
                (day(2020, 2, 29), 18),
                (day(2021, 6, 30), 19),
                (day(2023, 12, 31), 25),
                (day(2025, 12, 31), 27),
            ),
            register_years=(2019, 2022, 2025),
            journal_years=(2019, 2025),
            need=1.05,
            years_with_coordinator=2.6,
            untidy=0.7,
        ),
        Place(
            "4602",
            "Kinn",
            "nn",
            (Part("1401", "Flora", 0.67), Part("1439", "Vågsøy", 0.33)),
            {2020: "4602"},
            begins=day(2018, 9, 5),
            child_scheme_begins=CHILD_RIGHT,
            with_coordinator=(
                (day(2018, 9, 1), 0),
                (day(2018, 12, 31), 30),
                (day(2020, 2, 29), 66),
                (day(2021, 6, 30), 70),
                (day(2023, 12, 31), 103),
                (day(2025, 12, 31), 114),
            ),
            register_years=(2019, 2022, 2025),
            journal_years=(2019, 2022, 2025),
            need=1.05,
            untidy=0.8,
            coded=0.7,
        ),
        Place(
            "5006",
            "Steinkjer",
            "nb",
            (Part("5004", "Steinkjer", 0.93), Part("5039", "Verran", 0.07)),
            {2020: "5006"},
            begins=day(2018, 9, 3),
            child_scheme_begins=day(2022, 9, 1),
            with_coordinator=(
                (day(2018, 9, 1), 0),
                (day(2018, 12, 31), 52),
                (day(2020, 2, 29), 104),
                (day(2021, 6, 30), 104),
                (day(2023, 12, 31), 122),
                (day(2025, 12, 31), 126),
            ),
            register_years=_YEARLY,
            journal_years=(2019, 2025),
            untidy=1.4,
            coded=1.0,
            part_with_own_register="5039",
        ),
        Place(
            "1867",
            "Bø",
            "nb",
            (Part("1867", "Bø (Nordland)", 1.0),),
            {},
            begins=day(2020, 1, 13),
            child_scheme_begins=day(2023, 1, 1),
            with_coordinator=(
                (day(2020, 1, 1), 0),
                (day(2020, 6, 30), 7),
                (day(2021, 6, 30), 12),
                (day(2023, 12, 31), 17),
                (day(2025, 12, 31), 18),
            ),
            register_years=(2020, 2021, 2022),
            journal_years=(2021, 2025),
            need=1.1,
            years_with_coordinator=2.3,
        ),
        Place(
            "5530",
            "Senja",
            "nb",
            (
                Part("1927", "Tranøy", 0.1),
                Part("1928", "Torsken", 0.06),
                Part("1929", "Berg", 0.06),
                Part("1931", "Lenvik", 0.78),
            ),
            {2020: "5421", 2024: "5530"},
            begins=day(2018, 9, 17),
            child_scheme_begins=day(2022, 9, 1),
            # 50 teams in the first quarter of 2021, over 100 in autumn 2023 (section 5.6).
            with_coordinator=(
                (day(2018, 9, 1), 0),
                (day(2018, 12, 31), 20),
                (day(2020, 2, 29), 43),
                (day(2021, 3, 31), 50),
                (day(2023, 10, 31), 106),
                (day(2025, 12, 31), 116),
            ),
            register_years=_YEARLY,
            journal_years=(2019, 2022, 2025),
            need=1.15,
            untidy=1.2,
        ),
    )
}
