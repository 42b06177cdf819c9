"""The true world: who lives where, needs what, and is coordinated by whom, day by day.

Days are ordinal numbers (`datetime.date.toordinal`); an interval holds its first and its last day.
What goes on beyond the data ends on `OPEN`. In this world nobody has two coordinators or two plans
at a time: it is what the counting rules are meant to find again behind the registrations.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from enum import StrEnum

from dagster_project.demo.identities import Name
from dagster_project.demo.places import Place

OPEN = dt.date.max.toordinal()


class Role(StrEnum):
    """The roles that count, by their canonical values."""

    COORDINATOR = "coordinator"
    CHILD_COORDINATOR = "child_coordinator"


class Ending(StrEnum):
    """Why an assignment or a plan came to its end, and so what tells of it."""

    GOES_ON = "goes_on"
    NEED_OVER = "need_over"
    END_FORM = "end_form"  # a change form says so
    DECLINED = "declined"  # the person did not want it any longer
    DIED = "died"
    MOVED = "moved"
    LEFT = "left"  # the coordinator left, and nobody followed
    CHANGED = "changed"  # another coordinator followed the day after
    GREW_UP = "grew_up"  # a child coordinator's last day is the one before the 18th birthday
    UNREPORTED = "unreported"  # nobody said so: the next delivery no longer had it
    AT_EVALUATION = "at_evaluation"  # a plan whose last evaluation is its last day


@dataclass(slots=True)
class Service:
    """A service: its area (canonical) and how long it lasts."""

    area: str
    first: int
    last: int
    unreported: bool = False


@dataclass(slots=True)
class Employment:
    """One employment of an employee."""

    first: int
    last: int


@dataclass(slots=True, eq=False)
class Coordinator:
    """An employee who coordinates.

    `on_staff_list`: employed by the municipality itself, and so known to its personnel system.
    `capacity` is how many persons there is room for, `group` whom: child, adult or elder.
    """

    number: str
    name: Name
    area: str
    group: str
    capacity: int
    employments: list[Employment]
    on_staff_list: bool
    needs: list[Training] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)

    @property
    def leaves(self) -> int:
        """Return the last day of employment."""
        return self.employments[-1].last

    def has_room(self, day: int) -> bool:
        """Whether there is room for one more person on a day."""
        return sum(spell.last >= day for spell in self.spells) < self.capacity


@dataclass(slots=True)
class Training:
    """A training need that the coordinator's unit has reported."""

    topic: str
    reported: int
    offered: int | None
    completed: int | None


@dataclass(slots=True, eq=False)
class Spell:
    """One assignment of one coordinator."""

    coordinator: Coordinator
    role: Role
    first: int
    last: int
    ending: Ending
    consent: str | None
    family: str | None = None


@dataclass(slots=True, eq=False)
class Plan:
    """One individual plan: active from its first to its last day."""

    first: int
    last: int
    ending: Ending
    evaluations: list[int]


@dataclass(slots=True)
class Meeting:
    """One meeting about one person: its canonical type, and what it was called."""

    day: int
    type: str
    term: str
    participants: tuple[str, ...]
    minutes: int


@dataclass(slots=True)
class Notice:
    """One notice of need."""

    received: int
    assessed: int
    outcome: str
    sender: str


@dataclass(slots=True)
class Form:
    """One change form, by its canonical type."""

    day: int
    type: str
    old: Coordinator | None = None
    new: Coordinator | None = None


@dataclass(slots=True)
class Conversation:
    """One «What matters to you?» conversation: a score 0-10 for each activity."""

    day: int
    scores: tuple[int, ...]


@dataclass(slots=True)
class HousingNeed:
    """A registered need of housing."""

    day: int
    wanted_year: int
    kind: str
    round_the_clock: bool


@dataclass(slots=True, eq=False)
class Person:
    """A person in touch with the services.

    `part` is the code of the municipality's part that the person lives in, as it was until the
    merger. `registered` is false for those whom the journal's person register lacks; `birth_known`
    for those whose birth date nothing tells (a D-number and no register).
    """

    id_number: str
    name: Name
    birth: int
    female: bool
    part: str
    services: list[Service]
    complex_need: bool
    earlier_id: str | None = None
    moved_in: int | None = None
    moved_out: int | None = None
    died: int | None = None
    registered: bool = True
    birth_known: bool = True
    namesake: bool = False
    spells: list[Spell] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    conversations: list[Conversation] = field(default_factory=list)
    housing: list[HousingNeed] = field(default_factory=list)

    @property
    def stays(self) -> bool:
        """Whether the person neither moves out nor dies before the data end."""
        return self.moved_out is None and self.died is None

    @property
    def resident_until(self) -> int:
        """Return the last day as an inhabitant: the day before moving out or dying."""
        return min(self.moved_out or OPEN, self.died or OPEN) - 1

    @property
    def resident_from(self) -> int:
        """Return the first day as an inhabitant, as far as it is known.

        Whom the register lacks is an inhabitant from the first day that anything tells of.
        """
        if self.registered:
            return self.moved_in or 0
        days = [service.first for service in self.services]
        days += [spell.first for spell in self.spells] + [plan.first for plan in self.plans]
        days += [meeting.day for meeting in self.meetings] + [form.day for form in self.forms]
        return min(days + [notice.received for notice in self.notices])

    def lives_here(self, day: int) -> bool:
        """Whether the person is an inhabitant on a day."""
        return self.resident_from <= day <= self.resident_until

    def age(self, day: int) -> int:
        """Return the age in completed years."""
        return age_on(self.birth, day)

    def areas_on(self, day: int) -> set[str]:
        """Return the service areas the person has a service in on a day."""
        return {service.area for service in self.services if service.first <= day <= service.last}

    @property
    def need_ends(self) -> int:
        """Return the last day of the last service."""
        return max(service.last for service in self.services)


@dataclass(slots=True)
class Town:
    """One municipality of the world."""

    place: Place
    persons: list[Person]
    coordinators: list[Coordinator]


@dataclass(slots=True)
class World:
    """The six municipalities, by today's code."""

    towns: dict[str, Town]


def birthday(birth: int, age: int) -> int:
    """Return the day on which somebody becomes so many years old.

    Who was born on 29 February has the birthday on 1 March in common years.
    """
    born = dt.date.fromordinal(birth)
    try:
        return born.replace(year=born.year + age).toordinal()
    except ValueError:
        return dt.date(born.year + age, 3, 1).toordinal()


def age_on(birth: int, day: int) -> int:
    """Return the age in completed years on a day."""
    born, now = dt.date.fromordinal(birth), dt.date.fromordinal(day)
    return now.year - born.year - ((now.month, now.day) < (born.month, born.day))


def town_chance(seed: int, code: str, purpose: str) -> random.Random:
    """Return the chance of one municipality for one purpose: what is drawn there moves no other."""
    return random.Random(f"{seed}:{code}:{purpose}")
